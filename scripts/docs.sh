#!/usr/bin/env bash
# Writes the tables of keys in README.md, docs/scenario.md and docs/cfisac.1 anew, from the table of keys.
#   scripts/docs.sh [--check] [KEY_TABLES]
#     --check      writes nothing, and fails where a page is not what it would be
#     KEY_TABLES   the program that makes the tables (default: built in build/docs)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
check=
if [ "${1:-}" = --check ]; then
  check=yes
  shift
fi
if [ $# -gt 0 ]; then
  key_tables=$(realpath "$1")
else
  { cmake -S . -B build/docs -G Ninja && cmake --build build/docs --target key_tables; } >/dev/null
  key_tables=build/docs/tests/key_tables
fi
new=$(mktemp)
trap 'rm -f "$new"' EXIT
bad=0
for page in README.md docs/scenario.md docs/cfisac.1; do
  "$key_tables" "$page" >"$new"
  if cmp -s "$new" "$page"; then
    continue
  elif [ -n "$check" ]; then
    printf '%s is not what the table of keys says (scripts/docs.sh writes it anew):\n' "$page"
    diff "$page" "$new" | head -n 10
    bad=1
  else
    cat "$new" >"$page"
    printf '%s: written anew\n' "$page"
  fi
done
exit "$bad"
