#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors, and runs every test: in Release, again under AddressSanitizer
# and UndefinedBehaviorSanitizer, then the lint of shell scripts and the format of the C sources.
set -uo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top" || exit 1
failed=()
jobs=$(nproc)

# step NAME COMMAND...: runs it, remembers a failure
step() {
  local name=$1
  shift
  printf '\n== %s\n' "$name"
  "$@" || { failed+=("$name"); printf '== %s FAILED\n' "$name"; return 1; }
}

# build DIR OPTION...: quiet unless it fails
build() {
  local dir=$1 log=$1/build.log
  shift
  mkdir -p "$dir"
  if ! { cmake -S . -B "$dir" -G Ninja -DCFISAC_WERROR=ON "$@" && cmake --build "$dir"; } >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log"
    return 1
  fi
}

run_tests() { (cd "$1" && ctest --output-on-failure -j "$jobs" </dev/null); }

lint_shell() {
  local scripts
  mapfile -t scripts < <(git ls-files '*.sh' .ci/run 2>/dev/null || find scripts tests .ci -name '*.sh' -o -name run)
  shellcheck -x "${scripts[@]}"
}

check_format() {
  find src include tests docs -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror
}

"$top/scripts/deps.sh" test || exit 1
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
step 'build, release' build build/test-release -DCMAKE_BUILD_TYPE=Release &&
  step 'tests, release' run_tests build/test-release
step 'build, sanitizers' build build/test-sanitize -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCFISAC_SANITIZE=ON &&
  step 'tests, sanitizers' run_tests build/test-sanitize
step 'shellcheck' lint_shell
step 'clang-format' check_format

printf '\n'
if [ "${#failed[@]}" -gt 0 ]; then
  printf 'test.sh: FAILED: %s\n' "${failed[*]}"
  exit 1
fi
printf 'test.sh: everything passed\n'
