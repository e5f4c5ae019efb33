#!/bin/bash
# Hostile input and surroundings, end to end: escape sequences, files of others in the way, links, directories, signals
# that the parent ignores. Usage: test_hostile.sh CFISAC
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$work" || exit 1

# printable FILE: no byte of C0 (but line feeds), no DEL, no C1, neither as a character nor as a single byte
printable() {
    iconv -f UTF-8 -t UTF-32LE "$1" 2>/dev/null | od -An -v -t u4 -w4 |
        awk '($1 < 32 && $1 != 10) || ($1 >= 127 && $1 < 160) { bad = 1 } END { exit bad || NR == 0 }' &&
        iconv -f UTF-8 -t UTF-8 "$1" >/dev/null 2>&1
}

cat >small.json <<'END'
{"name": "small", "network": {"aps": 6, "ues": 2}, "pilots": {"length": 2},
 "sensing": {"crlb_threshold_db": -28, "path_gain": 0.1}, "monte_carlo": {"drops": 4, "realizations": 20}}
END

# ---------------------------------------------------------------------------- escape sequences
# clear the screen, colours, the title of the window, CSI as C1, DEL; and letters that stay
evil=$'a\e[2J\e[31m\e]0;t\a\xc2\x9b31m\x7f\u00e9\u20ac'
raw=$'a\e[2J\x9b31m\xc2\x9b31m\xff\u00e9'
sed "s/\"small\"/\"a\\\\u001b[2J\\\\u001b[31m\\\\u009b31m\\\\u007f\\\\u00e9\"/" small.json >evil.json
sed $'s/small/a\xc2\x9b31m\x7fb/' small.json >evil_c1.json
for scenario in evil.json evil_c1.json; do
    expect 0 run "$scenario" --timing
    check "$scenario: the table has no controls" printable out
    check "$scenario: the messages have no controls" printable err
    for command in "validate $scenario" "run $scenario --json" "run $scenario --csv" "sweep $scenario --dry-run --over network.aps=4,6"; do
        # shellcheck disable=SC2086 # the words of the command
        expect 0 $command
        check "$command: no controls" printable out
    done
done
expect 0 validate evil.json
"$cfisac" validate - <out >again 2>err
check 'a name with controls reads back to itself' cmp -s out again
expect 0 run evil.json
check 'the letters of the name stay' grep -q $'\u00e9' out
expect 0 run evil.json --out drawn --export-cbf drawn --quiet
for file in drawn/*.json drawn/plots.gp drawn/*.cbf; do
    check "$file: no controls" printable "$file"
done
for word in "$evil" "$raw"; do
    for code_and_command in "3 run $word.json" "3 validate $word" "3 solve $word" "2 $word" "2 --$word" "2 help $word" \
        "2 run --$word" "2 run small.json $word" "2 run small.json --threads $word" "2 run small.json --set $word" \
        "3 run small.json --set $word=1" "3 run small.json --set network.aps=$word" "3 run small.json --set pilots.assignment=$word" \
        "3 sweep small.json --dry-run --over $word=1" "3 sweep small.json --dry-run --over network.aps=$word" \
        "2 sweep small.json --dry-run --shard $word" "3 merge --out m $word" "6 run small.json --out small.json/$word"; do
        IFS=' ' read -ra words <<<"$code_and_command"
        expect "${words[@]}"
        check "${words[*]@Q}: one line" test "$(wc -l <err)" -eq 1
        check "${words[*]@Q}: no controls" printable err
    done
done
printf '{"network": {"a\\u001b[2J\\u009b": 1}}' >key.json
expect_line 3 'unknown key' run key.json
check 'a key with controls: none are printed' printable err
cat >solvable.cbf <<'END'
VER
1
OBJSENSE
MIN
VAR
1 1
L+ 1
OBJACOORD
1
0 1.0
END
cp solvable.cbf "$evil.cbf"
expect 0 solve "$evil.cbf"
check 'solve: the name of the file has no controls' printable out
expect 0 solve solvable.cbf
check 'solve: a plain name stays' has out 'solvable.cbf: minimise'

for command in run validate solve help; do
    expect_line 2 'is empty' "$command" ''
done
expect_line 2 'SHARD_DIR is empty' merge --out m ''
for command in run validate solve; do
    expect_line 3 '.: cannot be read: Is a directory' "$command" .
    "$cfisac" "$command" - <. >out 2>err
    check "$command: a directory as standard input is exit 3" test $? -eq 3
    check "$command: a directory as standard input is told" test "$(<err)" = '-: cannot be read: Is a directory'
    expect 3 "$command" /dev/null
done
"$cfisac" solve solvable.cbf --json >/dev/full 2>err
check 'solve: a full disk is exit 6' test $? -eq 6
check 'solve: the cause is told' grep -q 'standard output: .*: No space left' err

# -------------------------------------------------------------------------- results of others
expect 0 run small.json --out held --quiet
cp -r held before
expect_line 3 'held/results.json: results of another scenario' run small.json --set seed=2 --out held
check 'results of another scenario: both hashes are named' grep -q "sha256 $(grep -o '"scenario_sha256": "[0-9a-f]\{16\}' held/results.json |
    tail -c 17)\.\.\., not [0-9a-f]\{16\}\.\.\." err
check 'results of another scenario: --force is named' has err '--force'
check 'results of another scenario: no file is touched' diff -r held before
expect 0 run small.json --set name=other --out held --quiet
check 'another name is the same scenario' has held/results.json '"name": "other"'
expect 0 run small.json --set seed=2 --out held --quiet --force
check '--force replaces them' has held/results.json '"seed": 2'
expect_line 2 '--out DIR is missing' run small.json --force
mkdir foreign
for text in '' '{}' 'not JSON' '{"provenance": {"scenario_sha256": "12"}}' '{"provenance": {"scenario_sha256": null}}'; do
    printf '%s' "$text" >foreign/results.json
    expect_line 3 'foreign/results.json: no results of cfisac' run small.json --out foreign
    check 'a foreign results.json is left alone' test "$(cat foreign/results.json)" = "$text"
done
rm foreign/results.json
mkdir foreign/results.json
expect_line 3 'foreign/results.json: it cannot be read' run small.json --out foreign
rmdir foreign/results.json
mkfifo foreign/results.json
expect_line 3 'foreign/results.json: no results of cfisac' run small.json --out foreign
rm foreign/results.json
for name in drops.csv summary.csv aps.csv ues.csv trace.csv roc.csv plots.gp timing.json; do
    echo mine >"foreign/$name"
    expect_line 3 "foreign/$name: there without a results.json" run small.json --out foreign
    check "a foreign $name is left alone" test "$(cat "foreign/$name")" = mine
    rm "foreign/$name"
done
echo mine >foreign/notes.txt
expect 0 run small.json --out foreign --quiet
check 'other files are nobody'\''s concern' test "$(cat foreign/notes.txt)" = mine

# ---------------------------------------------------------------------------- temporary files
# A process that is gone: its number is free for the moment.
true &
gone=$!
wait "$gone"
names='results.json drops.csv summary.csv aps.csv ues.csv trace.csv roc.csv plots.gp timing.json sweep.json scenario.json sweep.csv cfisac drop00000_start00_step000.cbf drop00000_start00_step000.json'
mkdir grid
for name in $names; do
    echo rest >"grid/.$name.$gone.tmp"
done
kept=".mine.$gone.tmp .notes.json.$gone.tmp .results.json.$$.tmp .results.json.tmp .results.json.12a.tmp .$gone.tmp
      ..$gone.tmp .drop1_start1_step1.cbfx.$gone.tmp .dropx_start1_step1.cbf.$gone.tmp .drop1_start1.json.$gone.tmp results.json.$gone.tmp
      .sweep.csv.99999999999999999999.tmp .sweep.csv.0.tmp .sweep.csv.$gone.tmp.tmp"
for name in $kept; do
    echo mine >"grid/$name"
done
mkdir "grid/.summary.csv.1$gone.tmp"
ln -s nowhere "grid/.drops.csv.1$gone.tmp"
expect 0 sweep small.json --over network.aps=4 --set monte_carlo.drops=1 --out grid --quiet
for name in $names; do
    check "the rest of a process that is gone is removed: $name" test ! -e "grid/.$name.$gone.tmp"
done
for name in $kept; do
    check "a file that is not ours, or of a living process, is kept: $name" test "$(cat "grid/$name")" = mine
done
check 'a directory of such a name is kept' test -d "grid/.summary.csv.1$gone.tmp"
check 'a link of such a name is kept' test -L "grid/.drops.csv.1$gone.tmp"

# planted LINKED COMMAND...: runs it in a shell that first plants, under the names that its own process number gives,
# links to a file of the user's: exec keeps the number.
planted() {
    local how=$1
    shift
    # shellcheck disable=SC2016 # for the inner shell
    bash -c 'how=$1; shift
        for name in results.json drops.csv plots.gp timing.json cfisac drop00000_start00_step000.cbf drop00000_start00_step000.json; do
            if [ "$how" = link ]; then ln -s ../victim "planted/.$name.$$.tmp"; else echo stale >"planted/.$name.$$.tmp"; fi
        done
        exec "$@"' bash "$how" "$@" >out 2>err
}
for how in link file; do
    rm -rf planted
    mkdir planted
    echo precious >victim
    check "$how of our temporary name: the run goes on" planted "$how" "$cfisac" run small.json --out planted --export-cbf planted --quiet
    check "$how of our temporary name: what it points to is left alone" test "$(cat victim)" = precious
    check "$how of our temporary name: the results are there" has planted/results.json '"status": "ok"'
    check "$how of our temporary name: and nothing else" test "$(find planted -name '.*' ! -name . | wc -l)" -eq 0
    check "$how of our temporary name: the results are files" test "$(find planted -type l | wc -l)" -eq 0
done

# ------------------------------------------------------------------------------------- exports
# whole FILE...: each ends with its last line
whole() {
    for file in "$@"; do
        [ "$(tail -c 1 "$file" | wc -l)" -eq 1 ] || return 1
        "$cfisac" solve "$file" --quiet >/dev/null 2>&1 || return 1
    done
}
expect 0 run small.json --export-cbf one --set monte_carlo.drops=1 --quiet
check 'an export is whole' whole one/drop00000_start00_step000.cbf
check 'an export leaves no temporary file' test "$(find one -name '.*' -type f | wc -l)" -eq 0
ln -sf ../victim one/drop00000_start00_step000.cbf
expect 0 run small.json --export-cbf one --set monte_carlo.drops=1 --quiet
check 'an export does not write through a link' test "$(cat victim)" = precious
# A file size that no problem fits into: the old file stays as it was.
echo old >one/drop00000_start00_step001.cbf
(ulimit -f 1 && "$cfisac" run small.json --set network.aps=64 --export-cbf one --quiet >out 2>err)
check 'an export that fails is exit 6' test $? -eq 6
check 'an export that fails leaves the old file' test "$(cat one/drop00000_start00_step001.cbf)" = old
check 'an export that fails leaves no temporary file' test "$(find one -name '.*' -type f | wc -l)" -eq 0

# ------------------------------------------------------------------------------------- signals
# deaf SIGNAL: a run whose parent ignores the signal is not ended by it; SIGUSR1, which nobody catches, proves that the
# process was there to be hit.
deaf() {
    local signal=$1 pid
    rm -rf deaf
    (trap '' "$signal" && exec "$cfisac" run small.json --set monte_carlo.drops=2000000 --out deaf) >out 2>err &
    pid=$!
    for _ in $(seq 200); do
        [ -d deaf ] && break
        sleep 0.05
    done
    check "SIG$signal ignored by the parent: the run has started" test -d deaf
    kill "-$signal" "$pid"
    sleep 0.3
    kill "-$signal" "$pid"
    sleep 0.3
    check "SIG$signal ignored by the parent: it stays ignored" kill -USR1 "$pid"
    wait "$pid" 2>/dev/null
    check "SIG$signal ignored by the parent: the run was still there" test $? -eq $((128 + $(kill -l USR1)))
}
set -m
deaf INT
deaf TERM

conclude
