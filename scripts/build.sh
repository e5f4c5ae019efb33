#!/usr/bin/env bash
# Installs what is missing, builds a release quietly, and prints the path of the program.
#   scripts/build.sh [SET]     SET: of packages, see scripts/deps.sh (default: build)
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build/release

"$top/scripts/deps.sh" "${1:-build}"
mkdir -p "$build"
log=$build/build.log
configure() { [ -f "$build/build.ninja" ] || cmake -S "$top" -B "$build" -G Ninja -DBUILD_TESTING=OFF; }
if ! { configure && cmake --build "$build"; } >"$log" 2>&1 </dev/null; then
  tail -n 30 "$log" >&2
  printf 'build.sh: the build failed; all of it is in %s\n' "$log" >&2
  exit 1
fi
printf '%s\n' "$build/cfisac"
