#!/usr/bin/env bash
# Bias and spread of the Monte Carlo's sum rate against the exact form, over REPLICATIONS (1000) of ten networks' channels.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
replications=${1:-1000}

# measure SCENARIO [KEY=VALUE...]
measure() {
  printf '%s: ' "$*"
  tests/bench_rate_bias "$top/configs/$1" 10 "$replications" "${@:2}"
}
measure paper.json
measure pilot_reuse.json
measure paper.json allocation.method=equal
measure paper.json monte_carlo.realizations=10
