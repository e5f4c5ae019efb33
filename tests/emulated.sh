#!/usr/bin/env bash
# The program on another kind of machine: it gives the table that README shows.
#   emulated.sh TOP COMMAND...      COMMAND: an emulator and the program
set -euo pipefail
top=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
numbers() { sed -n '/^drop /,/^$/p' "$1" | cut -c 1-48; }

"$@" --version
"$@" run "$top/configs/paper.json" --quiet >"$work/table"
awk '/^```$/ { inside = !inside; next } inside' "$top/README.md" >"$work/shown"
numbers "$work/table" >"$work/here"
[ "$(wc -l <"$work/here")" -ge 11 ] || { echo 'FAILED: no table'; cat "$work/table"; exit 1; }
diff "$work/here" <(numbers "$work/shown") || { echo 'FAILED: the numbers differ from those of README.md'; exit 1; }
