#!/usr/bin/env bash
# Installs what is missing, builds a release, and runs a scenario:
#   scripts/run.sh SCENARIO [options of `cfisac run`]
set -euo pipefail
cfisac=$("$(dirname "${BASH_SOURCE[0]}")/build.sh")
exec "$cfisac" run "$@"
