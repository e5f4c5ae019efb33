#!/usr/bin/env bash
# Starts that race against the same starts climbed to their end, on random scenarios with shared pilots: what is lost and what is saved.
#   race.sh [SCENARIOS] [FIRST_SEED] [APS] [USERS]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
exec tests/bench_race "$@"
