#!/usr/bin/env bash
# `cfisac solve` on a directory of problems FILE.cbf.gz whose answers reference.csv knows (columns by name: file, answer,
# objective, cfisac_0.1.0), every answer checked from the raw file by check_solution; a line for each, totals for each set (what
# a name begins with, before its first _). tests/bench/README.md says what is counted as what.
#   sets.sh [DIRECTORY] [--ecos]     default: ../shared/instances/sets; skipped with a message when absent
#     --ecos: ECOS on the same files (scripts/deps.sh peers), and the ratio of the times where both are right
# Variables: SECONDS_EACH (60, of CPU), JOBS (2 at a time), ONLY (a pattern of names), BIN (a build directory to use instead of
# building one). Fails when an answer is wrong or loose, or one that 0.1.0 gave is lost.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
directory=
with_ecos=
for argument in "$@"; do
  case $argument in
    --ecos) with_ecos=1 ;;
    -*) echo "sets.sh: unknown option '$argument' (allowed: --ecos)" >&2; exit 2 ;;
    *) directory=$argument ;;
  esac
done
directory=$(realpath -m "${directory:-$here/../../../shared/instances/sets}")
[ -r "$directory/reference.csv" ] || { echo "sets.sh: skipped (no $directory/reference.csv)"; exit 0; }
if [ -z "${BIN:-}" ]; then
  # shellcheck source=tests/bench/build.sh
  source "$here/build.sh"
  BIN=$PWD
fi
ecos_script=$here/../../scripts/ecos.R
if [ -n "$with_ecos" ]; then
  "$here/../../scripts/deps.sh" peers
fi
export BIN directory with_ecos ecos_script
export SECONDS_EACH=${SECONDS_EACH:-60}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export work

# name answer objective before, from the columns named in the heading. An optimum that the data disprove is put right:
# LISWET8's 7144.7006 is a misprint, as a dual value of 714.47006 shows.
table() {
  awk -F, -v only="${ONLY:-}" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["file"] == "maros_LISWET8" && $at["objective"] == "7144.7006" { $at["objective"] = "714.470060" }
    $at["file"] ~ only { print $at["file"], $at["answer"], (at["objective"] && $at["objective"] != "" ? $at["objective"] : "-"),
                               (at["cfisac_0.1.0"] && $at["cfisac_0.1.0"] != "" ? $at["cfisac_0.1.0"] : "-") }' "$directory/reference.csv"
}

ours() { # ours NAME ANSWER OBJECTIVE: check_solution's line
  local code=0
  (ulimit -t "$SECONDS_EACH"; exec "$BIN/cfisac" solve - --json --quiet <"$work/$1.cbf" >"$work/$1.json" 2>"$work/$1.err") || code=$?
  case $code in
    0 | 4 | 5) "$BIN/tests/check_solution" "$work/$1.cbf" "$work/$1.json" "$2" "$([ "$3" = - ] || echo "$3")" ||
                 printf 'failed\tno_answer\t-\t-\t-\t-\t-\t-\t-\t-\tcode %d\n' "$code" ;;
    137 | 152) printf 'time_limit\tkilled\t-\t%d\t-\t-\t-\t-\t-\t-\t-\n' "$SECONDS_EACH" ;;
    *) printf 'failed\tended\t-\t-\t-\t-\t-\t-\t-\t-\tcode %d\n' "$code" ;;
  esac
}
ecos() { # ecos NAME ANSWER OBJECTIVE: right, inaccurate, wrong or failed, and seconds
  (ulimit -t "$SECONDS_EACH"; echo "$work/$1.cbf 1" | Rscript "$ecos_script" 2>/dev/null) | awk -v answer="$2" -v optimum="$3" '
    { infeasible = tolower($1) ~ /infeasib/
      error = $3 - optimum; error = (error < 0 ? -error : error) / (optimum > 1 ? optimum : optimum < -1 ? -optimum : 1)
      if (infeasible) verdict = answer == "optimal" ? "wrong" : "right"
      else if ($1 == "Optimal_solution_found") verdict = answer == "optimal" && error <= 1e-5 ? "right" : "wrong"
      else verdict = tolower($1) ~ /close/ ? "inaccurate" : "failed"
      if (tolower($1) ~ /close/ && verdict != "wrong") verdict = "inaccurate"
      print verdict, $5 + $6; done = 1 }
    END { if (!done) print "failed", "-" }'
}
one() { # one NAME ANSWER OBJECTIVE BEFORE: a line of the table
  local name=$1 line
  if ! gunzip -c "$directory/$name.cbf.gz" >"$work/$name.cbf"; then
    line=$(printf 'failed\tno_file\t-\t-\t-\t-\t-\t-\t-\t-\t-')
  else
    line=$(ours "$1" "$2" "$3")
  fi
  line=$(printf '%s\t%s\t%s\t%s' "$name" "$4" "$line" "$([ -z "$with_ecos" ] || ecos "$1" "$2" "$3")")
  printf '%s\n' "$line" >>"$work/lines"
  show <<<"$line"
  rm -f "$work/$name".*
}
show() { # a line of the file `lines` as one of the table
  awk -F'\t' -v form="$form" '{
    printf form, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
           ($13 == "-" ? "" : $13 " ") ($3 == "right" || $2 == "-" ? "" : "0.1.0: " $2 " ") $14 }'
}
export -f ours ecos one show
export form='%-32s %-11s %-17s %5s %9s  %-18s %8s %8s %8s %8s %8s  %s\n'
# shellcheck disable=SC2059 # the form is what it is for
printf "$form" problem verdict status iter 'time, s' objective error primal dual gap certif. 'reason, before, ECOS'
: >"$work/lines"
table | xargs -P "${JOBS:-2}" -L 1 bash -c 'one "$@"' one
awk -F'\t' -v ecos="$with_ecos" '
  BEGIN { split("right inaccurate loose limit time_limit failed wrong", verdict, " ") }
  { set = $1; sub(/_.*/, "", set)
    for (k = 1; k <= 2; k++) {
      group = k == 1 ? set : "all"
      if (!(group in problems)) name[++groups] = group
      problems[group]++; count[group, $3]++
      if ($2 == "solved" && $3 != "right") lost[group]++
      split($14, peer, " "); theirs[group, peer[1]]++
      if (peer[1] == "right" && $3 == "right") {
        both[group]++; a[group] += log($6 + 0.01); b[group] += log(peer[2] + 0.01)
      }
    }
    if ($3 == "wrong" || $3 == "loose") bad = bad "\n  " $3 ": " $1
    if ($2 == "solved" && $3 != "right") bad = bad "\n  lost: " $1 " (" $3 ")" }
  function column(group) {
    printf "%-10s %8d", group, problems[group]
    for (i = 1; i <= 7; i++) printf " %10d", count[group, verdict[i]]
    printf " %6d %8.1f", lost[group], 100 * count[group, "right"] / problems[group]
    if (ecos) {
      printf "   %5d %5d", theirs[group, "right"], theirs[group, "wrong"]
      if (both[group]) { mine = exp(a[group] / both[group]) - 0.01; his = exp(b[group] / both[group]) - 0.01
        printf "   %8.4f %8.4f %6.2f", mine, his, (his > 0 ? mine / his : 0) }
    }
    print "" }
  END {
    printf "\n%-10s %8s", "set", "problems"
    for (i = 1; i <= 7; i++) printf " %10s", verdict[i]
    printf " %6s %8s", "lost", "right, %"
    if (ecos) printf "   %5s %5s   %8s %8s %6s", "ECOS", "wrong", "ours, s", "ECOS, s", "ratio"
    print ""
    for (g = 1; g <= groups; g++) if (name[g] != "all") column(name[g])
    if (groups > 0) column("all")
    if (bad != "") print "\nnot as it must be:" bad
    exit bad != "" || groups == 0 }' "$work/lines"
