#!/usr/bin/env bash
# The packages that `cpack -G DEB` makes of this build, and the tarball of the sources: installed into a root of their own,
# used, and removed without a trace. Neither needs to be root.
#   package.sh TOP BUILD      exit code 77: no tools of Debian's packages here
top=$(realpath "$1")
build=$(realpath "$2")
# shellcheck source=tests/cli/common.sh
. "$top/tests/cli/common.sh" "$build/cfisac"
for tool in cpack dpkg dpkg-deb dpkg-shlibdeps gzip; do
    command -v "$tool" >/dev/null || { printf 'skipped: %s is missing\n' "$tool"; exit 77; }
done
cd "$work" || exit 1

# --------------------------------------------------------------------------------------------- Debian
(cd "$build" && cpack -G DEB -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip -B "$work/made") >log 2>&1 || { cat log; exit 1; }
program=$(echo made/cfisac_*.deb)
library=$(echo made/libcfisac-socp-dev_*.deb)
check "two packages, not $(ls made)" test -s "$program" -a -s "$library"
field() { dpkg-deb -f "$1" "$2"; }
version=$("$cfisac" --version | sed -n '1s/cfisac //p')
check 'the version is that of the program' test "$(field "$program" Version)" = "$version-1"
check 'section' test "$(field "$program" Section) $(field "$library" Section)" = 'science libdevel'
depends=$(field "$program" Depends)
for name in libc6 libcjson1 libgsl liblapacke libopenblas0 libamd; do
    check "depends on $name, found in the program: $depends" grep -q "$name" <<<"$depends"
done
check 'the library depends on what it is linked with' grep -q 'libsuitesparse-dev' <<<"$(field "$library" Depends)"
check 'nothing runs, and no file is a configuration' test "$(dpkg-deb --ctrl-tarfile "$program" | tar t | sed 's,^\./,,; /^$/d' | sort | tr '\n' ' ')" = \
    'control md5sums '
check 'all belongs to root, and nothing is private' test -z \
    "$(dpkg-deb -c "$program" | grep -vE '^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--|lrwxrwxrwx) root/root ')"

# A root with nothing but dpkg's own records.
mkdir -p root/var/lib/dpkg/{updates,info,triggers}
touch root/var/lib/dpkg/{status,available}
find root | sort >before
debian() {
    PATH=$PATH:/sbin:/usr/sbin dpkg --root="$work/root" --force-not-root --force-depends --force-script-chrootless --log=/dev/null "$@" >log 2>&1 ||
        { cat log; return 1; }
}
check 'both are installed' debian -i "$program" "$library"
check 'as dpkg says' test "$(dpkg-query --admindir=root/var/lib/dpkg -W -f '${db:Status-Abbrev}' cfisac libcfisac-socp-dev)" = 'ii ii '
usr=root/usr
for file in bin/cfisac share/doc/cfisac/{copyright,changelog.Debian.gz,README.md} share/man/man1/cfisac.1.gz \
    share/bash-completion/completions/cfisac share/zsh/site-functions/_cfisac share/fish/vendor_completions.d/cfisac.fish \
    share/cfisac/configs/paper.json share/cfisac/scripts/figures.sh share/cfisac/scripts/slurm/array.sh \
    include/cfisac/socp.h share/doc/libcfisac-socp-dev/copyright; do
    check "$file is there" test -s "$usr/$file"
done
check 'the program runs' "$usr/bin/cfisac" run "$usr/share/cfisac/configs/paper.json" --out results --quiet
check 'and is the one that was built' test "$("$usr/bin/cfisac" --version)" = "$("$cfisac" --version)"
check 'the manual is that of the documentation' cmp -s <(gzip -dc "$usr/share/man/man1/cfisac.1.gz") "$top/docs/cfisac.1"
check 'the changelog names package and version' grep -q "^cfisac ($version-1) " <<<"$(gzip -dc "$usr/share/doc/cfisac/changelog.Debian.gz")"
if command -v dpkg-parsechangelog >/dev/null; then
    gzip -dc "$usr/share/doc/cfisac/changelog.Debian.gz" >changelog
    check 'in the form of Debian' test "$(dpkg-parsechangelog -l changelog -S Version 2>&1)" = "$version-1"
fi
check 'the copyright names the licence' grep -q '^License: GPL-3.0+' "$usr/share/doc/cfisac/copyright"
check 'both are removed' debian -P cfisac libcfisac-socp-dev
find root -not -path '*/var/lib/dpkg/*' | sort >after
check "and leave nothing behind, not $(diff <(grep -v '/var/lib/dpkg/' before) after)" cmp -s <(grep -v '/var/lib/dpkg/' before) after

# -------------------------------------------------------------------------------------------- sources
(cd "$build" && cpack --config CPackSourceConfig.cmake -B "$work/sources") >log 2>&1 || { cat log; exit 1; }
tar xzf "sources/cfisac-$version.tar.gz"
(cd "$top" && git -c safe.directory='*' ls-files 2>/dev/null) | while IFS= read -r file; do
    [ ! -f "$top/$file" ] || [ -e "cfisac-$version/$file" ] || printf '%s\n' "$file"
done >lost
check "the tarball has every file of the project, and $(cat lost)" test ! -s lost
check 'and no build' test -z "$(find "cfisac-$version" -maxdepth 1 \( -name 'build*' -o -name 'out*' -o -name .git \))"
# version_of TREE: what a build of it says
version_of() {
    cmake -DSOURCE="$1" -DOUTPUT="$work/version.h" -P "$1/cmake/git_version.cmake" && sed -n 's/^#define CFISAC_GIT_HASH "\(.*\)"$/\1/p' version.h
}
hash=$(version_of "$top")
case $hash in
    release* | *-dirty | *' '*) said='release *' ;; # of no commit
    *) said="release *, commit $hash" ;;
esac
# shellcheck disable=SC2053 # a pattern
[[ $(version_of "$work/cfisac-$version") == $said ]]
check "its version is $said, not $(version_of "$work/cfisac-$version")" test $? -eq 0
conclude
