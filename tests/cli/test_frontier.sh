#!/bin/bash
# Frontiers as a user meets them: the same bytes whatever happens on the way, refusals, the picture.
# Usage: test_frontier.sh CFISAC      (needs bash and coreutils; gnuplot and mpirun where they are there)
# shellcheck disable=SC2016 # programs of awk and bash in single quotes
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$work" || exit 1
set -m # so that the children do not ignore SIGINT

# same_frontier DIR [REFERENCE]: the files of the frontier in DIR are those of the reference (whole), none half-written.
same_frontier() {
    local file
    for file in frontier.ndjson frontier.csv frontier_mean.csv frontier.json scenario.json plots.gp; do
        cmp "${2:-whole}/$file" "$1/$file" || return 1
    done
    [ -z "$(find "$1" -name '*.tmp')" ]
}
journal() { { wc -l <"$1/frontier.ndjson"; } 2>/dev/null || echo 0; }

cat >scenario.json <<'END'
{"name": "frontier", "network": {"aps": 10, "ues": 3, "placement": "none"}, "pilots": {"length": 3},
 "sensing": {"crlb_threshold_db": null}, "monte_carlo": {"drops": 8, "realizations": 0}}
END
question=(frontier scenario.json --between "max_min_rate,crlb")
asked=("${question[@]}" --points 3)

# ------------------------------------------------------------------------- what it leaves
expect 0 "${asked[@]}" --out whole --threads 1
check 'the table tells what is traded' has out 'frontier between max_min_rate and crlb: mean of 8 of 8 drops'
check 'columns have names of their own' columns_apart whole/frontier.csv whole/frontier_mean.csv
check 'the table has a row a position' test "$(grep -cE '^ +[01]\.[0-9]{4} ' out)" -eq 5
check 'a line a drop' test "$(journal whole)" -eq 8
check 'a row per drop and position' test "$(wc -l <whole/frontier.csv)" -eq 41
check 'columns have names with units' test "$(head -n 1 whole/frontier.csv)" = 'drop,position,max_min_rate_bit_s_hz,crlb_rad2,status'
check 'a row a position of the mean' test "$(wc -l <whole/frontier_mean.csv)" -eq 6
check 'what is asked stands in frontier.json' grep -qF '"points": 3' whole/frontier.json
# the mean, by another program
check 'the mean curve is that of the rows' awk -F, '
    FNR == 1 { file++; next }
    file == 1 { rate[$2] += $3 / 8; db[$2] += 10 * log($4) / log(10) / 8 }
    file == 2 { n++; if ((rate[$1] - $3)^2 > 1e-20 * $3^2 || (db[$1] - $5)^2 > 1e-18 * $5^2 || $2 != 8) bad = 1 }
    END { exit bad || n != 5 }' whole/frontier.csv whole/frontier_mean.csv
check 'along every curve the rate falls and the bound tightens' awk -F, '
    NR > 2 && $1 == drop && ($3 > rate * (1 + 1e-9) || $4 >= bound) { bad = 1 }
    NR > 1 { drop = $1; rate = $3; bound = $4 }
    END { exit bad }' whole/frontier.csv

check 'the files are named' bash -c "grep -A2 '^files in whole:\$' out | tr -s ' \n' ' ' | grep -qxF \
    'files in whole: frontier.csv frontier_mean.csv plots.gp frontier.ndjson frontier.json scenario.json timing.json '"
expect 0 "${question[@]}" --points 0 --set monte_carlo.drops=1 --set sensing.crlb_threshold_db=-2 --out idle
check 'a threshold that the curve does not look at is not warned of' test ! -s err
expect 0 frontier scenario.json --between sum_rate,power --points 0 --set monte_carlo.drops=1 \
    --set sensing.crlb_threshold_db=-2 --set allocation.rate_target_bit_s_hz=0.1 --out idle --force
check 'one that it does look at is' has err 'sensing.crlb_threshold_db: -2 dB'
expect 0 "${asked[@]}" --out quiet --quiet
check 'nothing is printed with --quiet' test ! -s out -a ! -s err
# over fading that has directions, with shared pilots
expect 0 frontier scenario.json --between sum_rate,crlb --points 1 --set monte_carlo.drops=1 --set fading.correlation=local_scattering \
    --set network.aps=5 --set pilots.length=2 --set allocation.starts=1 --out directed
check 'where signals have directions the least bound is proved, and held' awk -F, '
    NR > 2 && ($3 > rate || $4 >= bound) { bad = 1 }
    { rate = $3; bound = $4; status = $5 }
    END { exit bad || NR != 4 || status != "optimal" }' directed/frontier.csv

if command -v gnuplot >/dev/null; then
    check 'the picture is drawn' bash -c 'cd whole && gnuplot plots.gp 2>../gnuplot && test ! -s ../gnuplot && test -s frontier.svg'
    check 'as PNG too' bash -c "cd whole && gnuplot -e 'format = \"png\"' plots.gp && test -s frontier.png"
    check 'with both labels' bash -c 'grep -q "least user rate, bit/s/Hz" whole/frontier.svg && grep -q "worst CRLB, dB of 1 rad" whole/frontier.svg'
fi

# ----------------------------------------------------------------------------- same bytes
expect 0 "${asked[@]}" --out two --threads 2 --quiet
check 'two threads give the same bytes' same_frontier two
expect 0 "${asked[@]}" --out grown --set monte_carlo.drops=3 --threads 4 --quiet # which share a drop
expect 0 "${asked[@]}" --out grown --resume --quiet
check 'a frontier grows by more drops' same_frontier grown
cp -r whole torn
rm torn/frontier.csv
head -c $(($(head -n 3 whole/frontier.ndjson | wc -c) + 100)) whole/frontier.ndjson >torn/frontier.ndjson
expect 0 "${asked[@]}" --out torn --resume --quiet
check 'a torn line is computed again' same_frontier torn
cp -r whole damaged
sed -i '4s/optimal/optimum/' damaged/frontier.ndjson
expect 0 "${asked[@]}" --out damaged --resume
check 'a damaged line is kept aside' has err 'damaged/frontier.ndjson: 1 damaged line is kept in frontier.damaged'
check 'and computed again' same_frontier damaged
expect 0 "${asked[@]}" --out whole --resume
check 'a finished frontier is shown again' has out 'mean of 8 of 8 drops'
check 'and stays as it is' same_frontier whole quiet
if "$cfisac" --version | grep -q 'MPI *yes' && command -v mpirun >/dev/null; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_plm_rsh_agent=
    check 'ranks run' mpirun --oversubscribe -n 2 "$cfisac" "${asked[@]}" --out ranks >out 2>err
    check 'ranks give the same bytes' same_frontier ranks
    check 'one rank speaks' test "$(grep -c 'frontier between' out)" -eq 1
fi

# --------------------------------------------------------------- a kill, and an interruption
slow=("${question[@]}" --points 20 --set network.aps=24 --threads 1 --quiet)
# begun DIR: starts the slow one, and waits for its second line
begun() {
    local tries=0
    "$cfisac" "${slow[@]}" --set monte_carlo.drops=40 --out "$1" >out 2>err </dev/null &
    process=$!
    while [ "$(journal "$1")" -lt 2 ] && [ "$tries" -lt 3000 ]; do
        sleep 0.01
        tries=$((tries + 1))
    done
}
begun killed
check 'it was still at work' kill -9 "$process"
wait "$process" 2>/dev/null
kept=$(journal killed)
check "some drops are kept, not all ($kept)" test "$kept" -ge 2 -a "$kept" -lt 40
cp killed/frontier.ndjson kept.ndjson
expect 0 "${slow[@]}" --set monte_carlo.drops=$((kept + 1)) --out reference
check 'a kill cost no line' bash -c "head -n $kept kept.ndjson | sed 's/.*\"drop\"/\"drop\"/; s/, \"checksum.*//' |
    cmp - <(head -n $kept reference/frontier.ndjson | sed 's/.*\"drop\"/\"drop\"/; s/, \"checksum.*//')"
begun interrupted
kill -INT "$process"
wait "$process"
check 'Ctrl-C ends with 130' test $? -eq 130
check 'and says what is kept' grep -qE '^cfisac: interrupted: [0-9]+ of 40 drops (is|are) kept in interrupted; --resume goes on$' err
check 'the lines are there' test "$(journal interrupted)" -ge 2 -a "$(journal interrupted)" -lt 40
check 'no table is there' test ! -e interrupted/frontier.csv

# ------------------------------------------------------------------------- what goes wrong
expect 2 "${asked[@]}" --out whole
check 'a frontier that is there is not begun anew' has err 'a frontier is there already (allowed: --resume to go on with it'
expect 3 "${asked[@]}" --out whole --resume --set seed=2
check 'another scenario is named by its key' has err 'begun with another scenario: seed is 1 there, 2 here'
expect 3 frontier scenario.json --between sum_rate,crlb --points 3 --out whole --resume
check 'another question is told' has err 'or another --between or --points'
expect 3 "${question[@]}" --points 4 --out whole --resume
check 'refusals leave all as it was' same_frontier whole quiet
# files of others are not mixed with: a frontier, a sweep and a run each have a folder of their own
expect 0 sweep scenario.json --over seed=1,2 --out grid --quiet
expect 0 run scenario.json --out alone --quiet
mkdir -p tables
cp whole/frontier.csv tables/
for mode in '' --resume; do
    # shellcheck disable=SC2086 # none or one
    expect 2 "${asked[@]}" --out grid $mode
    check "not beside a sweep $mode" has err 'grid/sweep.ndjson: a sweep is there, and its scenario.json would be replaced (allowed: --force'
    # shellcheck disable=SC2086
    expect 2 sweep scenario.json --over seed=1,2 --out whole $mode
    check "no sweep beside a frontier $mode" has err 'whole/frontier.ndjson: a frontier is there, and its scenario.json would be replaced'
    # shellcheck disable=SC2086
    expect 2 "${asked[@]}" --out alone $mode
    check "not over the picture of a run $mode" has err 'alone/plots.gp: there without a frontier.ndjson beside it, and would be replaced'
    # shellcheck disable=SC2086
    expect 2 "${asked[@]}" --out tables $mode
    check "not over a table of its own name $mode" has err 'tables/frontier.csv: there without a frontier.ndjson beside it'
done
check 'what is refused leaves no journal' test ! -e grid/frontier.ndjson -a ! -e alone/frontier.ndjson -a ! -e whole/sweep.ndjson
check 'nor changes what is there' same_frontier whole quiet
expect 0 "${asked[@]}" --out tables --force --quiet
check 'unless it is told to' same_frontier tables
expect 0 "${asked[@]}" --out whole --force --set seed=2 --quiet
check '--force replaces it' grep -qF '"seed": 2' whole/frontier.json
mkdir mixed
cp grid/* mixed/
echo '{"torn' >mixed/sweep.damaged
expect 0 "${asked[@]}" --out mixed --force --quiet
check '--force leaves nothing of a sweep' test -z "$(find mixed -name 'sweep.*')"
check 'but the frontier' same_frontier mixed quiet
expect 0 sweep --status mixed
check 'which is told' has out 'mixed: a frontier of 8 drops'
expect 0 sweep scenario.json --over seed=1,2 --out mixed --force
check 'nor a sweep anything of a frontier' test -z "$(find mixed -name 'frontier*')"
check 'its summary names its own files' grep -qE '^  sweep\.csv .*sweep\.ndjson sweep\.json scenario\.json timing\.json$' out
expect 2 frontier scenario.json --out x
check 'the question is asked for' has err '--between A,B is missing'
expect 2 "${asked[@]}"
check 'the directory is asked for' has err '--out DIR is missing'
expect 2 "${asked[@]}" --out x --resume --force
for words in rate,crlb sum_rate,snr crlb,sum_rate sum_rate proportional_fair,crlb; do
    expect 2 frontier scenario.json --between "$words" --out x
    check "$words: what is allowed is listed" has err '(allowed: A sum_rate or max_min_rate, B crlb, position_error or power)'
done
expect 2 "${question[@]}" --points 1001 --out x
expect 3 frontier scenario.json --between sum_rate,position_error --out x
check 'an error of a position wants a target' has err 'scenario.json: --between sum_rate,position_error: '
expect 3 frontier scenario.json --between sum_rate,power --out x
check 'least power wants something that it is for' has err 'scenario.json: --between sum_rate,power: '
expect 3 "${asked[@]}" --set allocation.method=equal --out x
expect 3 "${asked[@]}" --set 'sweep={"seed":[1,2]}' --out x
check 'a sweep is refused' has err '/sweep: a frontier is that of one scenario'
expect 3 "${asked[@]}" --set network.aps=0 --out x
check 'nothing is made for what is refused' test ! -e x
expect 4 "${asked[@]}" --set allocation.rate_target_bit_s_hz=50 --out infeasible
check 'no drop is feasible' has err 'every drop is infeasible; in drop 0 '
check 'infeasible drops are listed' has out 'infeasible: all 8 drops'
check 'their rows say so' test "$(grep -c ',nan,nan,infeasible$' infeasible/frontier.csv)" -eq 40
: >file
expect 6 "${asked[@]}" --out file/x
if [ "$(id -u)" -ne 0 ]; then
    mkdir locked
    chmod a-w locked
    expect 6 "${asked[@]}" --out locked/x
fi
(
    ulimit -f 4
    exec "$cfisac" "${asked[@]}" --out full --quiet >out 2>err
)
check 'a full disk ends with 6' test $? -eq 6
check 'and names the file' has err 'full/frontier.ndjson: the journal cannot be written'
expect 0 "${asked[@]}" --out full --resume --quiet
check 'after a full disk --resume ends with the same bytes' same_frontier full quiet
mkdir other
echo '{"an": "other file"}' >other/frontier.ndjson
expect 3 "${asked[@]}" --out other --resume
check "somebody else's file is left alone" has other/frontier.ndjson 'other file'

# ------------------------------------------------------------------------- other questions
target=(--set sensing.geometry=target --set monte_carlo.drops=2 --points 2)
expect 0 frontier scenario.json --between sum_rate,position_error "${target[@]}" --out place
check 'metres' test "$(head -n 1 place/frontier.csv)" = 'drop,position,sum_rate_bit_s_hz,position_error_m,status'
expect 0 frontier scenario.json --between sum_rate,power --set allocation.rate_target_bit_s_hz=0.5 --points 0 --out power
check 'watts' test "$(head -n 1 power/frontier.csv)" = 'drop,position,sum_rate_bit_s_hz,power_w,status'
check 'no points between leave the ends' test "$(wc -l <power/frontier.csv)" -eq 17
check 'decibels of a milliwatt in the mean' has power/frontier_mean.csv 'power_dbm,power_std_error_dbm'
conclude
