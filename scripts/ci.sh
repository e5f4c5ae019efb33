#!/usr/bin/env bash
# What scripts/test.sh leaves out: 20 s of a core for every fuzz target and clang-tidy, on the build of CFISAC_SANITIZERS=clang
# scripts/test.sh, which runs the tests of it, and the tests of the rooms in a build for 64-bit ARM under qemu. Installs what
# is missing.
#   scripts/ci.sh [SECONDS]      SECONDS: of a core, for each fuzz target (default: 20)
set -uo pipefail
# shellcheck source=scripts/steps.sh
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
seconds=${1:-20}

# One fuzz target, from its seeds. The corpus stays in the build directory, and what fails beside it.
fuzz_one() {
  local name=$1 seeds=() work=build/ci-clang/fuzz/$1
  case $name in
    scenario) seeds=(configs tests/malformed) ;;
    cbf) seeds=(tests/cbf) ;;
    settings | gain) seeds=("tests/fuzz/$name") ;;
  esac
  mkdir -p "$work/corpus"
  if ! "build/ci-clang/tests/fuzz_$name" -max_total_time="$wall" -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$work/" \
       "$work/corpus" "${seeds[@]}" >"$work/log" 2>&1 </dev/null; then
    printf 'fuzz_%s failed; its input is in %s\n' "$name" "$work"
    tail -n 40 "$work/log"
    return 1
  fi
  printf 'fuzz_%s: %s\n' "$name" "$(grep '^Done ' "$work/log")"
}

# All of them at once, so that no core is without one at the end: they share the cores, and run the longer for it.
fuzz_all() {
  local targets
  mapfile -t targets < <(find build/ci-clang/tests -maxdepth 1 -name 'fuzz_*' -type f -executable)
  [ "${#targets[@]}" -gt 0 ] || return 1
  wall=$((${#targets[@]} > jobs ? seconds * ${#targets[@]} / jobs : seconds))
  export -f fuzz_one
  export wall
  printf '%s\n' "${targets[@]##*/fuzz_}" | xargs -P 0 -I{} bash -c 'fuzz_one {}'
}

# The analyser follows the paths of a function until it has so many states. Its default of 225,000 takes twice the time and
# reaches no more blocks of the code where that was counted (docs/architecture.md).
most_states=100000

tidy() {
  local log=build/ci-clang/tidy.log word limit=()
  for word in -Xclang -analyzer-config -Xclang "max-nodes=$most_states"; do limit+=(-extra-arg="$word"); done
  run-clang-tidy -quiet -j "$jobs" "${limit[@]}" -p build/ci-clang '/src/.*\.c$' >"$log" 2>&1 </dev/null ||
    { grep -A 8 -E 'warning:|error:' "$log"; return 1; }
}

# Tests that do not run under emulation: statistics, what compares the allocation with other methods at length, and refused
# memory in every part of a trial (that of a sweep runs), which takes as long there as all others together.
not_emulated='fuzz|test_monte_carlo|test_estimable|test_network|test_alloc|test_ordinary|test_link|test_fading|test_directed|test_response|test_precoders|test_streams|test_pairs|test_shared|test_simulated_links|test_precoders_alloc|test_clusters_alloc|test_detection|test_estimator|test_located|test_target_monte_carlo|test_propagation_drops|test_shadowing|test_units_agree|test_socp_stop|test_coupled|test_trial_errors|test_structured|test_channel_fading|test_path_gains|test_loads|test_globals|test_steps|test_rates|test_landing|test_certify|test_frontier'

# The program, and of the tests those that run.
build_arm() {
  local dir=build/ci-aarch64 targets
  configure "$dir" -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE=cmake/aarch64.cmake || return 1
  mapfile -t targets < <(ninja -C "$dir" -t targets all | sed -n 's/: phony$//p' |
    grep -xF -f <(cd "$dir" && ctest -N -E "$not_emulated" | sed -n 's/^ *Test *#[0-9]*: //p'))
  [ "${#targets[@]}" -gt 0 ] && make_targets "$dir" cfisac "${targets[@]}"
}

"$top/scripts/deps.sh" ci || exit 1
step 'build, clang with sanitizers and fuzzer' build_sanitizers_clang && {
  step "fuzzing, $seconds s each" fuzz_all
  step 'clang-tidy' tidy
}
step 'libraries for 64-bit ARM' scripts/sysroot.sh arm64 build/sysroot-arm64 &&
  step 'build, 64-bit ARM' build_arm &&
  step 'tests, 64-bit ARM' run_tests build/ci-aarch64 -E "$not_emulated"
conclude
