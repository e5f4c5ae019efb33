#!/usr/bin/env bash
# How long the program lives after a signal, in the middle of allocations that take minutes: by the cone solver in the analysis and the
# factorisations of one step, and by thousands of starts of the response. The longest of ROUNDS (3) is printed in seconds.
#   stop.sh [ROUNDS]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
rounds=${1:-3}

after_signal() { # after_signal SIZE SOLVER DELAY: seconds from SIGTERM, sent after DELAY seconds, to the end
  local pid begin
  ./cfisac run - --quiet --threads 1 --set network.aps="$1" --set network.ues="$1" --set pilots.length=1 --set frame.sensing_symbols="$1" \
    --set network.placement=clamp --set monte_carlo.realizations=0 --set monte_carlo.drops=1 --set allocation.solver="$2" --set allocation.starts=10000 \
    <<<'{}' >/dev/null 2>&1 &
  pid=$!
  sleep "$3"
  begin=$EPOCHREALTIME
  kill -TERM "$pid"
  if wait "$pid"; then return 1; fi
  awk -v begin="$begin" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", end - begin }'
}

for size in 60 100; do
  for solver in socp structured; do
    longest=0
    for delay in 0.3 1 3 8 15; do
      for _ in $(seq "$rounds"); do
        seconds=$(after_signal "$size" "$solver" "$delay") || { echo "stop.sh: $size $solver was done before the signal" >&2; exit 1; }
        longest=$(printf '%s\n' "$longest" "$seconds" | sort -g | tail -n 1)
      done
    done
    printf 'L = K = %s on one pilot, %s: %s s from SIGTERM to the end\n' "$size" "$solver" "$longest"
  done
done
