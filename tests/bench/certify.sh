#!/usr/bin/env bash
# Boxes and seconds of certificates of the sum rate in the paper's geometry, on one core; then random networks of all kinds, whose
# random feasible powers and starts of sca are held against the bound.
#   certify.sh [DROPS [NETWORKS POINTS STARTS]]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
drops=${1:-5}
core=${CORE:-$(($(nproc) - 1))}
show() { # show L K GAP [KEY=VALUE]...
  printf 'L=%d K=%d to %s: ' "$1" "$2" "$3"
  taskset -c "$core" tests/bench_certify "$top/configs/paper.json" "$drops" "network.aps=$1" "network.ues=$2" "pilots.length=$2" \
    allocation.certify=true "allocation.certify_gap=$3" "${@:4}"
}
show 32 4 1e-4
show 8 6 1e-3
show 8 8 1e-2
for L in 8 32 128; do
  for K in 2 4 6 8 10; do
    show "$L" "$K" 1e-2 allocation.certify_nodes=20000
  done
done
tests/bench_certify check "${2:-100}" "${3:-1000}" "${4:-200}"
