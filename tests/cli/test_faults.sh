#!/bin/bash
# Sweeps whose system fails them: errors of reading, syncing and renaming, a kill at every single call, damaged journals,
# other builds, growth. Nothing is lost, and what is told is true.
# Usage: test_faults.sh CFISAC FAULTS.so
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
faults=$(realpath "$2")
cd "$work" || exit 1

# fault CALL PATH AT ERRNO CODE ARGUMENT...: the AT-th such call fails with ERRNO; the program must end with CODE
fault() {
    local call=$1 path=$2 at=$3 number=$4 code=$5 got
    shift 5
    cases=$((cases + 1))
    rm -f happened
    FAULT_CALL=$call FAULT_PATH=$path FAULT_AT=$at FAULT_ERRNO=$number FAULT_LOG=$work/happened LD_PRELOAD=$faults \
        ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 "$cfisac" "$@" >out 2>err </dev/null
    got=$?
    [ -s happened ] || complain "no $call of $path was number $at: cfisac $*"
    [ "$got" -eq "$code" ] || complain "with errno $number at $call $at, cfisac $* ended with $got, not $code: $(head -c 300 err)"
}

# unchanged DIR COPY: every file of COPY is in DIR as it was
unchanged() {
    local file
    for file in "$2"/*; do
        cmp "$file" "$1/$(basename "$file")" || return 1
    done
}

cat >sweep.json <<'END'
{"name": "faults", "network": {"aps": 4, "ues": 2}, "pilots": {"length": 2}, "sensing": {"crlb_threshold_db": -8},
 "monte_carlo": {"drops": 3, "realizations": 5},
 "sweep": {"network.aps": [4, 6], "rate.model": ["exact", "theorem1"]}}
END
expect 0 sweep sweep.json --out whole --threads 1 --quiet
check 'the reference has 12 lines' test "$(lines whole)" -eq 12

# ------------------------------------------------------------------------- errors of reading
EINTR=4 EIO=5 ENOMEM=12 ENOSPC=28
cp -r whole finished
for at in 1 2; do
    for number in "$EIO:3" "$ENOMEM:5" "$EINTR:0"; do
        fault pread /sweep.ndjson "$at" "${number%:*}" "${number#*:}" sweep sweep.json --out finished --resume --quiet
        check "errno ${number%:*} at read $at leaves a finished sweep alone" unchanged finished whole
    done
done
fault pread /sweep.ndjson 1 $EIO 3 sweep sweep.json --out finished --resume --quiet
check 'the error names the file and the cause' has err 'finished/sweep.ndjson: cannot be read: Input/output error'

head -n 7 whole/sweep.ndjson >half.ndjson
for number in "$EIO:3" "$ENOMEM:5" "$EINTR:0"; do
    for at in 1 2 3; do # the first two when the journal is opened, the last when it is read back
        rm -rf half
        cp -r whole half
        rm half/sweep.csv
        cp half.ndjson half/sweep.ndjson
        fault pread /sweep.ndjson "$at" "${number%:*}" "${number#*:}" sweep sweep.json --out half --resume --threads 1 --quiet
        check 'no line of the journal is lost' test "$(head -n 7 half/sweep.ndjson | cmp - half.ndjson && echo kept)" = kept
        expect 0 sweep sweep.json --out half --resume --quiet
        check 'and the sweep ends with the same bytes' same half
    done
done
for shard in 1 2; do
    expect 0 sweep sweep.json --shard "$shard/2" --out "s$shard" --quiet
done
cp -r s1 s1.copy
cp -r s2 s2.copy
fault pread s2/sweep.ndjson 1 $EIO 3 merge --out m s1 s2
check 'a shard that cannot be read is not merged' test ! -s m/sweep.ndjson
expect 0 merge --out m s1 s2
check 'and then is' same m

# ------------------------------------------------------------------------ errors of writing
fault fdatasync /sweep.ndjson 1 $EIO 6 sweep sweep.json --out unsynced --set monte_carlo.realizations=30000 --threads 1 --quiet
check 'a failed sync is told, though the system tells it once' has err 'unsynced/sweep.ndjson: the journal cannot be written: Input/output error'
fault fsync /sweep.ndjson 1 $EIO 6 sweep sweep.json --out unsynced-end --quiet
check 'also the last one' has err 'unsynced-end/sweep.ndjson: the journal cannot be written: Input/output error'
expect 0 sweep sweep.json --out unsynced-end --resume --quiet
check 'the sweep goes on from there' same unsynced-end
for at in 1 2 5; do
    fault write /sweep.ndjson "$at" $ENOSPC 6 sweep sweep.json --out "nospace-$at" --threads 1 --quiet
    check 'a full disk keeps the lines before' test "$(lines "nospace-$at")" -eq $((at - 1))
    expect 0 sweep sweep.json --out "nospace-$at" --resume --quiet
    check 'and the sweep goes on' same "nospace-$at"
done

# ------------------------------------------------------------------ a kill at every call
# killed WHEN DIR ARGUMENT...: kills the program at its first call, then at its second, .. until it survives
killed() {
    local when=$1 directory=$2 at=0 got
    shift 2
    while :; do
        at=$((at + 1))
        rm -f happened
        rm -rf "$directory"
        [ ! -d "$directory.before" ] || cp -r "$directory.before" "$directory"
        { # bash tells of the kill on standard error
            FAULT_CALL=any FAULT_AT=$at FAULT_KILL=$when FAULT_LOG=$work/happened LD_PRELOAD=$faults \
                ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 \
                "$cfisac" "$@" --out "$directory" --resume --threads 1 --quiet >/dev/null 2>&1 </dev/null
            got=$?
        } 2>/dev/null
        if [ ! -s happened ]; then
            check "unharmed it ends with 0 ($got)" test "$got" -eq 0
            break
        fi
        kills=$((kills + 1))
        [ "$got" -eq 137 ] || complain "kill $when call $at: exit code $got"
        "$cfisac" "$@" --out "$directory" --resume --quiet >out 2>err || complain "after a kill $when call $at: $(cat err)"
        same "$directory" "$reference" || complain "after a kill $when call $at ($*) the files differ"
    done
}
kills=0
reference=whole
for when in before torn after; do
    killed "$when" killed sweep sweep.json
done
check "every call was a kill's turn ($kills)" test "$kills" -gt 60

# damage, and growth, with a kill at every call while they are mended
expect 0 sweep sweep.json --set monte_carlo.drops=5 --over network.aps=3,4,6 --out grown-whole --threads 1 --quiet
cp -r whole grown.before
reference=grown-whole
mended=$kills
for when in before after; do
    killed "$when" grown sweep sweep.json --set monte_carlo.drops=5 --over network.aps=3,4,6
done
check "growth was killed at every call ($((kills - mended)))" test $((kills - mended)) -gt 40
cp -r whole damaged.before
printf '\0\0\0\0' | dd of=damaged.before/sweep.ndjson bs=1 seek=3000 conv=notrunc 2>/dev/null
reference=whole
mended=$kills
killed after damaged sweep sweep.json
check "mending was killed at every call ($((kills - mended)))" test $((kills - mended)) -gt 5

# --------------------------------------------------------------------------- damaged journals
size=$(stat -c %s whole/sweep.ndjson)
for at in 0 1500 $((size - 700)); do # a page of zeros: at the start, within, at the end
    rm -rf zeros
    cp -r whole zeros
    dd if=/dev/zero of=zeros/sweep.ndjson bs=1 seek="$at" count=600 conv=notrunc 2>/dev/null
    expect 0 sweep sweep.json --out zeros --resume
    check 'damage is told' has err 'kept in sweep.damaged'
    check 'and mended' same zeros
    check 'what was damaged is kept' test -s zeros/sweep.damaged
done
# one bit flipped, in 150 places: each is found
for ((i = 0; i < 150; i++)); do
    at=$(((i * 7919 + 13) % size)) bit=$((1 << (i % 8)))
    cp whole/sweep.ndjson flipped.ndjson
    byte=$(dd if=flipped.ndjson bs=1 skip="$at" count=1 2>/dev/null | od -An -tu1 | tr -d ' \n')
    # shellcheck disable=SC2059
    printf "\\x$(printf %02x $((byte ^ bit)))" | dd of=flipped.ndjson bs=1 seek="$at" conv=notrunc 2>/dev/null
    rm -rf flipped
    cp -r whole flipped
    cp flipped.ndjson flipped/sweep.ndjson
    "$cfisac" sweep sweep.json --out flipped --resume --quiet >out 2>err || complain "bit $((i % 8)) of byte $at: $(cat err)"
    same flipped || complain "bit $((i % 8)) of byte $at passed"
done
cases=$((cases + 150))
cp -r whole shuffled
tac whole/sweep.ndjson >shuffled/sweep.ndjson
expect 0 sweep sweep.json --out shuffled --resume --quiet
check 'lines are known by their values, not their place' same shuffled
check 'and nothing is damaged' test ! -e shuffled/sweep.damaged
cp -r whole doubled
sed -n '3p' whole/sweep.ndjson >>doubled/sweep.ndjson
expect 0 sweep sweep.json --out doubled --resume --quiet
check 'a line that is there twice counts once' same doubled

# ------------------------------------------------------------------------------ foreign files
mkdir foreign
printf 'my notes' >foreign/sweep.ndjson
expect 3 sweep sweep.json --out foreign --resume
check 'a foreign file without a newline is refused' has err 'foreign/sweep.ndjson:1: not the journal of this sweep'
check 'and left alone' test "$(cat foreign/sweep.ndjson)" = 'my notes'
printf 'my notes\n' >foreign/sweep.ndjson
expect 3 sweep sweep.json --out foreign --resume
check 'with one, too' test "$(cat foreign/sweep.ndjson)" = 'my notes'

# ------------------------------------------------------------------------------ merging
cp -r s2 s2-damaged
printf '\0' | dd of=s2-damaged/sweep.ndjson bs=1 seek=1200 conv=notrunc 2>/dev/null
expect 3 merge --out m-damaged s1 s2-damaged
check 'a damaged shard is not merged' has err 's2-damaged/sweep.ndjson: only 5 of its 6 trials are there, 1 line is damaged'
expect 0 sweep sweep.json --shard 2/2 --out s2-damaged --resume --quiet
expect 0 merge --out m-damaged s1 s2-damaged
check 'and is when it has been mended' same m-damaged
expect 2 merge --force --out s1 s1 s2
check 'an output that is an input is refused' has err 's1: the output is one of the shards, s1'
ln -s s2 link
expect 2 merge --force --out link s1 s2
expect 2 merge --force --out ./s1/../s1/. s1 s2
mkdir hard
ln s1/sweep.ndjson hard/sweep.ndjson
expect 2 merge --force --out hard s1 s2
check 'and untouched' unchanged s1 s1.copy
check 'both of them' unchanged s2 s2.copy
fault pread s2/sweep.ndjson 2 $EIO 3 merge --force --out m s1 s2
check 'a merge that fails leaves what was there' cmp m/sweep.ndjson whole/sweep.ndjson
shards=()
for ((i = 1; i <= 4; i++)); do
    expect 0 sweep sweep.json --set monte_carlo.drops=3 --over network.aps=4 --over rate.model=exact --shard "$i/4" \
        --out "e$i" --quiet
    shards+=("e$i")
done
check 'one shard of four is empty' test "$(lines e4)" -eq 0
expect 0 merge --out e "${shards[@]}"
expect 0 sweep sweep.json --set monte_carlo.drops=3 --over network.aps=4 --over rate.model=exact --out one --quiet
check 'an empty shard merges' same e one

# -------------------------------------------------------------------------------- growing
expect 0 sweep sweep.json --out grows --quiet
expect 0 sweep sweep.json --set monte_carlo.drops=5 --out grows --resume --quiet
expect 0 sweep sweep.json --set monte_carlo.drops=5 --out more --quiet
check 'more drops give the bytes of the larger sweep' same grows more
expect 0 sweep sweep.json --set monte_carlo.drops=5 --over network.aps=3,4,6 --out grows --resume --quiet
check 'and more values' same grows grown-whole
cp -r whole torn
truncate -s -300 torn/sweep.ndjson
expect 0 sweep sweep.json --set monte_carlo.drops=5 --out torn --resume
check 'a torn line is no damage, also where the sweep grows' test ! -e torn/sweep.damaged
check 'and is computed again' same torn more
expect 3 sweep sweep.json --set monte_carlo.drops=4 --over network.aps=3,4,6 --out grows --resume
check 'fewer drops are refused' has err 'begun with another scenario: monte_carlo.drops is 5 there, 4 here'
expect 3 sweep sweep.json --set monte_carlo.drops=5 --out grows --resume
check 'fewer values are refused' has err 'network.aps = 3 is there, not here'
expect 3 sweep sweep.json --set monte_carlo.drops=5 --over network.aps=3,4,6 --over seed=1,2 --out grows --resume
check 'another swept key is refused' has err 'seed is swept here, not there'
expect 3 sweep sweep.json --set monte_carlo.realizations=7 --out whole --resume
check 'every other difference is named' has err 'monte_carlo.realizations is 5 there, 7 here'
expect 3 sweep sweep.json --set monte_carlo.drops=4 --shard 1/2 --out s1 --resume
check 'a shard does not grow' has err 'a shard cannot grow'
check 'refusals change nothing' same grows grown-whole

# --------------------------------------------------------------------------- other builds
cp -r whole other
sed -i 's/"git": "[^"]*"/"git": "0123456789ab"/' other/sweep.json
head -n 5 whole/sweep.ndjson >other/sweep.ndjson
expect 3 sweep sweep.json --out other --resume
check 'another build is refused by name' has err 'git 0123456789ab'
check 'and nothing is touched' test "$(lines other)" -eq 5
sed -i 's/"build": "[^"]*", //; s/, "checksum".*/}/' other/sweep.ndjson # lines of version 0.1.0
cp -r other ancient
expect 3 sweep sweep.json --out ancient --resume
check 'also where its lines have another form' has err 'git 0123456789ab'
check 'and nothing is put aside' unchanged ancient other
# lines of a version whose other names sweep.csv does not need
rm -rf older
cp -r whole older
sed -i 's/"git": "[^"]*"/"git": "0123456789ab"/; s/git [0-9a-f]*/git 0123456789ab/' older/sweep.json
while read -r line; do
    body=$(sed 's/git [0-9a-f]*/git 0123456789ab/; s/"objective_dual_value": [^,]*, //; s/objective_spread/spread_bit_s_hz/; s/, "checksum".*//' <<<"$line")
    printf '%s, "checksum": "%.16s"}\n' "$body" "$(printf %s "$body" | sha256sum)"
done < <(head -n 5 whole/sweep.ndjson) >older/sweep.ndjson
cp older/sweep.ndjson five
expect 3 sweep sweep.json --out older --resume
check 'lines of another version are refused by name' has err 'git 0123456789ab'
expect 0 sweep sweep.json --out older --resume --mixed --quiet
check 'with --mixed they are taken as they are' cmp -s -n "$(stat -c %s five)" five older/sweep.ndjson
check 'none is put aside' test ! -e older/sweep.damaged
check 'they give the same table' cmp -s older/sweep.csv whole/sweep.csv
core=$("$cfisac" --version | sed -n 's/^BLAS core *//p; s/^blas core *//p')
for name in Haswell Nehalem; do
    [ "$name" = "$core" ] || second=$name
done
rm -rf other
OPENBLAS_CORETYPE=$second "$cfisac" sweep sweep.json --out other --quiet
check 'another kernel is another build' has other/sweep.ndjson "BLAS $second"
head -n 5 other/sweep.ndjson >other/part && mv other/part other/sweep.ndjson
expect 3 sweep sweep.json --out other --resume
check 'it is refused by name' has err "BLAS $second"
expect 0 sweep sweep.json --out other --resume --mixed --quiet
check 'with --mixed sweep.json names both' test "$(grep -c ', git .*, BLAS ' other/sweep.json)" -eq 2
check 'and each line has its own' test "$(grep -c "BLAS $second" other/sweep.ndjson)" -eq 5
expect 3 sweep sweep.json --out other --resume
if "$cfisac" --version | grep -q 'vectors *avx'; then # whose last bits are not those of plain ones
    CFISAC_SIMD=plain "$cfisac" sweep sweep.json --out plain --quiet
    expect 3 sweep sweep.json --out plain --resume
    check 'plain vectors are another build' has err 'plain vectors'
fi
OPENBLAS_CORETYPE=$second "$cfisac" sweep sweep.json --shard 2/2 --out s2-other --quiet
expect 3 merge --out mixed s1 s2-other
check 'shards of other builds are refused by name' has err "BLAS $second"
expect 0 merge --mixed --out mixed s1 s2-other
check 'unless --mixed, which names both' test "$(grep -c ', git .*, BLAS ' mixed/sweep.json)" -eq 2

# ------------------------------------------------------------------------------ gain files
printf '1e-3,2e-3\n' >a.csv
printf '3e-3,1e-3\n' >b.csv
cat >gains.json <<'END'
{"network": {"aps": 2, "ues": 1}, "pilots": {"length": 1}, "sensing": {"crlb_threshold_db": 40},
 "monte_carlo": {"drops": 2, "realizations": 0}, "sweep": {"propagation.gain": ["a.csv", "b.csv"]}}
END
expect 0 sweep gains.json --out gains --quiet
check 'the files of a swept key are in scenario.json' has gains/scenario.json '{"a.csv": [[0.001, 0.002]]}'
cp -r gains gains.copy
printf '1e-3,4e-3\n' >b.csv
expect 3 sweep gains.json --out gains --resume
check 'a gain file that has changed is refused by name' has err 'the numbers of propagation.gain = "b.csv" are others now'
check 'and nothing is touched' unchanged gains gains.copy
expect 0 sweep gains.json --shard 1/2 --out g1 --quiet
printf '1e-3,5e-3\n' >b.csv
expect 0 sweep gains.json --shard 2/2 --out g2 --quiet
expect 3 merge --out g g1 g2
check 'shards that used other files are not merged' has err 'a shard of another scenario'
rm a.csv b.csv
expect 0 sweep gains/scenario.json --out again --quiet
check 'scenario.json needs no other file' cmp gains/sweep.ndjson again/sweep.ndjson

# ------------------------------------------------------------------------------------ seeds
expect 0 sweep sweep.json --over seed=9007199254740985:1:9007199254740990 --dry-run
check 'seeds of 16 digits stay apart' has out 9007199254740987
check 'six of them' has out '24 points'
expect 3 sweep sweep.json --over network.aps=4,6,4 --dry-run
check 'a value that is there twice is refused' has err '--over network.aps: 4 is there twice'

conclude
