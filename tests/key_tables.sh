#!/usr/bin/env bash
# The tables of keys in the documentation are those of the program; a page that differs, or a table that is not closed,
# is found, and scripts/docs.sh mends it.
#   key_tables.sh TOP KEY_TABLES
set -euo pipefail
# shellcheck source=tests/complain.sh
. "$(dirname "${BASH_SOURCE[0]}")/complain.sh"
top=$1
key_tables=$(realpath "$2")
"$top/scripts/docs.sh" --check "$key_tables"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/scripts" "$work/docs"
cp "$top/scripts/docs.sh" "$work/scripts"
# restore: the pages as they are
restore() {
  cp "$top/README.md" "$work"
  cp "$top/docs/scenario.md" "$top/docs/cfisac.1" "$work/docs"
}
# planted PAGE SED: a change is found, by page, and mended
planted() {
  restore
  sed -i "$2" "$work/$1"
  ! cmp -s "$top/$1" "$work/$1" || complain "'$2' changes nothing in $1"
  ! "$work/scripts/docs.sh" --check "$key_tables" >"$work/said" || complain "'$2' in $1 is not found"
  grep -q "^$1 is not what the table of keys says" "$work/said" || complain "'$2' in $1: $(cat "$work/said")"
  "$work/scripts/docs.sh" "$key_tables" >/dev/null
  cmp -s "$top/$1" "$work/$1" || complain "'$2' in $1 is not mended"
}
# shellcheck disable=SC2016 # backquotes of Markdown
{
planted README.md 's/`aps`, `ues`/`aps`/'
planted docs/scenario.md '/^| `power.snr_db`/d'
planted docs/scenario.md 's/^| `rate.model` | `"exact"`/| `rate.model` | `"theorem1"`/'
planted docs/cfisac.1 's/^number of users, K\.$/number of people./'
}
# refused PAGE SED: no table can be made of what the page asks for
refused() {
  restore
  sed -i "$2" "$work/$1"
  ! "$key_tables" "$work/$1" >/dev/null 2>"$work/said" || complain "'$2' in $1 is taken"
  grep -q '^key_tables: ' "$work/said" || complain "'$2' in $1: $(cat "$work/said")"
}
refused docs/scenario.md 's/<!-- keys: power -->/<!-- keys: powers -->/'
refused docs/scenario.md '/<!-- end of keys -->/d'
refused docs/cfisac.1 '/^\.\\" keys/d'
exit $((failures > 0))
