#!/bin/bash
# End-to-end tests of the command line: exit codes, one-line errors, streams, files, interrupts.
# Usage: test_cli.sh CFISAC     (needs bash and coreutils only)
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cff=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../CITATION.cff")
cd "$work" || exit 1
unset NO_COLOR

lacks() { [ -e "$1" ] && ! has "$1" "$2"; }
# holds DIR NAME...: these files and no other, hidden ones too
holds() {
    local directory=$1
    shift
    [ "$(find "$directory" -mindepth 1 -printf '%P\n' | LC_ALL=C sort)" = "$(printf '%s\n' "$@" | LC_ALL=C sort)" ]
}
empty() { [ -e "$1" ] && ! [ -s "$1" ]; }

lacks_temporary() { [ -d "$1" ] && [ -z "$(find "$1" -name '.*' -type f)" ]; }

# A scenario that takes milliseconds; its threshold draws no warning.
cat >small.json <<'END'
{"name": "small", "network": {"aps": 6, "ues": 2}, "pilots": {"length": 2},
 "sensing": {"crlb_threshold_db": -28, "path_gain": 0.1}, "monte_carlo": {"drops": 4, "realizations": 20}}
END
echo '{}' >empty.json

# ------------------------------------------------------------------------------------- titles
few='--set monte_carlo.drops=1 --set monte_carlo.realizations=0 --set allocation.method=equal'
mkdir folder
echo '{}' >folder/city.json
# shellcheck disable=SC2086 # the words of $few
{
    expect 0 run folder/city.json $few --out titled
    check 'a table without a name is that of the file' test "$(head -n 1 out)" = city.json
    expect_line 3 'titled: cannot be read: Is a directory (its scenario is in titled/results.json)' run titled
    check 'so is a plot' has titled/plots.gp "title_text = 'city.json'"
    check 'results keep the name of the default' has titled/results.json '"name": "paper"'
    "$cfisac" run - $few <empty.json >out 2>err
    check 'of standard input it is told' test "$(head -n 1 out)" = 'standard input'
    expect 0 run small.json $few
    check 'a name that was given is the title' test "$(head -n 1 out)" = small
}

# ------------------------------------------------------------------------------ command line
expect 2
check 'no command: the usage is on standard error' has err 'usage: cfisac'
check 'no command: nothing on standard output' empty out
expect_line 2 'did you mean run?' rnu small.json
expect_line 2 'unknown command' zzzzzzzzz
expect_line 2 'did you mean --json?' run small.json --jsn
expect_line 2 'did you mean --version?' --versoin
expect_line 2 'unknown option' run small.json --frobnicate
expect_line 2 'unknown option --drop' run small.json --drop 1
expect_line 2 'SCENARIO is missing' run
expect_line 2 'a second, b.json' run small.json b.json
expect_line 2 'needs a value (DIR)' run small.json --out
expect_line 2 'its value is empty' run small.json --out=
expect_line 2 'takes no value' run small.json --json=yes
expect_line 2 'given twice' run small.json --json --json
expect_line 2 'given twice' run small.json --threads 1 --threads 1
expect_line 2 'exclude each other' run small.json --json --csv
expect_line 2 'not KEY=VALUE' run small.json --set network.aps
expect_line 2 'not KEY=VALUE' run small.json --set =3
expect_line 2 'not KEY=RANGE (allowed: a dotted key of the scenario, =, values such as 8,16,32 or -12:1:0)' sweep small.json --over seed
for number in 2x 0 -1 1025 1e1 '' ' 2' 0x2 99999999999999999999999; do
    expect_line 2 'allowed: 1 .. 1024' run small.json --threads "$number"
done
expect_line 2 '--drop I is missing' replay small.json
expect_line 2 'allowed: 0 .. 2147483647' replay small.json --drop 2147483648
expect_line 2 'takes no argument' schema extra
expect_line 2 'stands alone' --version extra
expect_line 2 'did you mean validate?' help valdate

expect_line 2 'SHARD_DIR is missing' merge --out there
expect_line 3 'a/sweep.json: cannot be read' merge --out there a b
expect_line 3 'file.cbf: cannot be read' solve file.cbf

# ------------------------------------------------------------------------------------- help
"$cfisac" --help >program
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  .*/\1/p' program)
check 'the help lists the commands' test "$(wc -w <<<"$commands")" -ge 10
fits() { awk 'length > 80 { exit 1 } END { exit NR < '"$2"' }' "$1"; }
check 'the help fits 80 columns' fits program 20
for command in $commands; do
    expect 0 help "$command"
    cp out by_name
    check "help $command: usage, options and example" grep -q '^Example:' by_name
    check "help $command: names itself" has by_name "Usage: cfisac $command"
    check "help $command: nothing on standard error" empty err
    expect 0 "$command" --help
    check "$command --help is help $command" cmp -s by_name out
    check "$command --help fits 80 columns" fits out 5
    for words in "$command -h" "--help $command" "-h $command"; do
        # shellcheck disable=SC2086
        expect 0 $words
        check "$words is help $command" cmp -s by_name out
    done
done
expect 0 help
check 'help is --help' cmp -s program out
expect 0 -h
check 'so is -h' cmp -s program out
expect 0 help run
check 'help run lists the scenario keys' has out 'monte_carlo.realizations'
check 'help run gives the default of --threads' grep -q -e '--threads N.*(1 .. 1024; default: [0-9]*) ' <(tr -s ' \n' ' ' <out)
# keys, sections, last parts of names, topics
expect 0 help pilots.length
check 'help of a key has its default' grep -qx '  default  4' out
check 'its unit' grep -qx '  unit     symbols' out
check 'its range' grep -qx '  allowed  a whole number 1 .. 65535' out
cp out key
expect 0 --help pilots.length
check '--help KEY is help KEY' cmp -s key out
expect 0 help length
check 'the last part of a name is enough' cmp -s key out
expect 0 help pilots
check 'a section lists its keys' test "$(grep -c '^  pilots\.' out)" -eq 4
expect 0 help propagation.gain
check 'a key that takes a file says where its path starts' has out 'working'
for topic in keys exit-codes environment; do
    check "the help has the topic $topic" grep -q "^  $topic " program
    expect 0 help "$topic"
    check "help $topic fits 80 columns" fits out 2
done
expect_line 2 'did you mean pilots.length?' help pilots.lenght
expect_line 2 'did you mean network.aps?' help apss
expect_line 2 'did you mean pilots?' help pilot
expect_line 2 'did you mean exit-codes?' --help exit-code
expect_line 2 'no command, key or topic zzzzzzzzz; see' help zzzzzzzzz
expect_line 2 'a second, merge' --help run merge

# citing: what CITATION.cff says
cff_value() { sed -n "s/^ *\(- \)\{0,1\}$1: *\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\2/p" "$cff"; }
expect 0 --cite
check '--cite has two entries' test "$(grep -c '^@[a-z]*{[a-z0-9]*,$' out),$(grep -cx '}' out)" = 2,2
for key in title collection-title version name family-names given-names url; do
    cff_value "$key"
done >cited
check 'CITATION.cff says what is cited' test "$(wc -l <cited)" -ge 14
while read -r value; do
    check "--cite has $value" has out "$value"
done <cited
date=$(cff_value date-released)
check '--cite has the year of the release' grep -qx "  year    = {${date%%-*}}," out
check 'and its month' grep -qix "  month   = $(LC_ALL=C date -d "$date" +%b)," out
check '--cite has the year of the paper' grep -qx "  year          = {$(cff_value year)}," out
check '--cite says what was built' has out "$("$cfisac" -V | sed -n 's/^git *//p')"
check 'braces of --cite are closed' test "$(tr -cd '{' <out | wc -c)" -eq "$(tr -cd '}' <out | wc -c)"

expect 0 -V
cp out short
expect 0 --version
check '-V is --version' cmp -s short out
expect_line 2 '-V stands alone' -V extra
expect_line 2 '--cite stands alone' --cite extra
expect_line 2 'did you mean --cite?' --ctie
expect 0 --version
check '--version names version, date, git, compiler, BLAS, vectors and MPI' \
    awk '/^cfisac [0-9]/ { n++ } /^released +[0-9-]+$/ { n++ } /^git / { n++ } /^compiler / { n++ } /^BLAS / { n++ } /^MPI +(yes|no)$/ { n++ }
         /^vectors +(plain|avx2|avx512)$/ { n++ } END { exit n != 7 }' out
export CFISAC_SIMD=plain
expect 0 --version
check 'CFISAC_SIMD chooses the vectors' grep -qx 'vectors   plain' out
CFISAC_SIMD=sse
expect_line 2 'CFISAC_SIMD=sse: unknown (allowed: plain, avx2, avx512)' --version
unset CFISAC_SIMD

# ----------------------------------------------------------------------------------- inputs
expect_line 3 'nope.json: cannot be read' run nope.json
expect_line 3 'network.placement' run empty.json --set network.placement=clmp
echo '{"network": {"aps": }}' >broken.json
expect_line 3 'broken.json:1:21: ' validate broken.json
echo '{"network": {"apps": 3}}' >unknown.json
expect_line 3 'unknown.json: /network/apps' validate unknown.json
expect_line 3 'small.json: /network/placement' run small.json --set network.min_distance_m=900
expect_line 3 'empty.json: /propagation/carrier_ghz: null with the propagation.model tr38901_umi' \
  run empty.json --set propagation.model=tr38901_umi
expect_line 3 '--set propagation.gain: given beside propagation.model (allowed: one of them' run empty.json \
  --set network.aps=1 --set network.ues=1 --set 'propagation.gain=[[1]]' --set propagation.model=three_slope
expect_line 3 '--set network.wrap_around: text "yes" is of the wrong type (allowed: true, false)' \
  run empty.json --set network.wrap_around=yes
for model in log_distance three_slope tr38901_umi tr38901_uma tr38901_inh; do
  expect 0 run small.json --json --quiet --set propagation.model=$model --set propagation.carrier_ghz=3.5 \
    --set network.wrap_around=true --set network.height_difference_m=8.5 --set propagation.shadowing_correlation=both \
    --set power.snr_db=150 --set allocation.method=equal
  check "$model: its drops have rates" grep -Eq '"sum_rate_exact_bit_s_hz": [0-9.]*[1-9]' out
  cp out "$model.json"
done
check 'another model is another result' test "$(cksum <tr38901_umi.json)" != "$(cksum <tr38901_uma.json)"
expect 0 validate small.json
cp out resolved.json
check 'validate fills in defaults' has out '"path_loss_exponent": 3.2'
expect 0 validate resolved.json
check 'a resolved scenario resolves to itself' cmp -s out resolved.json
"$cfisac" validate - <small.json >out 2>err
check 'a scenario comes in by standard input' cmp -s out resolved.json
expect 0 schema
check 'the schema names its draft' has out 'draft/2020-12/schema'
expect 0 validate empty.json
check 'validate warns on standard error' has err 'cfisac: warning: sensing.crlb_threshold_db'
expect 0 validate empty.json --quiet
check '--quiet silences warnings' empty err
expect 0 run small.json --set 'sweep={"network.aps":[4,6]}'
check 'run says that it ignores sweep' has err 'ignores'

# results.json is a scenario, too: its own
mkdir -p project
echo '1e-3,2e-3' >project/gains.csv
echo '1e-3,5e-3' >gains.csv
cat >project/measured.json <<'END'
{"name": "measured", "network": {"aps": 2, "ues": 1}, "propagation": {"gain": "gains.csv"}, "pilots": {"length": 1},
 "sensing": {"crlb_threshold_db": 40}, "monte_carlo": {"drops": 2, "realizations": 3}}
END
expect 0 run project/measured.json --out project/there --quiet
expect 0 run project/measured.json --set propagation.gain=gains.csv --out here --quiet
check 'a file is that of the scenario, or of the shell' test "$(grep -h '"gain": ' -A 1 {project/there,here}/results.json |
    grep -c '\[0.001, 0.00[25]\]')" -eq 2
for first in project/there here; do
    cp -r "$first" moved
    expect 0 run moved/results.json --out moved
    check 'results.json runs its scenario, wherever it is' cmp -s moved/results.json "$first/results.json"
    check 'with the same tables' cmp -s moved/aps.csv "$first/aps.csv"
    rm -r moved
done
cp here/results.json .
for command in 'validate' 'replay --drop 1' 'sweep --over seed=1,2 --dry-run' 'run --csv --set seed=3'; do
    # shellcheck disable=SC2086
    expect 0 $command results.json
    cp out of_results
    # shellcheck disable=SC2086
    expect 0 $command project/measured.json --set propagation.gain=gains.csv
    check "$command of results.json: the same" cmp -s of_results out
done
expect 0 sweep results.json --over seed=1,2 --out swept --quiet
expect_line 3 'swept/sweep.json: /: provenance without a scenario (allowed: ' run swept/sweep.json
expect 0 run swept/scenario.json --quiet
expect_line 3 'gains.txt cannot be read: No such file' run results.json --set propagation.gain=gains.txt
mv gains.csv project/mine.csv
expect_line 3 '--set propagation.gain: mine.csv cannot be read: No such file or directory (did you mean project/mine.csv?)' \
    run project/measured.json --set propagation.gain=mine.csv
expect_line 3 '--over propagation.gain: mine.csv cannot be read: No such file or directory (did you mean project/mine.csv?)' \
    sweep project/measured.json --over propagation.gain=mine.csv --dry-run

# ---------------------------------------------------------------------------------- results
expect 0 run small.json --threads 1
cp out table.1
check 'a plain run prints no warnings' empty err
check 'the table is plain text' awk 'length > 110 || /\033/ { exit 1 } END { exit NR < 10 }' out
check 'the table counts the drops' has out '4 drops: 4 converged, 0 infeasible, 0 failed'
expect 0 run small.json --json --threads 1
cp out json.1
check 'no time without --timing' lacks out solve_seconds
expect 0 run small.json --csv --threads 1
cp out csv.1
check 'one row a drop' test "$(wc -l <out)" -eq 5
for threads in 2 3 9; do
    expect 0 run small.json --json "--threads=$threads"
    check "results.json is the same with $threads threads" cmp -s json.1 out
    expect 0 run small.json --threads "$threads"
    check "the table is the same with $threads threads" cmp -s table.1 out
done
expect 0 run small.json --csv --threads 1 --set allocation.solver=socp
cp out socp.1
expect 0 run small.json --csv --threads 3 --set allocation.solver=socp
check 'the cone solver remembers nothing from drop to drop' cmp -s socp.1 out
expect 0 run small.json --json --timing
check '--timing adds solve_seconds' has out '"solve_seconds": '
check '--timing prints the wall time' has err 'wall time'

check 'no check without --check' lacks out '"check"'
expect 0 run small.json --json --check
check '--check names the other solver' has out '"solver": "socp"'
check '--check compares every drop' test "$(grep -c '"relative_difference": ' out)" -eq 4
expect 0 run small.json --check --set allocation.solver=socp
check '--check goes both ways' has out 'solver socp against structured, in 4 drops: sum rates differ by '
expect 0 run small.json --check --set allocation.method=equal
check '--check says when there is nothing to compare' has out 'nothing to check'

expect 0 run small.json --out results/deep
check 'with --out the table is printed too' cmp -s table.1 out
check 'results.json is what --json prints' cmp -s json.1 results/deep/results.json
check 'drops.csv is what --csv prints' cmp -s csv.1 results/deep/drops.csv
check 'summary.csv has its header' has results/deep/summary.csv 'quantity,unit,count,mean,std_error,p05,p50,p95'
check 'aps.csv has a row per drop and access point' test "$(wc -l <results/deep/aps.csv)" -eq 25
check 'ues.csv has a row per drop and user' test "$(wc -l <results/deep/ues.csv)" -eq 9
check 'trace.csv has a row per drop and iteration, and the start' test "$(tail -n +2 results/deep/trace.csv | wc -l)" -eq \
    "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR > 1 { sum += $at["iterations"] + 1 } END { print sum }' \
        results/deep/drops.csv)"
check 'timing.json has the command line' has results/deep/timing.json 'run small.json --out results/deep'
files=(aps.csv drops.csv plots.gp results.json roc.csv summary.csv timing.json trace.csv ues.csv)
check 'no other file is left' holds results/deep "${files[@]}"
expect 0 run small.json --set seed=2 --out results/deep --quiet --force
check 'with --out and --quiet nothing is printed' empty out
check 'and no temporary file is left' holds results/deep "${files[@]}"
expect 0 run small.json --set seed=2 --json
check 'files of an earlier run are replaced' cmp -s out results/deep/results.json
check 'by other ones' lacks results/deep/results.json "$(grep -m 1 '"sum_rate_bit_s_hz": [0-9]' json.1)"
expect 0 run small.json --out results/deep --json --force
check 'with --out and --json the JSON is printed' cmp -s json.1 out

# A drop's object, without indentation and the comma after it.
drop_lines() { sed 's/^ *//; s/,$//' "$1"; }
for drop in 0 3; do
    expect 0 replay small.json --drop "$drop"
    check 'replay adds the network' has out '"network": {'
    drop_lines out | sed '/^"network": {$/,$d' | sed '1d' >replayed
    drop_lines json.1 | awk -v drop="\"index\": $drop" '$0 == drop { on = 1 } on' | head -n "$(wc -l <replayed)" >run_drop
    check "replay of drop $drop equals the run" cmp -s replayed run_drop
done
expect 0 replay small.json --drop 12345
check 'a drop beyond monte_carlo.drops can be replayed' has out '"index": 12345'

# ------------------------------------------------------------------------------- infeasible
expect 4 run small.json --set sensing.crlb_threshold_db=-60
check 'infeasible: the table is printed' has out '4 infeasible'
check 'infeasible: the least feasible threshold is given' grep -q \
    'least feasible threshold -[0-9]*\.[0-9]\{4\} dB (for drop [0-9]); -[0-9]*\.[0-9]\{4\} dB serves all drops' err
easiest=$(sed -n 's/.*threshold \(-[0-9.]*\) dB.*/\1/p' err)
all=$(sed -n 's/.*; \(-[0-9.]*\) dB serves all.*/\1/p' err)
expect 0 run small.json --set "sensing.crlb_threshold_db=$all" --set monte_carlo.realizations=0
check 'the threshold that serves all does' has out ' 0 infeasible'
expect 0 run small.json --set "sensing.crlb_threshold_db=$easiest" --set monte_carlo.realizations=0
check 'the least threshold serves one drop' has out ' 3 infeasible'
check 'some infeasible drops are a warning' has err 'cfisac: warning: 3 of 4 drops are infeasible'
below=$(awk -v x="$easiest" 'BEGIN { printf "%.4f", x - 0.0002 }')
expect 4 run small.json --set "sensing.crlb_threshold_db=$below"
expect 4 run small.json --set sensing.crlb_threshold_db=-60 --out hopeless --quiet
check 'infeasible: the files are written' has hopeless/results.json '"status": "infeasible"'
check 'infeasible: --quiet leaves the error' has err 'least feasible threshold'
check 'infeasible: in one line' test "$(wc -l <err)" -eq 1
if command -v script >/dev/null; then # a terminal of 60 columns
    TERM=dumb script -qec "stty cols 60; '$cfisac' run small.json --set sensing.crlb_threshold_db=-60 --out hopeless --quiet" \
        /dev/null </dev/null 2>err | tr -d '\r' >out
    check 'a terminal shows a message broken at words' bash -c 'grep -q "^cfisac: " out && grep -q "^  [^ ]" out'
    check 'each line fits it' bash -c '! grep -q ".\{61\}" out'
fi
expect 4 run small.json --set network.tx_antennas=1 --set network.rx_antennas=1
check 'no information: the access point is named' has err 'in drop 0 access point 0 has no sensing information'
expect 4 replay small.json --drop 1 --set sensing.crlb_threshold_db=-60
check 'an infeasible drop has null powers' has out '"gamma": null'

# ------------------------------------------------------------------------------------ output
for command in 'run small.json' 'run small.json --json' 'run small.json --csv' 'replay small.json --drop 0' \
    'validate small.json' schema help 'help run' 'help keys' --help --cite --version -V 'completion bash' 'completion zsh' 'completion fish'; do
    # shellcheck disable=SC2086 # the words of the command
    "$cfisac" $command >/dev/full 2>err
    check "$command: a full disk is exit 6" test $? -eq 6
    check "$command: one line says so, and why" test "$(grep -c 'standard output.*: No space left on device$' err)" -eq 1
    # shellcheck disable=SC2086
    "$cfisac" $command >&- 2>err
    check "$command: a closed standard output is exit 6" test $? -eq 6
done
mkfifo pipe
# unread CODE ARGUMENT...: standard output is a pipe whose reader is gone before the program starts
unread() {
    local code=$1 got
    shift
    # shellcheck disable=SC2094 # both ends, so that neither waits
    exec 8<>pipe 9>pipe 8<&-
    "$cfisac" "$@" >&9 2>err
    got=$?
    exec 9>&-
    check "$*: nobody reads, exit code $got" test "$got" -eq "$code"
}
printf 'VER\n1\nOBJSENSE\nMIN\nVAR\n1 1\nL+ 1\nOBJACOORD\n1\n0 1.0\n' >one.cbf
for command in 'run small.json' 'run small.json --json' 'run small.json --csv' 'replay small.json --drop 0' 'validate small.json' \
    schema help 'help run' 'help network.aps' --cite --version 'solve one.cbf' 'solve one.cbf --json' 'sweep small.json --dry-run --over seed=1:1:3000' \
    'compare results/deep results/deep' 'compare results/deep results/deep --csv' \
    'frontier small.json --between sum_rate,crlb --points 1 --set monte_carlo.drops=1 --out unread-trade'; do
    # shellcheck disable=SC2086
    unread 0 $command
    check "$command: a closed pipe is quiet, not $(cat err)" empty err
done
check 'a curve that nobody reads is kept' test "$(wc -l <unread-trade/frontier_mean.csv)" -gt 1
unread 0 run small.json --out unread --json
check 'results that nobody reads are kept' cmp -s json.1 unread/results.json
unread 4 run small.json --set sensing.crlb_threshold_db=-60 --quiet
check 'what is wrong is told all the same' has err 'least feasible threshold'
check 'a reader that stops early ends nothing' test "$("$cfisac" run small.json --json | head -n 1; echo "${PIPESTATUS[0]}")" = $'{\n0'
"$cfisac" run small.json --out closed >&- 2>err
check 'a closed standard output does not touch the files' cmp -s json.1 closed/results.json
expect_line 6 'small.json/below' run small.json --out small.json/below
expect_line 6 'small.json/below' run small.json --export-cbf small.json/below
mkdir blocked
mkdir blocked/drops.csv
expect 6 run small.json --out blocked --force
check 'a file that cannot be replaced is named' has err 'blocked/drops.csv'
check 'and no temporary file is left' lacks_temporary blocked

# -------------------------------------------------------------------------------------- cbf
expect 0 run small.json --export-cbf cones --set monte_carlo.drops=2
cp out exported
expect 0 run small.json --set monte_carlo.drops=2 --set allocation.solver=socp
check 'exporting changes nothing of what the cone solver finds' cmp -s out exported
expect 0 run small.json --set monte_carlo.drops=2 --set allocation.solver=socp --csv
mapfile -t problems < <(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    NR > 1 { for (n = 0; n < $at["iterations"]; n++) printf "drop%05d_start00_step%03d.cbf\n", $1, n }' out)
check 'each drop takes several steps' test "${#problems[@]}" -ge 4
check 'each step of each drop is one file with its map, and no other is there' holds cones "${problems[@]}" "${problems[@]/%.cbf/.json}"
for problem in "${problems[@]}"; do
    number=${problem//[^0-9]/ }
    read -r drop start step <<<"$number"
    check "$problem has its map" has "cones/${problem%.cbf}.json" "\"problem\": \"$problem\""
    check "$problem names its origin" test "$(head -n 1 "cones/$problem")" = \
        "# cfisac scenario small, drop $((10#$drop)), start $((10#$start)), step $((10#$step))"
    expect 0 solve "cones/$problem" --json
    check "$problem is a problem that the cone solver solves" has out '"status": "optimal"'
done
check 'the last step is not the first one again' test "$(cmp -s "cones/${problems[0]}" "cones/${problems[1]}"; echo $?)" -eq 1

# -------------------------------------------------------------------------------- interrupts
# Long enough that no machine ends it before the signal; the drops are short.
interrupt() {
    local signal=$1 pid code
    rm -rf partial
    "$cfisac" run small.json --set monte_carlo.drops=500000 --out partial --json >out 2>err &
    pid=$!
    for _ in $(seq 100); do
        [ -d partial ] && break
        sleep 0.05
    done
    sleep 0.5
    kill "-$signal" "$pid"
    wait "$pid"
    code=$?
    check "SIG$signal: exit 130" test "$code" -eq 130
    check "SIG$signal: the message counts the drops" grep -qE '[1-9][0-9]* of 500000 drops (is|are) finished and kept' err
    check "SIG$signal: results.json is what --json prints" cmp -s partial/results.json out
    check "SIG$signal: and whole" test "$(tail -n 1 out)" = '}'
    check "SIG$signal: and says that it is partial" grep -qE '"only [0-9]* of 500000 drops (is|are) finished"' out
    check "SIG$signal: as many rows as drops" test "$(wc -l <partial/drops.csv)" -eq \
        $(($(grep -c '^      "index"' out) + 1))
}
set -m # so that the child does not ignore SIGINT
interrupt INT
interrupt TERM

conclude
