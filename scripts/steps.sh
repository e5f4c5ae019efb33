# Sourced by test.sh and ci.sh: steps that are run one after the other, and what came of them.
# shellcheck shell=bash
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top" || exit 1
failed=()
jobs=$(nproc)
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1

# step NAME COMMAND...: runs it, remembers a failure
step() {
  local name=$1 start=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  "$@" || { failed+=("$name"); printf '== %s FAILED\n' "$name"; return 1; }
  printf '== %s: %d s\n' "$name" "$((SECONDS - start))"
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

# Builds under AddressSanitizer and UndefinedBehaviorSanitizer: by the compiler at hand, or by clang, with the fuzz targets.
build_sanitizers_gcc() { build build/test-sanitize -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCFISAC_SANITIZE=ON; }
build_sanitizers_clang() {
  "$top/scripts/deps.sh" ci && CC=clang build build/ci-clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCFISAC_SANITIZE=ON -DCFISAC_FUZZ=ON
}
sanitizers_dir() { [ "$1" = clang ] && printf build/ci-clang || printf build/test-sanitize; }

# run_tests DIR OPTION...: of ctest
run_tests() {
  local dir=$1
  shift
  (cd "$dir" && ctest --output-on-failure -j "$jobs" "$@" </dev/null)
}

# conclude: the verdict, and the exit code
conclude() {
  printf '\n'
  if [ "${#failed[@]}" -gt 0 ]; then
    printf '%s: FAILED: %s\n' "$(basename "$0")" "${failed[*]}"
    exit 1
  fi
  printf '%s: everything passed\n' "$(basename "$0")"
}
