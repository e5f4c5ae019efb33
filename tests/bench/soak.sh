#!/usr/bin/env bash
# Random scenarios: each must converge, or be infeasible exactly when the closed test says so.
#   soak.sh [SCENARIOS] [FIRST_SEED]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
exec tests/bench_soak "$@"
