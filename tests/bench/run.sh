#!/usr/bin/env bash
# Wall time of the main job, median over runs.
#   run.sh [RUNS]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
runs=${1:-21}
for threads in 1 "$(nproc)"; do
  for ((i = 0; i < runs; i++)); do
    start=$EPOCHREALTIME
    ./cfisac run "$top/configs/paper.json" --threads "$threads" --quiet >/dev/null
    end=$EPOCHREALTIME
    echo $((${end/./} - ${start/./}))
  done | sort -n | awk -v threads="$threads" '{ t[NR] = $1 } END {
    printf "cfisac run configs/paper.json, %d thread(s): %.3f s (median of %d; %.3f .. %.3f)\n",
           threads, t[int((NR + 1) / 2)] / 1e6, NR, t[1] / 1e6, t[NR] / 1e6 }'
done
