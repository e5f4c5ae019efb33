#!/usr/bin/env bash
# Peak memory of closed forms and of the allocation at L = 4096, K = 64, N = 8, in arrays of K L doubles (2 MiB).
#   memory.sh [METHOD [KEY=VALUE]...]      allocation.method (equal, heuristic, sca; default: heuristic), more settings
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
method=${1:-heuristic}
shift || true
peak() { # peak KEY=VALUE...: KiB
  local settings=() setting
  for setting in "$@"; do settings+=(--set "$setting"); done
  echo '{}' | tests/bench_peak ./cfisac run - --csv --quiet --threads 1 "${settings[@]}"
}
common=(monte_carlo.drops=1 monte_carlo.realizations=0 sensing.crlb_threshold_db=20 network.placement=clamp
        "allocation.method=$method" "$@")
small=$(peak "${common[@]}" network.aps=4)
large=$(peak "${common[@]}" network.aps=4096 network.ues=64 network.tx_antennas=8 pilots.length=64 \
             frame.sensing_symbols=64)
awk -v small="$small" -v large="$large" -v method="$method" 'BEGIN {
  printf "%s at L = 4096, K = 64, N = 8: %.0f MiB, %.1f arrays of K L doubles above the program alone (%.0f MiB)\n",
         method, large / 1024, (large - small) / 2048, small / 1024 }'
