#!/usr/bin/env bash
# A sweep of 240 trials: one thread against two threads, and against two MPI ranks where the program has MPI; alternating,
# medians. Starting MPI costs a third of a second, once.
#   sweep.sh [ROUNDS]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
rounds=${1:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_plm_rsh_agent=
sweep=(./cfisac sweep "$top/configs/paper.json" --over "network.aps=16,24,32" --set monte_carlo.drops=80
       --set monte_carlo.realizations=20000 --quiet --force --out "$work/out")
time_of() {
  local start=$EPOCHREALTIME end
  "$@" >/dev/null
  end=$EPOCHREALTIME
  echo $((${end/./} - ${start/./}))
}
for ((i = 0; i < rounds; i++)); do
  time_of "${sweep[@]}" --threads 1 >>"$work/1"
  time_of "${sweep[@]}" --threads 2 >>"$work/2"
  if ./cfisac --version | grep -q 'MPI *yes' && command -v mpirun >/dev/null; then
    time_of mpirun --oversubscribe -n 2 "${sweep[@]}" --threads 1 >>"$work/3"
  fi
done
median() { sort -n "$1" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] / 1e6 }'; }
one=$(median "$work/1")
awk -v one="$one" -v two="$(median "$work/2")" 'BEGIN { printf "240 trials: 1 thread %.2f s, 2 threads %.2f s, ratio %.2f\n", one, two, one / two }'
if [ -s "$work/3" ]; then
  awk -v one="$one" -v two="$(median "$work/3")" 'BEGIN { printf "240 trials: 1 thread %.2f s, 2 ranks %.2f s, ratio %.2f\n", one, two, one / two }'
else
  echo 'ranks: skipped (no MPI)'
fi
