# Sourced by the benches: builds what they measure into build/bench and goes there.
# shellcheck shell=bash
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
"$top/scripts/deps.sh" test
mkdir -p "$top/build/bench"
if ! { cmake -S "$top" -B "$top/build/bench" -G Ninja -DCMAKE_BUILD_TYPE=Release &&
       cmake --build "$top/build/bench" --target benches; } >"$top/build/bench/build.log" 2>&1 </dev/null; then
  tail -n 30 "$top/build/bench/build.log" >&2
  exit 1
fi
cd "$top/build/bench"
