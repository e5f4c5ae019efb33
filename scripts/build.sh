#!/usr/bin/env bash
# Installs what is missing, builds a release quietly, and prints the path of the program.
#   scripts/build.sh [SET]     SET: of packages, see scripts/deps.sh (default: build)
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build/release

# The README's own commands use the same directory, perhaps with another generator: what is configured stays as it is.
configure() {
  if [ -f "$build/build.ninja" ] || [ -f "$build/Makefile" ]; then
    return
  elif [ -f "$build/CMakeCache.txt" ]; then # a configuration that failed, or was interrupted
    cmake -S "$top" -B "$build"
  else
    cmake -S "$top" -B "$build" -G Ninja -DBUILD_TESTING=OFF
  fi
}

"$top/scripts/deps.sh" "${1:-build}"
mkdir -p "$build"
log=$build/build.log
if ! { configure && cmake --build "$build" --parallel "$(nproc)"; } >"$log" 2>&1 </dev/null; then
  tail -n 30 "$log" >&2
  printf 'build.sh: the build failed; all of it is in %s\n' "$log" >&2
  exit 1
fi
printf '%s\n' "$build/cfisac"
