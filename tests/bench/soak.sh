#!/usr/bin/env bash
# Ordinary random scenarios by both solvers: none may end failed or inaccurate. What goes wrong is printed as JSON.
#   soak.sh [SCENARIOS] [FIRST_SEED] [both | auto | socp]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
exec tests/bench_soak "$@"
