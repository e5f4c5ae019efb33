#!/bin/bash
# What `cmake --install` leaves is enough to use the program and, from C, the cone solver: the example of docs/solver.md is
# compiled against it and run.
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
exit "$bad"
