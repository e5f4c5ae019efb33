#!/usr/bin/env bash
# Whether the time of the same work depends on the process: on where the kernel put its heap, stack and code. PROCESSES (20)
# with randomised addresses and as many without run at the same time on one core, so that they take turns every few
# milliseconds and a core that is slow for a while is slow for all of them; printed are the least, median and largest of their
# CPU times, in milliseconds, and the ratio of the largest to the least. FILE (the exported first step at L, K = 32, 4) is what
# is solved; CORE (the last one) is where.
#   bimodal.sh [PROCESSES [FILE]]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
processes=${1:-20}
core=${CORE:-$(($(nproc) - 1))}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OPENBLAS_NUM_THREADS=1 TIMEFORMAT=%U
program=$PWD/cfisac
small=("$top/configs/paper.json" --set network.aps=32 --set network.ues=4 --set pilots.length=4 --set frame.sensing_symbols=64
       --set network.placement=clamp --set sensing.crlb_threshold_db=10 --threads 1 --quiet)
file=${2:-$work/step.cbf}
if [ $# -lt 2 ]; then
  "$program" run "${small[@]}" --set monte_carlo.realizations=0 --set monte_carlo.drops=1 --set allocation.solver=socp \
    --set allocation.max_iterations=1 --export-cbf "$work/step" >/dev/null
  mv "$work"/step/*.cbf "$file"
fi

user_seconds() { # user_seconds LIST COMMAND...: adds the CPU time of a process to LIST
  local list=$1
  shift
  { time taskset -c "$core" "$@" >/dev/null 2>&1; } 2>>"$list"
}

compare() { # compare NAME TIMES COMMAND...: COMMAND does its work TIMES times
  local name=$1 times=$2 i addresses
  shift 2
  rm -f "$work"/randomised "$work"/fixed
  for ((i = 0; i < processes; i++)); do
    user_seconds "$work/randomised" "$@" &
    user_seconds "$work/fixed" setarch -R "$@" &
  done
  wait
  for addresses in randomised fixed; do
    sort -g "$work/$addresses" | awk -v name="$name, addresses $addresses" -v times="$times" '{ t[NR] = 1e3 * $1 / times } END {
      printf "%-52s %8.4f %8.4f %8.4f  %5.2f\n", name, t[1], t[int((NR + 1) / 2)], t[NR], t[NR] / t[1] }'
  done
}

printf '%-52s %8s %8s %8s  %5s\n' "CPU time of $processes processes each, ms" least median largest ratio
compare 'a solve' 300 "$program" solve "$file" --repeat 300
compare 'an allocation, structured' 2000 "$program" run "${small[@]}" --set allocation.solver=structured \
  --set monte_carlo.realizations=0 --set monte_carlo.drops=2000
compare 'a channel of the Monte Carlo' 25000 "$program" run "${small[@]}" --set allocation.solver=structured \
  --set monte_carlo.realizations=25000 --set monte_carlo.drops=1
