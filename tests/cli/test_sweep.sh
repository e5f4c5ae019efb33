#!/bin/bash
# End-to-end tests of sweeps: the same bytes whatever happens on the way.
# Usage: test_sweep.sh CFISAC TOP     (needs bash and coreutils; mpirun where the program has MPI)
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
top=$(realpath "$2")
cd "$work" || exit 1

# wait_for DIR COUNT: until the journal has so many lines, at most 20 s; it is a failure when it never has
wait_for() {
    local tries=0
    while [ "$(lines "$1")" -lt "$2" ] && [ "$tries" -lt 2000 ]; do
        sleep 0.01
        tries=$((tries + 1))
    done
    [ "$(lines "$1")" -ge "$2" ] || complain "$1 has $(lines "$1") lines, and never got $2"
}

cat >sweep.json <<'END'
{"name": "sweep", "network": {"aps": 6, "ues": 3}, "pilots": {"length": 3}, "sensing": {"crlb_threshold_db": -8},
 "monte_carlo": {"drops": 6, "realizations": 300},
 "sweep": {"network.aps": [6, 8], "sensing.crlb_threshold_db": "-22:3:-10"}}
END

# ------------------------------------------------------------------------------- the grid
expect 0 sweep sweep.json --dry-run
check 'dry run counts points and trials' has out '10 points, 60 trials'
expect 0 sweep sweep.json --dry-run --over network.tx_antennas=4,8 --over propagation.shadowing_std_db=7 --over monte_carlo.realizations=0
check 'points of many keys are lines of words' has out 'point 1: '
expect 0 sweep sweep.json --dry-run --shard 2/7 --over seed=1,2 --set sensing.path_gain=0.1 \
    --over sensing.crlb_threshold_db=-42:3:-30
check 'dry run counts a shard' has out '20 points, 120 trials; 17 in shard 2 of 7'
check 'remarks on values that the sweep replaces are not made' test ! -s err
expect 0 sweep sweep.json --dry-run --over sensing.crlb_threshold_db=-26,-5,-4
check 'remarks on points are counted' has err 'warning: 4 of 6 points, the first of them: sensing.crlb_threshold_db: -5 dB'
check 'a dry run writes nothing' test ! -e sweep.ndjson
expect 2 sweep sweep.json
check 'the directory is asked for' has err '--out DIR is missing'
expect 2 sweep sweep.json --out x --shard 3/2
expect 2 sweep sweep.json --out x --resume --force
expect 3 sweep sweep.json --out x --over network.apz=1
check 'an unknown swept key is named' has err '--over network.apz: unknown key (nearest: network.aps'
expect 3 sweep sweep.json --out x --over pilots.length=3,300
check 'a point that is no scenario is named' has err 'sweep.json: /sweep: at '
expect 3 sweep "$work/sweep.json" --out x --over pilots.length=3,300
check 'an absolute path is named once' test "$(grep -oF "$work/" err | wc -l)" -eq 1
check 'nothing is made for a wrong sweep' test ! -e x
if ! grep -q __asan_init "$cfisac"; then # a sanitizer reserves terabytes of addresses
    (ulimit -v 400000 && exec "$cfisac" sweep sweep.json --over seed=1:1:100000 --over network.aps=6 --over \
        sensing.crlb_threshold_db=-8 --set monte_carlo.drops=4000 --out x --quiet) >out 2>err
    check 'four hundred million trials are too many for 400 MB' test $? -eq 3
    check 'what they need is told, in one line' test "$(cat err)" = "sweep.json: /sweep: 400000000 trials of \
100000 points would need 464 MiB of memory (allowed: the 391 MiB that this process may have; fewer drops or values, or \
--shard)"
    check 'nothing is made for a sweep that is too large' test ! -e x
fi

expect 0 sweep sweep.json --out whole --threads 1 --quiet
check 'a line a drop' test "$(lines whole)" -eq 60
check 'a row a point' test "$(wc -l <whole/sweep.csv)" -eq 11
check 'nothing is printed' test ! -s out

# the table against its own lines, by another program: mean over feasible drops, and over the drops of 6 access points
# that are feasible at every threshold
column() { # column NAME ROW: of whole/sweep.csv, row 0 is the first point
    awk -F, -v name="$1" -v row="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } NR == row + 2 { print $c }' \
        whole/sweep.csv
}
means=$(sed 's/.*"point": \([0-9]*\), "drop": \([0-9]*\).*"status": "\([a-z]*\)".*"sum_rate_bit_s_hz": \([^,]*\),.*/\1 \2 \3 \4/; s/ "sum.*//' \
    whole/sweep.ndjson | awk '
    $1 < 5 { ok[$1, $2] = $3 == "ok"; rate[$1, $2] = $4 }
    END {
        for (d = 0; d < 6; d++) {
            all = 1
            for (p = 0; p < 5; p++) { all = all && ok[p, d]; if (p == 1 && ok[p, d]) { sum += rate[p, d]; n++ } }
            if (all) { paired += rate[1, d]; m++ }
        }
        printf "%d %.12g %d %.12g\n", n, sum / n, m, paired / m
    }')
shown=$(printf '%d %.12g %d %.12g' "$(column feasible 1)" "$(column feasible_mean_sum_rate_bit_s_hz 1)" \
    "$(column paired_drops 1)" "$(column paired_mean_sum_rate_bit_s_hz 1)")
check "the table's means are those of the lines ($shown, $means)" test "$shown" = "$means"
check 'pairing leaves some drops out' test "$(column paired_drops 1)" -lt "$(column feasible 1)"

# ------------------------------------------------------------------ the summary and the state
same_time() { stat -c '%y %z %i %n' "$1"/*; }
expect 0 sweep sweep.json --out whole --resume
check 'the summary counts points and drops' has out '10 points, 60 drops, all there before'
sum_of() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } NR > 1 { n += $c } END { print n }' whole/sweep.csv; }
check 'and how they ended' has out "  $(sum_of feasible) feasible, $(sum_of infeasible) infeasible, 0 failed"
check 'and names the files' test "$(sed -n '/^files in whole:$/,$p' out | tail -n +2 | xargs -n 1 | sort | xargs)" = \
    "$(cd whole && find . -type f -printf '%f\n' | sort | xargs)"
check 'in 80 columns' test "$(awk '{ if (length($0) > m) m = length($0) } END { print m }' out)" -le 80
before=$(same_time whole)
expect 0 sweep --status whole
check 'a finished sweep is told' has out 'whole: a sweep of 10 points, 60 drops'
check 'with its drops' has out "  60 drops done (100 %): $(sum_of feasible) feasible, $(sum_of infeasible) infeasible, 0 failed"
check 'and points' has out '  10 points with all their drops'
check 'and that nothing is left to do' has out '  it is finished'
check 'nothing is touched' test "$before" = "$(same_time whole)"
cp -r whole tableless
rm tableless/sweep.csv
expect 0 sweep --status tableless
check 'a table that is missing is told' has out 'its tables are missing: --resume makes them'
mkdir nothing begun strange
: >begun/sweep.ndjson
echo '{"an": "other file"}' >strange/sweep.ndjson
expect 0 sweep --status begun
check 'a sweep that has not begun is told' has out 'begun: a sweep that has not begun'
for place in nothing nowhere sweep.json; do
    expect 3 sweep --status "$place"
    check "$place: no sweep is told in a line" test "$(cat err)" = "$place: no sweep is here (allowed: a directory with \
sweep.ndjson or frontier.ndjson, or with such directories)"
done
expect 3 sweep --status strange
check "somebody else's journal is told" has err 'strange/sweep.json: missing, or not of this version'
expect 2 sweep sweep.json --status whole
check '--status stands alone' has err '--status DIR stands alone'
expect 2 sweep --status whole --threads 1
expect 2 sweep --out x
check 'without it a scenario is asked for' has err 'SCENARIO is missing'
if [ -w /dev/full ]; then
    "$cfisac" sweep sweep.json --out whole --resume >/dev/full 2>err
    check 'a summary that cannot be printed ends with 6' test $? -eq 6
    check 'and names the stream' has err 'standard output: '
fi

# ------------------------------------------------------------------ keys that vary together
zip=(sweep sweep.json --set sweep=null --over 'network.ues+pilots.length=2,4' --over 'seed+network.aps=1,2+6,8')
expect 0 "${zip[@]}" --dry-run
check 'each is a column' test "$(head -n 5 out | tr -s ' ' | sed 's/^ //')" = 'point network.ues pilots.length seed network.aps drops
0 2 2 1 6 6
1 2 2 2 8 6
2 4 4 1 6 6
3 4 4 2 8 6'
expect 0 "${zip[@]}" --out zip --threads 1 --quiet
check 'in the table, too' test "$(head -n 1 zip/sweep.csv | cut -d, -f1-6)" = point,network.ues,pilots.length,seed,network.aps,drops
check 'the last row has the last values of both' test "$(tail -n 1 zip/sweep.csv | cut -d, -f1-6)" = 3,4,4,2,8,6
check 'sweep.json has the keys of each axis' test "$(tr -d ' \n' <zip/sweep.json | grep -o '"axes":[^}]*')" = \
    '"axes":[["network.ues","pilots.length"],["seed","network.aps"]]'
expect 0 validate sweep.json --set 'sweep={"network.ues+pilots.length": "2,4", "seed+network.aps": [[1, 6], [2, 8]]}'
cp out written.json
expect 0 sweep written.json --out zip-file --threads 2 --quiet
check 'a resolved file with such keys gives the same bytes on two threads' same zip-file zip
for shard in 1 2 3; do
    expect 0 "${zip[@]}" --shard "$shard/3" --out "zip-$shard" --quiet
done
expect 0 merge --out zip-merged zip-3 zip-1 zip-2
check 'so do shards' same zip-merged zip
check 'a merge has a summary' has out '4 points, 24 drops'
expect 0 sweep sweep.json --set sweep=null --over 'pilots.length+network.ues=4' --over 'network.aps+seed=8,6+2,1' \
    --set monte_carlo.drops=2 --out zip-grown --quiet
head -c -9 zip-grown/sweep.ndjson >torn.ndjson
mv torn.ndjson zip-grown/sweep.ndjson
expect 0 "${zip[@]}" --out zip-grown --resume
check 'and a sweep that grows after a kill' same zip-grown zip
check 'whose summary tells what was there' has out '4 points, 24 drops, of which 3 were there before'
expect 3 "${zip[@]}" --over 'network.ues+pilots.length=2,4,0' --out x
check 'a value that one of the keys cannot have is told' test "$(cat err)" = \
    '--over network.ues+pilots.length (network.ues): 0 is out of range (allowed: a whole number 1 .. 65535)'
expect 3 "${zip[@]}" --over network.ues=2,4 --out x
check 'a key in two axes is told' test "$(cat err)" = '--over network.ues: network.ues is swept by network.ues+pilots.length, '\
'too (allowed: each key in one of them)'

# the same sweep, long enough that it cannot end between a look at its journal and a signal
slow=(--set monte_carlo.realizations=6000)
expect 0 sweep sweep.json "${slow[@]}" --out slow --quiet
check 'the slow sweep is whole' test "$(lines slow)" -eq 60

# ------------------------------------------------------------ threads, shards, words, ranks
expect 0 sweep sweep.json --out two --threads 2 --quiet
check 'two threads give the same bytes' same two
for n in 1 2 3 5; do
    shards=()
    for ((i = n; i >= 1; i--)); do
        expect 0 sweep sweep.json --shard "$i/$n" --out "shard-$n-$i" --quiet
        shards+=("shard-$n-$i")
    done
    expect 0 merge --out "merged-$n" "${shards[@]}"
    check "$n shards give the same bytes" same "merged-$n"
done
expect 3 merge --out m shard-3-1 shard-3-2
check 'a missing shard is told' has err 'this is shard 1 of 3, but 2 are given'
expect 3 merge --out m shard-3-1 shard-3-2 shard-3-1
check 'a shard that is there twice is told' has err 'twice'
expect 2 merge --out merged-3 shard-3-1 shard-3-2 shard-3-3
expect 0 merge --force --out merged-3 shard-3-1 shard-3-2 shard-3-3
expect 0 sweep sweep.json --over rate.model=theorem1,exact --over seed=1 --set monte_carlo.realizations=0 --out words
check 'words stand in the table' has words/sweep.csv ',theorem1,'

# the array job, with Slurm's variables set by hand
export CFISAC=$cfisac
for task in 1 2 3; do
    check "task $task of an array job runs" env SLURM_ARRAY_TASK_ID=$((task + 4)) SLURM_ARRAY_TASK_MIN=5 \
        SLURM_ARRAY_TASK_COUNT=3 SLURM_CPUS_PER_TASK=2 "$top/scripts/slurm/array.sh" sweep.json array --quiet
done
expect 0 merge --out array array/shard-1 array/shard-2 array/shard-3
check 'an array job gives the same bytes' same array
mv array/sweep.ndjson array.ndjson
expect 0 sweep --status array
check 'each shard of an array job is told' has out '  shard-2, shard 2 of 3: 20 of 20 drops, finished'
check 'and all of them' has out "  together 60 of 60 drops: $(sum_of feasible) feasible, $(sum_of infeasible) infeasible, 0 failed"
expect 0 sweep --status array/shard-3
check 'a shard is told' has out 'array/shard-3: shard 3 of 3 of a sweep of 10 points, 20 drops'
expect 0 sweep sweep.json --shard 1/3 --out array/shard-1 --resume
check 'a shard has a summary' has out 'shard 1 of 3 of 10 points: 20 drops, all there before'

if "$cfisac" --version | grep -q 'MPI *yes' && command -v mpirun >/dev/null; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_plm_rsh_agent=
    for n in 1 2 3; do
        check "$n ranks run" mpirun --oversubscribe -n "$n" "$cfisac" sweep sweep.json --out "ranks-$n" --quiet
        check "$n ranks give the same bytes" same "ranks-$n"
    done
    mpirun --oversubscribe -n 2 "$cfisac" sweep sweep.json --out ranks-2 --resume >out 2>/dev/null
    check 'one rank prints the summary' test "$(grep -c '^files in ranks-2:$' out)" -eq 1
    mpirun --oversubscribe -n 2 "$cfisac" sweep sweep.json --out foreign --over seed=7 >/dev/null 2>&1
    mpirun --oversubscribe -n 2 "$cfisac" sweep sweep.json --out foreign --resume >out 2>err
    check 'one rank speaks of an error' test "$(grep -c 'another scenario' err)" -eq 1
    timeout 60 mpirun --oversubscribe -n 2 "$cfisac" sweep - --out ranks-stdin --quiet <sweep.json
    check 'standard input reaches both ranks' same ranks-stdin
    timeout 60 mpirun --oversubscribe -n 1 "$cfisac" sweep sweep.json --out ranks-alone --quiet : \
        -n 2 "$cfisac" sweep nowhere/sweep.json --out ranks-alone --quiet
    check 'a file that rank 0 alone sees is enough' same ranks-alone
    timeout 60 mpirun --oversubscribe -n 2 "$cfisac" sweep nowhere/sweep.json --out x >out 2>err
    check 'a file that is not there ends both ranks with 3' test $? -eq 3
    check 'and one of them says so' test "$(grep -c 'nowhere/sweep.json: cannot be read' err)" -eq 1
    timeout 60 mpirun --oversubscribe -n 2 "$cfisac" sweep sweep.json --dry-run >out 2>err
    check 'a dry run prints once' test "$(grep -c '10 points, 60 trials' out)" -eq 1
    # a layout that drop 0 finds and drop 1, of the other rank, does not
    room=(--over network.aps=2 --over network.ues=25 --set pilots.length=25 --set network.min_distance_m=165
        --set frame.sensing_symbols=30 --set allocation.method=equal --over sensing.crlb_threshold_db=10
        --set monte_carlo.realizations=0 --quiet)
    timeout 60 mpirun --oversubscribe -n 2 "$cfisac" sweep sweep.json --out ranks-room "${room[@]}" \
        --set monte_carlo.drops=2 >out 2>err
    check "a rank's own error ends the job with its code" test $? -eq 3
    check 'and reaches the terminal' test "$(grep -c 'no room for access points beside the users in drop 1' err)" -eq 1
    check 'what came before it is kept' test "$(lines ranks-room)" -eq 1
    timeout 60 mpirun --oversubscribe -n 2 "$cfisac" sweep sweep.json --out ranks-stop "${room[@]}" \
        --set monte_carlo.drops=40 >out 2>err
    check 'a rank that is told to stop does not hide the cause' test "$(grep -c 'no room for access points beside the users' err)" -eq 1
    check 'the MPI job runs' env SLURM_NTASKS=2 MPIRUN='mpirun --oversubscribe' "$top/scripts/slurm/mpi.sh" sweep.json \
        mpi-job --quiet
    check 'the MPI job gives the same bytes' same mpi-job
    # a rank that dies takes the job with it; the journal goes on
    mpirun --oversubscribe -n 3 "$cfisac" sweep sweep.json "${slow[@]}" --out killed-rank --quiet >/dev/null 2>&1 &
    process=$!
    wait_for killed-rank 5
    rank=$(pgrep -P "$process" | tail -n 1) # a child of this mpirun: never one of another copy of this test
    check 'there is a rank to kill' test -n "$rank"
    check 'it is one of this program' grep -q cfisac "/proc/${rank:-none}/comm"
    check 'it is killed' kill -9 "${rank:-none}"
    wait "$process"
    check 'a dead rank ends the job with an error' test $? -ne 0
    check 'before the sweep is finished' test "$(lines killed-rank)" -lt 60
    expect 0 sweep sweep.json "${slow[@]}" --out killed-rank --resume --quiet
    check 'after a dead rank --resume ends with the same bytes' same killed-rank slow
else
    printf 'skipped: ranks (this build has no MPI, or there is no mpirun)\n'
fi

# ------------------------------------------------------------------ interruptions, resuming
for at in 4 15 30; do
    "$cfisac" sweep sweep.json "${slow[@]}" --out killed --resume --threads 2 --quiet &
    process=$!
    wait_for killed "$at"
    kill -9 "$process"
    wait "$process" 2>/dev/null
    check "the sweep is killed at $at lines" test $? -eq 137
    check 'and unfinished' test "$(lines killed)" -lt 60
    truncate -s -7 killed/sweep.ndjson # as if the last write had been torn
done
before=$(same_time killed)
expect 0 sweep --status killed
check 'a killed sweep is told with the drops that are kept' has out "  $(lines killed) drops done ("
check 'and how it goes on' has out '  no process is writing it: --resume goes on'
check 'without a touch' test "$before" = "$(same_time killed)"
expect 0 sweep sweep.json "${slow[@]}" --out killed --resume --quiet
check 'three kills and torn lines leave the same bytes' same killed slow
true &
gone=$! # the number of a process that is gone
wait "$gone"
touch "killed/.sweep.csv.$gone.tmp" # as if killed while that file was written
expect 0 sweep sweep.json "${slow[@]}" --out killed --resume --quiet
check 'what a kill left half-written is removed' same killed slow
before=$(stat -c '%y %z %i' killed/*)
expect 0 sweep sweep.json "${slow[@]}" --out killed --resume --quiet
check 'resuming a finished sweep changes nothing' test "$before" = "$(stat -c '%y %z %i' killed/*)"
expect 0 sweep sweep.json --out fresh --resume --quiet
check 'resuming nothing starts' same fresh
printf '{"half": ' >>whole/sweep.ndjson
cp -r whole torn
truncate -s -9 whole/sweep.ndjson
expect 0 sweep sweep.json --out torn --resume --quiet
check 'text after the last whole line is set aside' same torn
check 'and kept' test "$(cat torn/sweep.damaged)" = '{"half": '

# the shell has its background ignore SIGINT, and what is ignored stays ignored
env --default-signal=INT "$cfisac" sweep sweep.json --out stopped --threads 2 --set monte_carlo.realizations=20000 \
    >out 2>err &
process=$!
wait_for stopped 2
kill -INT "$process"
wait "$process"
check 'an interrupt ends with 130' test $? -eq 130
check 'and says how to go on' grep -qE 'trials (is|are) kept in stopped; --resume goes on' err
check 'lines stay' test "$(lines stopped)" -ge 2 -a "$(lines stopped)" -lt 60
check 'whole ones' test "$(tail -c 1 stopped/sweep.ndjson | od -An -c | tr -d ' ')" = '\n'

(
    ulimit -f 40
    "$cfisac" sweep sweep.json --out full --quiet >out 2>err
)
check 'a full disk ends with 6' test $? -eq 6
check 'and names the file' has err 'full/sweep.ndjson: the journal cannot be written'
check 'some lines are kept, not all' test "$(lines full)" -ge 1 -a "$(lines full)" -lt 60
expect 0 sweep sweep.json --out full --resume --quiet
check 'after a full disk --resume ends with the same bytes' same full

# ------------------------------------------------------------------ locks, foreign journals
expect 2 sweep sweep.json --out whole
check 'an existing sweep is not overwritten' has err '--resume to go on with it, --force to start anew'
check 'nor touched' same fresh
expect 3 sweep sweep.json --over seed=9 --out whole --resume
check 'a foreign journal is refused by its key' has err \
    'whole/sweep.ndjson: begun with another scenario: seed is swept here, not there'
expect 0 sweep sweep.json --over seed=7 --out nameless --quiet
rm nameless/scenario.json
expect 3 sweep sweep.json --out nameless --resume
check 'or by its lines' has err 'nameless/sweep.ndjson:1: not a line of this sweep: it belongs to another scenario'
expect 3 sweep sweep.json --shard 2/2 --out shard-2-1 --resume
check 'the journal of another shard is refused' has err 'the journal of another shard?'
sed -i '3s/"drop": 2/"drop": 3/' torn/sweep.ndjson
expect 0 sweep --status torn
check 'a damaged line is counted' has out '  1 damaged line, to be put aside and computed again by --resume'
check 'and not done' has out '  59 drops done (98 %)'
expect 0 sweep sweep.json --out torn --resume
check 'a changed line is told' has err 'torn/sweep.ndjson: 1 damaged line is kept in sweep.damaged'
check 'and computed again' same torn
expect 0 sweep sweep.json --out torn --force --quiet
check 'force starts anew' same torn
"$cfisac" sweep sweep.json --out busy --set monte_carlo.realizations=20000 --quiet >/dev/null 2>&1 &
process=$!
wait_for busy 1
expect 6 sweep sweep.json --out busy --resume
check 'a second process is refused' has err 'another process is writing this sweep'
expect 0 sweep --status busy
check 'a sweep at work is told' has out '  a process is writing it'
check 'with the time that is left' grep -qE '^  last written [0-9]+ s ago; about [0-9]+ (s|min|h).* left$' out
check 'the first one was still writing' kill -9 "$process"
wait "$process" 2>/dev/null

# on a terminal of 60 columns no progress line is longer: a carriage return would leave the rest of it behind
if command -v script >/dev/null; then
    TERM=xterm script -qec "stty cols 60; '$cfisac' sweep sweep.json --out terminal --set monte_carlo.realizations=6000" \
        /dev/null </dev/null >out 2>err
    longest=$(tr '\r' '\n' <out | sed 's/\x1b\[K//' | grep 'drops, ' | awk '{ if (length($0) > n) n = length($0) } END { print n + 0 }')
    check "progress fits the terminal ($longest)" test "$longest" -gt 20 -a "$longest" -lt 60
fi

# ------------------------------------------------------------------------- what it says
expect 4 sweep sweep.json --over sensing.crlb_threshold_db=-80,-70 --out nowhere --quiet
check 'all infeasible gives the least threshold' has err 'every drop of every point is infeasible: least feasible threshold -'
check 'and the table' test "$(wc -l <nowhere/sweep.csv)" -eq 5
check 'of numbers of users and access points a line has none' test "$(grep -m 1 '"status": "ok"' whole/sweep.ndjson | grep -o '"[a-z_]*": \[')" = '"objective_trace": ['
line=$(sed -n '44p' whole/sweep.ndjson) # point 7, drop 1
expect 0 replay sweep.json --drop 1 --set network.aps=8 --set sensing.crlb_threshold_db=-16 --quiet
for key in sum_rate_exact_bit_s_hz least_threshold_factor_db; do
    number=$(grep -o "\"$key\": [^,}]*" <<<"$line" | head -n 1)
    check "replay gives the line's $key" has out "$number"
done

conclude
