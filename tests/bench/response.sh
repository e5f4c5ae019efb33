#!/usr/bin/env bash
# One evaluation of the allocation's map against reading its 32 K L bytes, from caches and from memory: CPU time of one thread on CORE
# (the last one), the two taking turns, the least and the median ratio of ROUNDS (51).
#   response.sh [ROUNDS [KEY=VALUE]...]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
rounds=${1:-51}
core=${CORE:-$(($(nproc) - 1))}
for size in '32 4' '128 16' '512 16' '1024 40' '4096 64' '16384 256'; do
  read -r L K <<<"$size"
  taskset -c "$core" tests/bench_response "$top/configs/paper.json" "$rounds" "network.aps=$L" "network.ues=$K" "pilots.length=$K" \
    network.placement=clamp frame.coherence_symbols=0 frame.sensing_symbols=1024 sensing.crlb_threshold_db=20 "${@:2}"
done
