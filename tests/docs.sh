#!/usr/bin/env bash
# The documentation agrees with the code: every equation tag, page, test name, command and column it speaks of exists.
#   docs.sh TOP CFISAC
set -euo pipefail
top=$1
cfisac=$(realpath "$2")
cd "$top"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() {
  printf 'FAILED: %s\n' "$*"
  bad=1
}

# equation tags: those cited in the code stand in docs/model.md
while read -r tag; do
  grep -qF "**($tag)" docs/model.md || complain "($tag) is cited in the code and missing in docs/model.md"
done < <(grep -rhoE '\bM[0-9]{1,2}\b\)?' src include | grep -oE '^M[0-9]+\)$' | tr -d ')' | sort -u)

# pages the code, the scripts and the other pages speak of
while read -r page; do
  [ -s "$page" ] || complain "$page is spoken of and missing or empty"
done < <(grep -rhoE 'docs/[a-z_]+\.(md|1)' src include scripts tests README.md docs CMakeLists.txt | sort -u)
for page in README.md docs/*.md tests/bench/*.md; do
  while read -r link; do
    [[ $link == http* ]] || [ -e "$(dirname "$page")/$link" ] || complain "$page links to $link"
  done < <(grep -oE '\]\([^)#:]+' "$page" | sed 's/^](//')
done

# tests that the errata name
# shellcheck disable=SC2016
while read -r name; do
  grep -rqF "$name" tests --include='*.c' || complain "docs/model.md names the test $name"
done < <(grep -oE '`[a-z0-9_]{20,}`' docs/model.md | tr -d '`' | grep -v -e '_db$' -e '_rad2$' -e '_hz$' | sort -u)

# commands of README and of the errata: valid, with few drops
while read -r line; do
  read -ra words <<<"${line//cfisac run /}"
  "$cfisac" run "${words[@]}" --set monte_carlo.drops=1 --set monte_carlo.realizations=10 --quiet >"$work/out" 2>&1 ||
    complain "$line: $(head -n 1 "$work/out")"
done < <(grep -ohE 'cfisac run configs/[^`#]*' README.md docs/*.md | sed 's/ *--json.*//; s/ *$//' | sort -u)

# columns and keys of the results
"$cfisac" run configs/paper.json --quiet --set monte_carlo.drops=2 --set monte_carlo.realizations=4 --out "$work/r" >/dev/null
for column in $(head -n 1 "$work/r/drops.csv" | tr ',' ' '); do
  grep -qF "\`$column\`" docs/results.md || complain "docs/results.md lacks the column $column"
done
while read -r key; do
  grep -qE "[\`.]${key}[\`.]|# $key" docs/results.md docs/scenario.md || complain "docs/results.md lacks the key $key"
done < <(grep -oE '"[a-z0-9_]+":' "$work/r/results.json" | tr -d '":' | sort -u)

# the example in docs/solver.md is the file that is compiled and run
diff <(awk '/^```$/ { on = 0 } on; /^```c$/ { on = 1 }' docs/solver.md) docs/examples/fermat.c >"$work/diff" ||
  complain "docs/solver.md and docs/examples/fermat.c differ: $(head -n 3 "$work/diff")"

# the keys of solve --json
"$cfisac" solve tests/cbf/max_with_constant.cbf --json >"$work/solve.json"
while read -r key; do
  grep -qF "\`$key\`" docs/results.md || complain "docs/results.md lacks the key $key of solve"
done < <(grep -oE '"[a-z0-9_]+":' "$work/solve.json" | tr -d '":')

# the man page has every command and option of the help
for command in $("$cfisac" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
  grep -qE "(^\.B|^\.BR|B cfisac) $command" docs/cfisac.1 || complain "docs/cfisac.1 lacks the command $command"
  while read -r option; do
    grep -qF -- "${option//-/\\-}" docs/cfisac.1 || complain "docs/cfisac.1 lacks $option of $command"
  done < <("$cfisac" help "$command" | sed -n 's/^  \(--[a-z-]*\).*/\1/p')
done
if command -v groff >/dev/null; then
  [ -z "$(groff -man -ww -z docs/cfisac.1 2>&1)" ] || complain "groff warns about docs/cfisac.1"
fi
grep -qF "$("$cfisac" --version | head -n 1)" docs/cfisac.1 || complain "docs/cfisac.1 is of another version"

# the table in README is what the program prints
"$cfisac" run configs/paper.json --quiet >"$work/table"
awk '/^```$/ { inside = !inside; next } inside' README.md >"$work/shown"
numbers() { sed -n '/^ drop/,/^$/p' "$1" | cut -c 1-45; }
[ "$(numbers "$work/table")" = "$(numbers "$work/shown")" ] || complain "the table of README.md is out of date"
exit "$bad"
