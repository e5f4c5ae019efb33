#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors, and runs every test: in Release (the benches are built, too,
# and not run), again under AddressSanitizer and UndefinedBehaviorSanitizer, then the lint of shell scripts and the format
# of the C sources. scripts/ci.sh has more.
#   CFISAC_SANITIZERS=clang scripts/test.sh      sanitizers of clang, which find more, in the build that scripts/ci.sh goes on with
set -uo pipefail
# shellcheck source=scripts/steps.sh
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

lint_shell() {
  local scripts
  mapfile -t scripts < <(git ls-files '*.sh' .ci/run 2>/dev/null || find scripts src tests .ci -name '*.sh' -o -name run)
  printf '%s\0' "${scripts[@]}" | xargs -0 -P "$jobs" -n 4 shellcheck -x
}

build_benches() {
  quiet build/test-release/benches.log ninja -C build/test-release benches
}

check_format() {
  find src include tests docs -name '*.[ch]' -print0 | xargs -0 -P "$jobs" -n 50 clang-format --dry-run -Werror
}

sanitizers=${CFISAC_SANITIZERS:-gcc}
# clang's packages before the first build: lld links the tests of all
"$top/scripts/deps.sh" "$([ "$sanitizers" = clang ] && echo ci || echo test)" || exit 1
step 'build, release' build build/test-release -DCMAKE_BUILD_TYPE=Release && {
  step 'build, benches' build_benches
  step 'tests, release' run_tests build/test-release
}
# Scripts that read sources, long ones of the program's files and kills, and the longest statistics ran above.
step "build, sanitizers of $sanitizers" "build_sanitizers_$sanitizers" &&
  step 'tests, sanitizers' run_tests "$(sanitizers_dir "$sanitizers")" -E 'self_test|test_instances|test_faults|test_estimable|test_estimator|test_ordinary'
step 'shellcheck' lint_shell
step 'clang-format' check_format
conclude
