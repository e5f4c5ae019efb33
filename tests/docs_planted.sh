#!/usr/bin/env bash
# tests/docs_commands.sh finds what is planted in a page of its own: commands that are new, gone or print something else, outputs
# and numbers that are wrong, commands and options that do not exist.
#   docs_planted.sh TOP CFISAC FERMAT
set -euo pipefail
# shellcheck source=tests/complain.sh
. "$(dirname "${BASH_SOURCE[0]}")/complain.sh"
top=$(realpath "$1")
program=$(realpath "$2")
fermat=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/tests/docs" "$work/docs"
ln -s "$top/configs" "$top/scripts" "$work"
ln -s "$top/docs/examples" "$work/docs"
ln -s "$top/tests/cbf" "$work/tests"
ln -s "$top"/tests/docs/*.awk "$work/tests/docs"
commands() { bash "$top/tests/docs_commands.sh" "$work" "$program" "$fermat" "$@" README.md >"$work/said" 2>&1; }
# the page as it is right
restore() {
  cat >"$work/README.md" <<'END'
# A page

    cfisac validate configs/paper.json --quiet >valid.json     # nothing is printed
    echo '1.25
    2.5'

prints

```
1.25
2.5
```

two numbers, and 32 access points are valid; `cfisac run SCENARIO --out DIR` and `cfisac replay` are written so.
END
  printf '%s\t' README.md 'cfisac validate configs/paper.json --quiet >valid.json' '32 access points' >"$work/tests/docs/prose.txt"
  echo 'grep -o "[0-9]*" valid.json' >>"$work/tests/docs/prose.txt"
}
restore
commands --record || complain "recording: $(cat "$work/said")"
cp "$work/tests/docs/README.txt" "$work/recorded"
grep -qx '+ valid.json' "$work/recorded" || complain 'a file that a command makes is not recorded'
commands || complain "what was recorded just now: $(cat "$work/said")"
# found FILE SED TEXT: the change is complained about with that text
found() {
  restore
  cp "$work/recorded" "$work/tests/docs/README.txt"
  cp "$work/$1" "$work/before"
  sed -i "$2" "$work/$1"
  ! cmp -s "$work/$1" "$work/before" || complain "'$2' changes nothing in $1"
  ! commands || complain "'$2' in $1 is not found"
  grep -qF -- "$3" "$work/said" || complain "'$2' in $1: $(cat "$work/said")"
}
found README.md 's/^    echo/    cfisac --version\n&/' 'recorded is'
found README.md '/valid.json/d' 'recorded is'
found README.md 's/^prints/    cfisac validate no.json\n\n&/' "ends with exit code 3"
found README.md 's/^prints/    cfisac schema\n\n&/' 'the command above does not print this'
found README.md 's/^2.5$/2.9/' 'README.md:9: the command above does not print this'
found README.md 's/--out DIR/--into DIR/' 'the command run has no option --into'
found README.md 's/cfisac replay/cfisac reply/' "there is no command in 'cfisac reply'"
found README.md 's/32 access/33 access/' "does not say '32 access points'"
found README.md 's/paper.json/max_min.json/' 'recorded is'
found README.md 's/valid.json/other.json/' 'recorded is'
found tests/docs/prose.txt 's/grep -o.*/echo 31/' 'no number is 32'
found tests/docs/README.txt 's/1.25/1.29/' "recorded is"
found tests/docs/README.txt 's/^+ valid/+ invalid/' "recorded is '"
printf '$ cfisac schema\n' >>"$work/recorded"
found README.md 's/A page/The page/' 'recorded is'
exit $((failures > 0))
