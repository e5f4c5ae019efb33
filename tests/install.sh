#!/bin/bash
# What `cmake --install` leaves is enough to use the program and, from C and C++, the cone solver: the example of
# docs/solver.md and install.cpp are compiled against it and run.
#   install.sh TOP BUILD CC [FLAG...]      FLAG: of the build (a sanitizer's)
set -u
top=$(realpath "$1")
build=$(realpath "$2")
cc=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() {
  printf 'FAILED: %s\n' "$*"
  bad=1
}

cmake --install "$build" --prefix "$work/prefix" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
for file in bin/cfisac share/man/man1/cfisac.1 include/cfisac/socp.h include/cfisac/error.h; do
  [ -s "$work/prefix/$file" ] || complain "$file is not installed"
done
[ "$("$work/prefix/bin/cfisac" --version)" = "$("$build/cfisac" --version)" ] || complain 'what is installed is not what was built'
pc=$(find "$work/prefix" -name cfisac.pc)
[ -n "$pc" ] || { complain 'cfisac.pc is not installed'; exit 1; }

export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$pc")
read -ra compile < <(pkg-config --cflags cfisac)
read -ra link < <(pkg-config --libs cfisac)
if ! "$cc" "$@" -Wall -Wextra -Werror "${compile[@]}" "$top/docs/examples/fermat.c" "${link[@]}" -o "$work/fermat"; then
  complain 'the example does not compile against what is installed'
elif ! "$work/fermat" >"$work/out"; then
  complain "the example failed: $(cat "$work/out")"
elif [ "$(wc -l <"$work/out")" -ne 1 ]; then
  complain "the example prints not one line but: $(cat "$work/out")"
elif ! grep -qFx -- "$(cat "$work/out")" "$top/docs/solver.md"; then
  complain "docs/solver.md does not show what the example prints: $(cat "$work/out")"
fi

# The C++ compiler that goes with CC, and clang's beside a gcc of this machine; a sanitizer's library is one compiler's.
case $(basename "$cc") in
  *clang*) cxx=("${cc/clang/clang++}") ;;
  *gcc*) cxx=("${cc/gcc/g++}") ;;
  *) cxx=(g++) ;;
esac
if [ "$#" -eq 0 ] && [ "${cxx[0]##*/}" = g++ ] && command -v clang++ >/dev/null; then cxx+=(clang++); fi
for compiler in "${cxx[@]}"; do
  if ! "$compiler" "$@" -std=c++11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror "${compile[@]}" \
       "$top/tests/install.cpp" "${link[@]}" -o "$work/cpp"; then
    complain "install.cpp does not compile with $compiler against what is installed"
  elif [ "$("$work/cpp")" != optimal ]; then
    complain "install.cpp, compiled with $compiler, failed"
  fi
done
exit "$bad"
