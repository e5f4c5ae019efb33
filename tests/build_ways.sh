#!/usr/bin/env bash
# The README's two ways to build, scripts/build.sh and the commands to install, work one after the other in either order,
# with either generator. In copies of the project; a cmake in front of the real one builds only what takes no time.
#   build_ways.sh TOP CFISAC
# shellcheck source=tests/cli/common.sh
top=$(realpath "$1")
shift
. "$top/tests/cli/common.sh"
cd "$work" || exit 1

mkdir shim
real=$(command -v cmake)
cat >shim/cmake <<SHIM
#!/bin/sh
[ "\$1" = --build ] || exec "$real" "\$@"
exec "$real" --build "\$2" --target cfisac_git_version
SHIM
chmod +x shim/cmake
PATH=$work/shim:$PATH

copy() {
    mkdir "$1"
    (cd "$top" && tar c --exclude='./build*' --exclude='./out*' --exclude=./.git .) | tar x -C "$1"
}
by_script() { "$1/scripts/build.sh" >log 2>&1 || { cat log; return 1; }; }
by_hand() { # by_hand TREE [GENERATOR]: README's command as it stands there
    (cd "$1" && CMAKE_GENERATOR=${2:-} && export CMAKE_GENERATOR && { [ -n "$2" ] || unset CMAKE_GENERATOR; } &&
        eval "$readme") >log 2>&1 || { cat log; return 1; }
}
readme=$(sed -n 's/^    \(cmake -S \. -B build\/release.*\)$/\1/p' "$top/README.md")
check 'README has the commands' test "$(wc -l <<<"$readme")" -eq 1 -a -n "$readme"

copy script_first
check 'by the script' by_script script_first
check 'then by hand' by_hand script_first ''
check 'and by the script again' by_script script_first
copy hand_first
check 'by hand, with make' by_hand hand_first 'Unix Makefiles'
check 'makefiles were made' test -f hand_first/build/release/Makefile
check 'then by the script' by_script hand_first
check 'and by hand again' by_hand hand_first ''
rm hand_first/build/release/Makefile
check 'by the script after half a configuration' by_script hand_first
conclude
