#!/usr/bin/env bash
# The documentation agrees with the code: every equation tag, page, test name, command and column it speaks of exists.
#   docs.sh TOP CFISAC
set -euo pipefail
# shellcheck source=tests/complain.sh
. "$(dirname "${BASH_SOURCE[0]}")/complain.sh"
top=$1
cfisac=$(realpath "$2")
cd "$top"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# checked LEAST WHAT: at least so many of them were looked at since the last call: a search that finds nothing shows nothing
seen=0
checked() {
  [ "$seen" -ge "$1" ] || complain "only $seen $2 were found to be checked (at least $1 are there)"
  seen=0
}

# equation tags: those cited in the code stand in docs/model.md
while read -r tag; do
  seen=$((seen + 1))
  grep -qF "**($tag)" docs/model.md || complain "($tag) is cited in the code and missing in docs/model.md"
done < <(grep -rhoE '\bM[0-9]{1,2}\b\)?' src include | grep -oE '^M[0-9]+\)$' | tr -d ')' | sort -u)
checked 10 'equation tags'

# pages the code, the scripts and the other pages speak of
while read -r page; do
  seen=$((seen + 1))
  [ -s "$page" ] || complain "$page is spoken of and missing or empty"
done < <(grep -rhoE 'docs/[a-z_]+\.(md|1)' src include scripts tests README.md docs CMakeLists.txt | sort -u)
checked 6 'pages'
for page in README.md docs/*.md tests/bench/*.md; do
  while read -r link; do
    seen=$((seen + 1))
    [[ $link == http* ]] || [ -e "$(dirname "$page")/$link" ] || complain "$page links to $link"
  done < <(grep -oE '\]\([^)#:]+' "$page" | sed 's/^](//')
done
checked 20 'links'
# the heading that a link goes to, as code hosts spell it: lower case, nothing but letters, digits, _ and -, spaces as -
for page in README.md CHANGELOG.md docs/*.md tests/bench/*.md; do
  while IFS='#' read -r link anchor; do
    seen=$((seen + 1))
    target=$page
    [ -z "$link" ] || target=$(dirname "$page")/$link
    sed -n 's/^##* //p' "$target" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9_ -]//g; s/ /-/g' | grep -qxF -- "$anchor" ||
      complain "$page links to a heading '$anchor' that $target does not have"
  done < <(grep -oE '\]\([^):]*#[a-z0-9_-]+\)' "$page" | sed 's/^](//; s/)$//')
done
checked 40 'headings that links go to'

# sources and headers that the page on the rooms names
# shellcheck disable=SC2016
while read -r name; do
  seen=$((seen + 1))
  [ -n "$(find src include tests -path "*/$name" -print -quit)" ] || complain "docs/architecture.md names the file $name"
done < <(grep -oE '`[a-z0-9_/]+\.(c|h|inc)`' docs/architecture.md | tr -d '`' | sed 's|^src/||; s|^include/||; s|^tests/||' | sort -u)
checked 100 'files of docs/architecture.md'

# tests that the errata name
# shellcheck disable=SC2016
while read -r name; do
  seen=$((seen + 1))
  grep -rqF "$name" tests --include='*.c' || complain "docs/model.md names the test $name"
done < <(grep -oE '`[a-z0-9_]{20,}`' docs/model.md | tr -d '`' | grep -v -e '_db$' -e '_rad2$' -e '_hz$' | sort -u)
checked 5 'test names'

# columns and keys of the results
"$cfisac" run configs/paper.json --quiet --set monte_carlo.drops=2 --set monte_carlo.realizations=4 --set power.bandwidth_mhz=20 --out "$work/r" >/dev/null
for column in $(head -qn 1 "$work"/r/{drops,aps,ues,trace,roc}.csv | tr ',' ' '); do
  seen=$((seen + 1))
  grep -qF "\`$column\`" docs/results.md || complain "docs/results.md lacks the column $column"
done
checked 40 'columns'
# no two of one name
for table in "$work"/r/*.csv; do
  seen=$((seen + 1))
  doubled=$(head -n 1 "$table" | tr ',' '\n' | sort | uniq -d)
  [ -z "$doubled" ] || complain "two columns of ${table##*/} are called $doubled"
done
checked 6 'tables'
# the quantities of sweep.csv
"$cfisac" sweep configs/paper.json --quiet --over seed=1,2 --set monte_carlo.drops=1 --set monte_carlo.realizations=4 --out "$work/s"
for quantity in $(head -n 1 "$work/s/sweep.csv" | tr ',' '\n' | sed -n 's/^feasible_mean_//p'); do
  seen=$((seen + 1))
  # shellcheck disable=SC2016
  grep '^| `feasible_mean_Q`' docs/results.md | grep -qF "\`$quantity\`" || complain "docs/results.md lacks $quantity of sweep.csv"
done
checked 10 'quantities of sweep.csv'
# no_stale SECTION FIELD TABLE...: every column that FIELD of the tables in that section names is one of a TABLE
no_stale() {
  local word section=$1
  shift
  # shellcheck disable=SC2016
  for word in $(awk -v section="## $section" '/^## / { on = index($0, section) == 1 } on && /^\| `/' docs/results.md |
    cut -d '|' -f "$1" | grep -oE '`[a-z0-9_]+`' | tr -d '\`' | sort -u); do
    seen=$((seen + 1))
    head -qn 1 "${@:2}" | tr ',' '\n' | grep -qxF "$word" || complain "docs/results.md has the column $word, which nothing writes"
  done
}
no_stale drops.csv 2 "$work/r/drops.csv"
no_stale aps.csv 3 "$work"/r/{aps,ues,trace,roc}.csv
checked 40 'columns of docs/results.md'
while read -r key; do
  seen=$((seen + 1))
  grep -qE "[\`.]${key}[\`.]|# $key" docs/results.md docs/scenario.md || complain "docs/results.md lacks the key $key"
done < <(grep -oE '"[a-z0-9_]+":' "$work/r/results.json" | tr -d '":' | sort -u)
checked 60 'keys of results.json'

# the example in docs/solver.md is the file that is compiled and run
diff <(awk '/^```$/ { on = 0 } on; /^```c$/ { on = 1 }' docs/solver.md) docs/examples/fermat.c >"$work/diff" ||
  complain "docs/solver.md and docs/examples/fermat.c differ: $(head -n 3 "$work/diff")"

# the campus of the cookbook and of the page on scenarios is the file, and nothing is remarked on it
for page in cookbook scenario; do
  seen=$((seen + 1))
  awk '/^```$/ { on = 0 } on; /^```json$/ { on = 1 }' "docs/$page.md" | grep -qF '"name": "campus"' || complain "docs/$page.md has no campus"
  diff <(awk '/^```$/ { on = 0 } on && /^{/ { text = "" } on { text = text $0 "\n" } on && /^}/ && text ~ /"campus"/ { printf "%s", text } /^```json$/ { on = 1 }' \
    "docs/$page.md") docs/examples/campus.json >"$work/diff" || complain "docs/$page.md and docs/examples/campus.json differ: $(head -n 3 "$work/diff")"
done
"$cfisac" run docs/examples/campus.json >"$work/out" 2>&1 || complain "docs/examples/campus.json does not run"
! grep -F warning "$work/out" || complain "docs/examples/campus.json is remarked on"
checked 2 'pages with the campus'
# every scenario on that page that speaks of a network runs, and no signal drowns
while read -r line; do
  seen=$((seen + 1))
  (cd docs/examples && "$cfisac" run - --set monte_carlo.drops=1 --set monte_carlo.realizations=0 <<<"$line") >"$work/out" 2>&1 ||
    complain "an example of docs/scenario.md does not run: $(head -n 1 "$work/out")"
  ! grep -F 'lost in the noise' "$work/out" || complain "signals of an example of docs/scenario.md drown: $line"
done < <(awk '/^```$/ { if (on && text ~ /"network"/) print text; on = 0 } on { text = text $0 } /^```json$/ { on = 1; text = "" }' docs/scenario.md)
checked 3 'scenarios of docs/scenario.md'

# the keys of solve --json
"$cfisac" solve tests/cbf/max_with_constant.cbf --json >"$work/solve.json"
while read -r key; do
  seen=$((seen + 1))
  grep -qF "\`$key\`" docs/results.md || complain "docs/results.md lacks the key $key of solve"
done < <(grep -oE '"[a-z0-9_]+":' "$work/solve.json" | tr -d '":')
checked 8 'keys of solve'

# the names of variables and rows in the map of an exported problem
while read -r name; do
  seen=$((seen + 1))
  grep -qF "| \`$name\` |" docs/solver.md || complain "docs/solver.md lacks the name $name of maps"
done < <(sed -n 's/^ *X(PROGRAM_[A-Z_]*, "\([a-z_]*\)".*/\1/p' src/alloc/program_map.h)
checked 40 'names of maps'

# the man page has every command and option of the help
for command in $("$cfisac" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  .*/\1/p'); do
  grep -qE "(^\.B|^\.BR|B cfisac) $command" docs/cfisac.1 || complain "docs/cfisac.1 lacks the command $command"
  while read -r option; do
    seen=$((seen + 1))
    grep -qF -- "${option//-/\\-}" docs/cfisac.1 || complain "docs/cfisac.1 lacks $option of $command"
  done < <("$cfisac" help "$command" | sed -n 's/^  \(--[a-z-]*\).*/\1/p')
done
checked 30 'options'
if command -v groff >/dev/null; then
  [ -z "$(groff -man -ww -z docs/cfisac.1 2>&1)" ] || complain "groff warns about docs/cfisac.1"
fi

# version and date: CITATION.cff, where they stand, the newest heading of CHANGELOG.md, the man page and the program agree
release=$(sed -n 's/^version: //p' CITATION.cff)
released=$(sed -n 's/^date-released: //p' CITATION.cff)
[[ "$release $released" =~ ^[0-9]+\.[0-9]+\.[0-9]+\ [0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] || complain "CITATION.cff has the version '$release' of '$released'"
agrees() { [ "$2" = "$3" ] || complain "$1 says '$2' where CITATION.cff says '$3'"; }
agrees CHANGELOG.md "$(sed -n '/^## /{p;q}' CHANGELOG.md)" "## $release ($released)"
agrees docs/cfisac.1 "$(sed -n 1p docs/cfisac.1 | cut -d '"' -f 2-4)" "$released\" \"cfisac $release"
agrees 'cfisac --version' "$("$cfisac" --version | sed -n '1p; s/^released *//p' | xargs)" "cfisac $release $released"
# the keys that the format of citation files asks for, once each, and none that it does not have
for key in cff-version message title authors; do
  [ "$(grep -cE "^$key: ?" CITATION.cff)" -eq 1 ] || complain "CITATION.cff lacks $key, or has it twice"
done
agrees 'cff-version' "$(sed -n 's/^cff-version: //p' CITATION.cff)" 1.2.0
agrees 'the licence' "$(sed -n 's/^license: //p' CITATION.cff)" GPL-3.0-or-later
while read -r key; do
  seen=$((seen + 1))
  [[ $key =~ ^(abstract|authors|cff-version|commit|contact|date-released|doi|identifiers|keywords|license|license-url|message|preferred-citation|references|repository|repository-artifact|repository-code|title|type|url|version)$ ]] ||
    complain "CITATION.cff has the key $key, which the format does not have"
done < <(grep -oE '^[a-z-]+:' CITATION.cff | tr -d :)
checked 8 'keys of CITATION.cff'
# what follows a key stands on its line or indented below it: nothing else is at the margin
! grep -nE '^[^ a-z]|^[a-z-]+[^a-z:-]' CITATION.cff || complain 'CITATION.cff has a line that is no key'
exit $((failures > 0))
