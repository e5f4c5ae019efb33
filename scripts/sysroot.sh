#!/usr/bin/env bash
# The libraries that cfisac needs, for another kind of machine: Debian's packages of that architecture, downloaded and
# unpacked below a directory, which leaves this system as it is. Nothing happens when they are all there already.
#   scripts/sysroot.sh [ARCHITECTURE] [DIRECTORY]      default: arm64 build/sysroot-ARCHITECTURE
# cmake/aarch64.cmake builds with it.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
architecture=${1:-arm64}
root=${2:-$top/build/sysroot-$architecture}
packages=(libc6-dev libgcc-s1 libgomp1 libgsl-dev libopenblas-dev liblapacke-dev libcjson-dev libmd-dev libsuitesparse-dev
          libcmocka-dev librandom123-dev)

die() { printf 'sysroot.sh: %s\n' "$*" >&2; exit 1; }

made_of="$architecture ${packages[*]}"
[ "$(cat "$root/packages.txt" 2>/dev/null)" = "$made_of" ] && exit 0
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || die "this is not Debian: $tool is missing"
done

rm -rf "$root"
mkdir -p "$root/apt/state/lists/partial" "$root/apt/cache/archives/partial" "$root/apt/preferences"
root=$(cd "$root" && pwd)
apt=$root/apt
touch "$apt/status"

# apt for that architecture alone, with this system's sources and a state of its own, in which nothing is installed
apt_get() {
  apt-get -q -y -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
    -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
    -o Dir::Etc::preferencesparts="$apt/preferences" -o APT::Sandbox::User=root \
    -o APT::Install-Recommends=false -o Acquire::Languages=none -o Debug::NoLocking=true "$@"
}

printf 'downloading %s for %s\n' "${packages[*]}" "$architecture" >&2
if ! { apt_get update && apt_get install --download-only "${packages[@]}"; } >"$apt/log" 2>&1 </dev/null; then
  tail -n 20 "$apt/log" >&2
  die "could not download the packages for $architecture; all of it is in $apt/log"
fi
for package in "$apt"/cache/archives/*.deb; do
  dpkg-deb -x "$package" "$root"
done

# Links that lead out of the directory are turned back into it, and those that a configuration would make are made: to what
# OpenBLAS has.
while read -r link; do
  target=$(readlink "$link")
  ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" "$root$target")" "$link"
done < <(find "$root" -path "$apt" -prune -o -type l -lname '/*' -print)
for file in "$root"/usr/lib/*/openblas-pthread/*.so* "$root"/usr/include/*/openblas-pthread/*.h; do
  ln -sf "openblas-pthread/$(basename "$file")" "$(dirname "$(dirname "$file")")/"
done
rm -rf "$apt"
printf '%s\n' "$made_of" >"$root/packages.txt"
