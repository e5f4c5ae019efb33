#!/usr/bin/env bash
# Installs what is missing, builds a release, and runs a scenario:
#   scripts/run.sh SCENARIO [options of `cfisac run`]
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build/release

"$top/scripts/deps.sh" build
mkdir -p "$build"
log=$build/build.log
configure() { [ -f "$build/build.ninja" ] || cmake -S "$top" -B "$build" -G Ninja -DBUILD_TESTING=OFF; }
if ! { configure && cmake --build "$build"; } >"$log" 2>&1 </dev/null; then
  tail -n 30 "$log" >&2
  printf 'run.sh: the build failed; all of it is in %s\n' "$log" >&2
  exit 1
fi
exec "$build/cfisac" run "$@"
