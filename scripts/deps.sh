#!/usr/bin/env bash
# Installs the Debian packages that cfisac needs and that are not there yet.
#   scripts/deps.sh [build | figures | test | cross | ci | peers]
#     build (default): to compile and run; figures: also for scripts/figures.sh; test: also for scripts/test.sh;
#     cross: to compile for 64-bit ARM and run that; ci: also for scripts/ci.sh; peers: to compile, and the solver of scripts/bench_peers.sh
set -euo pipefail

build=(gcc libc6-dev make cmake ninja-build pkg-config git ca-certificates libgsl-dev libopenblas-dev liblapacke-dev
       libcjson-dev libmd-dev libsuitesparse-dev)
figures=(jq)
command -v gnuplot >/dev/null || figures+=(gnuplot-nox) # one flavour of gnuplot would replace another
tests=(g++ libcmocka-dev librandom123-dev locales shellcheck clang-format groff libopenmpi-dev openmpi-bin musl-tools
       dpkg-dev zsh fish python3-cvxopt)
cross=(gcc-aarch64-linux-gnu)
command -v qemu-aarch64-static >/dev/null || cross+=(qemu-user)
ci=(clang clang-tidy libclang-rt-dev libomp-dev lld)
peers=(r-base-core r-cran-ecosolver r-cran-matrix)

die() { printf 'deps.sh: %s\n' "$*" >&2; exit 1; }

case "${1:-build}" in
  build) wanted=("${build[@]}") ;;
  figures) wanted=("${build[@]}" "${figures[@]}") ;;
  test) wanted=("${build[@]}" "${figures[@]}" "${tests[@]}") ;;
  cross) wanted=("${build[@]}" "${cross[@]}") ;;
  ci) wanted=("${build[@]}" "${figures[@]}" "${tests[@]}" "${cross[@]}" "${ci[@]}") ;;
  peers) wanted=("${build[@]}" "${peers[@]}") ;;
  *) die "unknown set '$1' (allowed: build, figures, test, cross, ci, peers)" ;;
esac

command -v dpkg-query >/dev/null || die "this is not Debian: install by hand what answers to: ${wanted[*]}"
have=$(dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' 2>/dev/null | awk '$2 == "ii" { print $1 }')
missing=()
for package in "${wanted[@]}"; do
  grep -qx -- "$package" <<<"$have" || missing+=("$package")
done
[ "${#missing[@]}" -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || die "missing ${missing[*]}: run as root, or install sudo"
  as_root=(sudo)
fi
printf 'installing %s\n' "${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update &&
       "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
     >"$log" 2>&1 </dev/null; then
  tail -n 20 "$log" >&2
  die "could not install ${missing[*]}"
fi
