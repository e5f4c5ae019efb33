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

# quiet LOG COMMAND...: its last lines if it fails
quiet() {
  local log=$1
  shift
  mkdir -p "${log%/*}"
  "$@" >"$log" 2>&1 </dev/null || { tail -n 40 "$log"; return 1; }
}

# configure DIR OPTION..., make_targets DIR [TARGET...] (all without any), build DIR OPTION...: both
configure() { quiet "$1/configure.log" cmake -S . -B "$1" -G Ninja -DCFISAC_WERROR=ON "${@:2}"; }
make_targets() { quiet "$1/build.log" ninja -C "$1" "${@:2}"; }
build() { configure "$@" && make_targets "$1"; }

# Builds under AddressSanitizer and UndefinedBehaviorSanitizer: by the compiler at hand, or by clang, with the fuzz targets.
# Clang's code with checks in it runs no slower at -O1 than at -O2, and is compiled and linked sooner.
build_sanitizers_gcc() { build build/test-sanitize -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCFISAC_SANITIZE=ON; }
build_sanitizers_clang() {
  "$top/scripts/deps.sh" ci && CC=clang build build/ci-clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCFISAC_SANITIZE=ON -DCFISAC_FUZZ=ON \
    -DCMAKE_C_FLAGS_RELWITHDEBINFO='-O1 -DNDEBUG' -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld
}
sanitizers_dir() { [ "$1" = clang ] && printf build/ci-clang || printf build/test-sanitize; }

# run_tests DIR OPTION...: of ctest, the longest first by what they took in this build or another one, so that no core
# waits for a long test at the end
run_tests() {
  local dir=$1 costs=Testing/Temporary/CTestCostData.txt
  shift
  if [ ! -f "$dir/$costs" ] && [ -f "build/test-release/$costs" ]; then
    mkdir -p "$dir/${costs%/*}" && cp "build/test-release/$costs" "$dir/$costs"
  fi
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
