#!/usr/bin/env bash
# Boxes and seconds of CPU of certificates of the sum rate in the paper's geometry, on one core; then random networks of all kinds, whose
# random feasible powers and starts of sca are held against the bound.
#   certify.sh [DROPS [NETWORKS POINTS STARTS]]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
drops=${1:-3}
core=${CORE:-$(($(nproc) - 1))}
most=200000 # boxes of a drop of the table
show() { # show L K GAP DROPS [KEY=VALUE]...
  printf 'L=%d K=%d to %s: ' "$1" "$2" "$3"
  taskset -c "$core" tests/bench_certify "$top/configs/paper.json" "$4" "network.aps=$1" "network.ues=$2" "pilots.length=$2" \
    allocation.certify=true "allocation.certify_gap=$3" "${@:5}"
}
show 32 4 1e-4 10
show 8 6 1e-3 10
show 8 8 1e-2 10
for L in 8 32 128; do
  for K in 2 4 6 8 10; do
    for gap in 1e-2 1e-3; do
      show "$L" "$K" "$gap" "$drops" "allocation.certify_nodes=$most"
    done
  done
done
tests/bench_certify check "${2:-100}" "${3:-1000}" "${4:-200}"
