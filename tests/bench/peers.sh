#!/usr/bin/env bash
# The allocation against accelerated projected gradient and WMMSE-ADMM, both in C from their papers, on the sum rate without thresholds,
# or against the former on proportional fairness or the least rate, under the budget and under limits per access point; a line a case.
# tests/bench/README.md says how to read it.
#   peers.sh [--quick] [sum_rate|proportional_fair|max_min_rate]     --quick: four small cases, seconds
# Variables: SECONDS_EACH (1: rounds of timing, and at most a traced run), DROP (0), CORE (the last one).
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
export OMP_NUM_THREADS=1
core=${CORE:-$(($(nproc) - 1))}
drop=${DROP:-0}
each=${SECONDS_EACH:-1}
sizes=('32 4' '32 16' '128 4' '128 16' '128 40' '512 4' '512 16' '512 64' '1024 16' '1024 40' '2048 40' '4096 4' '4096 16' '4096 64')
quick=false
if [[ ${1:-} == --quick ]]; then
  quick=true
  shift
fi
objective=${1:-sum_rate}
if [[ $objective != sum_rate ]]; then
  sizes=('32 4' '128 16' '512 16' '1024 40')
fi
if $quick; then
  sizes=('32 4' '128 16')
  each=${SECONDS_EACH:-0.1}
fi
compare() { # compare L K [KEY=VALUE]...: the scenario that structured.sh takes, with thresholds that nothing has to be done for
  taskset -c "$core" tests/bench_peers "$top/configs/paper.json" "$drop" "$each" "network.aps=$1" "network.ues=$2" "pilots.length=$2" \
    frame.sensing_symbols=64 network.placement=clamp sensing.crlb_threshold_db=300 allocation.solver=structured "allocation.objective=$objective" "${@:3}"
}
tests/bench_peers --head
for size in "${sizes[@]}"; do
  read -r L K <<<"$size"
  compare "$L" "$K"
  compare "$L" "$K" "power.ap_limit_dbm=$(awk -v L="$L" 'BEGIN { printf "%.17g", -10 * log(L) / log(10) }')" # the budget is 0 dBm
done
