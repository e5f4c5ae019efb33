#!/usr/bin/env bash
# Every command of README.md, docs/*.md and tests/bench/README.md is run, in the order of its page, and what it prints and which
# files it makes is compared with what is recorded in tests/docs/PAGE.txt; what a page shows as output, and the numbers of
# tests/docs/prose.txt, with what the commands print. A command that is neither run nor excepted below fails, and so does a
# record of a command that is not there.
#   docs_commands.sh TOP CFISAC FERMAT [--record] [PAGE...]      of all pages, or of those named; FERMAT: docs/examples/fermat.c, built
# --record writes the records anew, and what a page shows of an output.
set -euo pipefail
# shellcheck source=tests/complain.sh
. "$(dirname "${BASH_SOURCE[0]}")/complain.sh"
top=$(realpath "$1")
program=$(realpath "$2")
fermat=$(realpath "$3")
shift 3
for built in "$program" "$fermat"; do
  [ -x "$built" ] || { printf 'docs_commands.sh: there is no program %s\n' "$built"; exit 2; }
done
record=
if [ "${1:-}" = --record ]; then
  record=yes
  shift
fi
pages=("$@")
cd "$top"
[ "${#pages[@]}" -gt 0 ] || pages=(README.md docs/*.md tests/bench/README.md)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 NO_COLOR=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
unset COLUMNS CFISAC

# Not run: the beginning of the command, and why. `*` stands for anything.
excepted() {
  case $1 in
    scripts/test.sh | 'ctest '*) ;;                                # run this test
    scripts/figures.sh* | 'gnuplot fig_'*) ;;                      # tests/cli/test_figures.sh does, with few networks
    scripts/deps.sh* | scripts/sysroot.sh*) ;;                     # change the system, or take packages from the network
    'cmake '* | 'cpack '* | 'apt '*) ;;                            # tests/build_ways.sh and tests/install.sh build and install
    tests/bench/* | scripts/bench_peers.sh*) ;;                    # measure for minutes; scripts/test.sh builds them
    'perf '* | 'valgrind '* | 'setarch '*) ;;                      # how times were taken
    'clang --analyze '*) ;;                                        # how blocks were counted, of another compiler
    'git '*) ;;                                                    # of a checkout; a tarball has none
    'export '*) ;;                                                 # changes the shell alone
    'cfisac hash' | 'cfisac run --ids') ;;                         # changes that were tried and taken back
    'jq -r '*) ;;                                                  # the same as the line above as CSV; tests/cli/test_powers.sh reads both
    matlab$'\n'*) ;;                                               # no free program reads its tables
    *) return 1 ;;
  esac
}

# fewer PAGE COMMAND: what is taken smaller than it stands in the page, as options of `cfisac` behind those of the command
fewer() {
  case "$1 $2" in
    *fig1[ac].json*) echo '--set monte_carlo.drops=2 --set monte_carlo.realizations=4' ;;
    *standard.json* | *frontier*) echo '--set monte_carlo.drops=2' ;;
    *lone.json*) echo '--set monte_carlo.realizations=100' ;;
    'docs/cookbook.md cfisac run configs/position.json') ;; # all of it: the page says what estimators make of it
    *position.json*) echo '--set monte_carlo.realizations=0 --set monte_carlo.estimator=none' ;;
    *radar.json*) echo '--set monte_carlo.drops=2' ;;
    *drops=20*) echo '--set monte_carlo.realizations=0' ;;
  esac
}

# ends_with COMMAND: the exit code that its page says
ends_with() {
  case $1 in
    *crlb_threshold_db=-20*) echo 4 ;; # every drop is infeasible
    *) echo 0 ;;
  esac
}

# What the pages suppose to be there.
prepare() {
  mkdir -p "$1/scripts/slurm" "$1/docs"
  cp -r configs "$1"
  cp -r docs/examples "$1/docs"
  cp scripts/run.sh "$1/scripts"
  find scripts -maxdepth 1 -name '*.py' -exec cp -t "$1/scripts" {} +
  cp scripts/slurm/*.sh "$1/scripts/slurm"
  printf '#!/bin/sh\necho cfisac\n' >"$1/scripts/build.sh" # scripts/run.sh takes the program from it
  chmod +x "$1/scripts/build.sh"
  cp tests/cbf/epigraphs.cbf "$1/problem.cbf"
  gzip -kn "$1/problem.cbf"
  printf '%s\n' -90,-80,-100 -70,-110,-60 >"$1/gains_db.csv"
  # powers that another program found for four users and 32 access points
  awk 'BEGIN { for (k = 0; k < 4; k++) for (l = 0; l < 32; l++) printf "%.3g%s", (1 + (k + l) % 3) * 2e-6, l < 31 ? "," : "\n" }' >"$1/mine.csv"
  sed 's/2e-06/3e-06/g' "$1/mine.csv" >"$1/theirs.csv"
  awk 'BEGIN { for (l = 0; l < 32; l++) printf "%.3g%s", l % 2 * 1e-6, l < 31 ? "," : "\n" }' >"$1/beams.csv"
}

mkdir "$work/bin"
cat >"$work/bin/cfisac" <<END
#!/bin/bash
case \$1 in
  run | sweep | frontier | replay) exec '$program' "\$@" \$DOCS_FEWER ;;
esac
exec '$program' "\$@"
END
cat >"$work/bin/sbatch" <<'END'
#!/bin/bash
# the job, at once: a task after the other, or two MPI ranks
if [[ $1 == --array=1-* ]]; then
  export SLURM_ARRAY_TASK_COUNT=${1#--array=1-} SLURM_ARRAY_TASK_ID
  shift
  for ((SLURM_ARRAY_TASK_ID = 1; SLURM_ARRAY_TASK_ID <= SLURM_ARRAY_TASK_COUNT; SLURM_ARRAY_TASK_ID++)); do
    bash "$@" --quiet || exit
  done
else
  SLURM_NTASKS=2 bash "$@" --quiet
fi
END
if command -v mpirun >"$work/mpirun" && "$program" --version | grep -q 'MPI *yes'; then
  cat >"$work/bin/mpirun" <<END
#!/bin/bash
shift 2
exec '$(cat "$work/mpirun")' --oversubscribe -n 2 "\$@"
END
else # one rank instead of those that -n asks for
  printf '#!/bin/bash\nshift 2\nexec "$@"\n' >"$work/bin/mpirun"
fi
chmod +x "$work"/bin/*
export PATH=$work/bin:$PATH

# what differs from run to run or from machine to machine; which access point is the busiest where many are at their limits
masked() {
  sed -E -e '/^cfisac: .*[0-9]+\/[0-9]+ (points|drops), .* left/d' \
    -e 's/^(git|compiler|BLAS|vectors|MPI) .*/\1/' -e 's/(threads; .*default:) [0-9]+/\1 ../' \
    -e 's/"(version|git|blas_core|scenario_sha256|compiler)": "[^"]*"/"\1": "..."/' \
    -e 's/"(setup_seconds|solve_seconds)": [^,]*/"\1": ../' \
    -e 's/(Built from) [^}]*/\1 ../' -e 's/[0-9.e-]+ m?s( |,|;|\.?$)/.. s\1/g' "$1" |
    sed -zE -e 's/(busiest access points of drop [0-9]+):[^\n]*(\n    [^\n]*)*/\1/g' \
      -e 's/(worst violation of a constraint:\s+[0-9.]+e-1[0-9]\s+relative),\s+in\s+drop\s+[0-9]+/\1/g'
}

files_of() { (cd "$1" && find . -type f -printf '%P\n' | sort); }

# run_command SCRATCH COMMAND PAGE: into out and err; its record
run_command() {
  local code=0 text=$2 language where=$1
  case $text in
    python$'\n'*) language='python3 -' ;;
    r$'\n'*) language='Rscript -' ;;
    gnuplot$'\n'*) language='gnuplot -' ;;
    c$'\n'*) language=$fermat ;; # tests/docs.sh: the page has this text and no other
    *) language= ;;
  esac
  files_of "$1" >"$work/before"
  DOCS_FEWER=$(fewer "$3" "$text")
  export DOCS_FEWER
  if [ -n "$language" ]; then # in a copy: what follows is the same where nothing reads the language
    where=$work/recipe
    rm -rf "$where"
    cp -r "$1" "$where"
    (cd "$where" && $language <<<"${text#*$'\n'}") >"$work/out" 2>"$work/err" || code=$?
  else
    case $text in # what the page says is done in the folder of the results above
      'gnuplot '*plots.gp) where=$(dirname "$(find "$1" -name plots.gp -printf '%T@ %p\n' | sort -g | tail -n 1 | cut -d ' ' -f 2)") ;;
    esac
    (cd "$where" && bash -c "$text") >"$work/out" 2>"$work/err" <"$1/problem.cbf" || code=$?
  fi
  [ -z "$language" ] || text=${text%%$'\n'*} # of a recipe its language
  printf '$ %s\n' "${text//$'\n'/$'\n> '}"
  masked "$work/out" | awk 'NR <= 40 { for (i = 31; i <= NF; i++) $i = ""; sub(/ +$/, ""); print }' # words, not characters: numbers differ in length
  masked "$work/err" | sed 's/^/! /'
  [ "$code" -eq 0 ] || printf '= exit code %d\n' "$code"
  [ -z "$language" ] || set -- "$where"
  files_of "$1" | comm -13 "$work/before" - | paste -sd ' ' | sed -n 's/^./+ &/p'
}

# can_run COMMAND: what reads a recipe is there
can_run() {
  case $1 in
    *read_cbf*) python3 -c 'import cvxopt' 2>"$work/err" ;;
    python$'\n'*pandas*) python3 -c 'import pandas' 2>"$work/err" ;;
    python$'\n'*) command -v python3 >"$work/out" ;;
    r$'\n'*jsonlite*) Rscript -e 'library(jsonlite)' >"$work/out" 2>&1 ;;
    r$'\n'*) command -v Rscript >"$work/out" ;;
    gnuplot* | *gnuplot\ * | cfisac\ plot\ *) command -v gnuplot >"$work/out" ;;
    *jq\ *) command -v jq >"$work/out" ;;
  esac
}

# check_form PLACE FORM: the program has the command and the options; the script is there
check_form() {
  local word help
  read -ra words <<<"$2"
  if [ "${words[0]}" != cfisac ]; then
    [[ ${words[0]} != */* ]] || [ -f "${words[0]}" ] || complain "$1: there is no ${words[0]}"
    return
  fi
  [[ ${words[1]} != -* && ${words[1]} != ... && ${words[1]} != [A-Z]* ]] || return 0
  help=$("$program" help "${words[1]}" 2>&1) || { complain "$1: there is no command in '$2'"; return; }
  while read -r word; do
    grep -qE -- "$word( |,|\$)" <<<"$help" || complain "$1: the command ${words[1]} has no option $word"
  done < <(grep -oE -- '--[a-z-]+' <<<"$2")
}

# shown PAGE LINE TEXT: what the page shows stands in what the command above it printed; recording, the page is given that
shown() {
  local said
  printf '%s\n' "$3" >"$work/shown"
  said=$(masked "$work/out" | wanted=$(masked "$work/shown") awk -f tests/docs/numbers.awk -f tests/docs/shown.awk) && return
  if [ -n "$record" ]; then
    awk -v line="$2" -v out="$work/out" '
      NR == line || NR > line && ended { print; next }
      NR > line && /^```/ { while ((getline text <out) > 0) print text; ended = 1 }
      NR < line || ended' "$1" >"$work/page"
    cat "$work/page" >"$1"
  else
    complain "$1:$2: the command above does not print this: $said"
  fi
}

# prose PAGE COMMAND SCRATCH: the numbers that the page says of it. A line of prose.txt has, between tabs, page, command, words of
# the page with numbers, and where those are worked out a command that prints them, from the output and files of the first.
prose() {
  local page command phrase more
  while IFS=$'\t' read -r page command phrase more; do
    if [ "$page" != "$1" ] || [ "$command" != "$2" ]; then continue; fi
    printf '%s\t%s\n' "$command" "$phrase" >>"$work/told"
    tr '\n' ' ' <"$top/$1" | tr -s ' ' | grep -qF -- "$phrase" || complain "$1 does not say '$phrase'"
    { cat "$work/out"; [ -z "$more" ] || (cd "$3" && bash -c "$more" <"$work/out"); } >"$work/numbers"
    phrase=$phrase awk -f tests/docs/numbers.awk -f tests/docs/prose.awk "$work/numbers" || complain "$1: '$2' does not give '$phrase'"
  done <"$top/tests/docs/prose.txt"
}

total=0
touch "$work/told"
for page in "${pages[@]}"; do
  name=$(basename "$page" .md)
  [ "$page" != tests/bench/README.md ] || name=bench
  scratch=$work/$name
  prepare "$scratch"
  awk -f tests/docs/commands.awk "$page" >"$work/commands"
  : >"$work/actual"
  : >"$work/left_out"
  while IFS=$'\t' read -r line kind text; do
    text=${text//$'\v'/$'\n'}
    case $kind in
      form) excepted "$text" || check_form "$page:$line" "$text" ;;
      output) shown "$page" "$line" "$text" ;;
      *)
        ! excepted "$text" || continue
        if ! can_run "$text"; then
          [ "$kind" != recipe ] || text=${text%%$'\n'*}
          printf '$ %s\n' "${text//$'\n'/$'\n> '}" >>"$work/left_out"
          continue
        fi
        total=$((total + 1))
        run_command "$scratch" "$text" "$page" >"$work/record"
        cat "$work/record" >>"$work/actual"
        code=$(sed -n 's/^= exit code //p' "$work/record")
        [ "${code:-0}" -eq "$(ends_with "$text")" ] || complain "$page:$line: '$text' ends with exit code $code: $(tail -n 1 "$work/err")"
        prose "$page" "$text" "$scratch"
        ;;
    esac
  done <"$work/commands"
  if [ -n "$record" ]; then
    cp "$work/actual" "tests/docs/$name.txt"
  else
    touch "$work/none"
    [ -e "tests/docs/$name.txt" ] || [ ! -s "$work/actual" ] || complain "$page has no tests/docs/$name.txt (docs_commands.sh --record)"
    awk -v page="$page" -f tests/docs/numbers.awk -f tests/docs/same.awk "$work/left_out" "$([ -e "tests/docs/$name.txt" ] && echo "tests/docs/$name.txt" || echo "$work/none")" \
      "$work/actual" || failures=$((failures + 1))
  fi
done
[ -n "$record" ] || [ "$#" -gt 0 ] || {
  [ "$total" -ge 60 ] || complain "only $total commands were found"
  [ "$(sort -u "$work/told" | wc -l)" -eq "$(grep -c . tests/docs/prose.txt)" ] || complain "tests/docs/prose.txt has lines of commands that no page has"
}
exit $((failures > 0))
