#!/usr/bin/env bash
# Random cone problems with planted answers, judged from the data they were made of; what is wrong is listed and fatal, what is
# honest but no answer is listed and counted.
#   cones.sh [PROBLEMS] [FIRST_SEED]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
exec tests/bench_cones "$@"
