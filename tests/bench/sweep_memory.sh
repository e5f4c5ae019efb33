#!/usr/bin/env bash
# What a sweep itself costs: memory a trial at its end, from the peaks of two sweeps of tiny trials (one access point, one
# user, closed forms) of which one has SMALL and one LARGE trials; and the time of a dry run of 100,000 points.
#   sweep_memory.sh [SMALL LARGE]      (default: 20000 200000), ten drops a point; then in one point alone
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
small=${1:-20000}
large=${2:-200000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tiny=(--set network.aps=1 --set network.ues=1 --set network.placement=clamp --set pilots.length=1
      --set allocation.method=equal --set monte_carlo.realizations=0)
# peak TRIALS DROPS: KiB, of TRIALS trials of DROPS a point
peak() {
  rm -rf "$work/out"
  echo '{}' >"$work/s.json"
  tests/bench_peak ./cfisac sweep "$work/s.json" "${tiny[@]}" --set "monte_carlo.drops=$2" --over "seed=1:1:$(($1 / $2))" \
    --out "$work/out" --quiet
}
# compare DROPS_SMALL DROPS_LARGE WHAT
compare() {
  local few many
  few=$(peak "$small" "$1")
  many=$(peak "$large" "$2")
  awk -v few="$few" -v many="$many" -v small="$small" -v large="$large" -v what="$3" 'BEGIN {
    printf "%s: %d trials %.1f MiB, %d trials %.1f MiB: %.1f bytes a trial\n",
           what, small, few / 1024, large, many / 1024, (many - few) * 1024 / (large - small) }'
}
compare 10 10 'ten drops a point'
compare "$small" "$large" 'one point'
start=$EPOCHREALTIME
echo '{}' | ./cfisac sweep - --over seed=1:1:100000 --dry-run --quiet --out "$work/dry" >/dev/null
end=$EPOCHREALTIME
awk -v t="$((${end/./} - ${start/./}))" 'BEGIN { printf "dry run of 100000 points: %.2f s\n", t / 1e6 }'
