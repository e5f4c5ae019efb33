#!/usr/bin/env bash
# How much of the code the tests run: builds with gcc's counters, runs every test, and prints for each room the share of
# lines that ran and of branches that were taken, then every file below a threshold. Installs what is missing.
#   coverage.sh [--least PERCENT] [OPTION of ctest]...      e.g. coverage.sh -R test_linalg
# --least (80): files with a smaller share of branches are listed. The build is build/coverage, without optimisation, so
# that a branch is one of the source. Exit code 1 when a test fails: the table is then of what ran.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build/coverage

die() { printf 'coverage.sh: %s\n' "$*" >&2; exit 2; }

least=80
if [ "${1:-}" = --least ]; then
  least=${2:-}
  [[ $least =~ ^(100|[1-9]?[0-9])$ ]] || die "--least '$least' (allowed: 0 .. 100)"
  shift 2
fi

"$top/scripts/deps.sh" test
mkdir -p "$build"
if ! { cmake -S "$top" -B "$build" -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug \
             -DCMAKE_C_FLAGS='--coverage -fprofile-update=atomic' && cmake --build "$build"; } \
     >"$build/build.log" 2>&1 </dev/null; then
  tail -n 40 "$build/build.log" >&2
  die 'the build failed'
fi
find "$build" -name '*.gcda' -delete # the counts of an earlier run
code=0
(cd "$build" && ctest -j "$(nproc)" --output-on-failure "$@" </dev/null) >"$build/tests.log" 2>&1 || code=1
[ "$code" -eq 0 ] || { tail -n 40 "$build/tests.log" >&2; printf 'coverage.sh: a test failed\n' >&2; }

# counts: FILE LINES LINES_RUN BRANCHES BRANCHES_TAKEN of each source of a room, from gcov's summary of its object
counts() {
  local notes
  mapfile -t notes < <(find "$build/src" -name '*.gcno' ! -path '*/cfisac.dir/*' | sort)
  [ "${#notes[@]}" -gt 0 ] || die "no counters below $build/src"
  (cd "$build" && gcov --no-output --branch-probabilities "${notes[@]}" 2>/dev/null) | awk -v top="$top/src/" '
    function flush() { if (file ~ /\.c$/ && lines) printf "%s %d %d %d %d\n", file, lines, run, branches, taken; file = "" }
    # "97.83% of 46": how many of them
    function share(text) { split(text, part, "% of "); total = part[2]; return int(part[1] * total / 100 + 0.5) }
    /^File / { flush(); name = substr($0, 7, length($0) - 7); lines = run = branches = taken = 0
               if (index(name, top) == 1) file = substr(name, length(top) + 1) }
    /^Lines executed:/ { if (lines) flush(); run = share(substr($0, 16)); lines = total } # the last one is of all files
    /^Taken at least once:/ { taken = share(substr($0, 21)); branches = total }
    /^$/ { flush() }
    END { flush() }'
}

counts | awk -v least="$least" '
  function percent(part, whole) { return whole ? sprintf("%5.1f", 100 * part / whole) : "    -" }
  function row(name, a, b, c, d) { printf "%-28s %6d  %s %8d  %s\n", name, a, percent(b, a), c, percent(d, c) }
  { split($1, path, "/"); room = path[1]
    if (!(room in lines)) order[++rooms] = room
    lines[room] += $2; run[room] += $3; branches[room] += $4; taken[room] += $5
    all[1] += $2; all[2] += $3; all[3] += $4; all[4] += $5
    if ($4 && 100 * $5 < least * $4 || !$3) low[++lows] = $0 }
  END {
    printf "%-28s %6s  %s %8s  %s\n", "room", "lines", "% run", "branches", "% taken"
    for (i = 1; i <= rooms; i++) { r = order[i]; row(r, lines[r], run[r], branches[r], taken[r]) }
    row("all", all[1], all[2], all[3], all[4])
    printf "\nfiles with less than %d %% of their branches taken:%s\n", least, lows ? "" : " none"
    for (i = 1; i <= lows; i++) { split(low[i], f, " "); row(f[1], f[2], f[3], f[4], f[5]) } }'
exit "$code"
