#!/usr/bin/env bash
# One normal from a counter-based stream against GSL's ziggurat.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
exec tests/bench_normals
