#!/bin/bash
# End-to-end tests of solve that a time limit or a signal ends: with a clock that only goes on when it is read, they come
# at the same place in every run. (Signals from outside: test_stop.sh.)
# Usage: test_solve_stops.sh CFISAC CLOCK.so FILE.cbf     (needs bash, awk and coreutils only)
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
file=$(realpath "$3")
use_clock "$2"
cd "$work" || exit 1

# number KEY: of the JSON
number() { sed -n "s/^  \"$1\": \(.*[^,]\),\{0,1\}\$/\1/p" out; }
# largest: of the two residuals and the gap
largest() { awk '/"(primal|dual)_residual"|"gap"/ && $2 + 0 > most { most = $2 + 0 } END { print most }' out; }
# at_most A B: numbers; inf is one
at_most() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(b == "inf" || a + 0 <= b + 0) }'; }

# limited N, signalled NUMBER N: stopped at the N-th read of the clock
limited() { ticking solve "$file" --json --time-limit "$(printf '0.%03d5' $(($1 - 1)))"; }
signalled() { ticking CLOCK_SIGNAL="$1" CLOCK_AT="$2" solve "$file" --json --time-limit 1000; }

# ------------------------------------------------------------------ stopped at every moment
# every_moment STEP CODE STATUS TEXT COMMAND...: COMMAND N stops solve at the N-th read, for every STEP-th N; it then ends
# with CODE, STATUS and TEXT; first without a point, then with ever better ones, which at last are optimal
every_moment() {
    local step=$1 code=$2 status="\"$3\"" text=$4 n got now before=inf none=0 cut=0 optimal=0
    shift 4
    for n in $(seq 3 "$step" 200); do
        "$@" "$n"
        got=$?
        if grep -q '"x": null' out; then
            none=$((none + 1))
            check "$status at $n: nothing yet" test "$got $cut $(number status) $(number stop_reason) $(number gap) $(number multipliers)" = \
                "$code 0 $status $status null null"
            check "$status at $n: it says so" has err "$file: $text: no point was found"
            continue
        fi
        now=$(largest)
        check "$status at $n: no worse, $now after $before" at_most "$now" "$before"
        before=$(awk -v now="$now" 'BEGIN { print 1.01 * now }') # the best is chosen before it is recomputed from the data
        if [ "$got" -eq 0 ]; then
            optimal=$((optimal + 1))
            check "$status at $n: optimal" test "$(number status)" = '"optimal"'
            check "$status at $n: accurate" at_most "$now" 1e-8
            [ "$(number stop_reason)" = '"tolerance"' ] && break
            check "$status at $n: and why that is enough" test "$(number stop_reason)" = "$status"
        else
            cut=$((cut + 1))
            check "$status at $n: stopped" test "$got $optimal $(number status) $(number stop_reason)" = "$code 0 $status $status"
            check "$status at $n: it says so" has err "$file: $text: the best point so far; not optimal"
            check "$status at $n: not optimal" at_most 1e-8 "$now"
        fi
        check "$status at $n: one line" test "$(wc -l <err)" -le 1
    done
    check "$status: first nothing ($none), then points ($cut), then the optimum ($optimal)" \
        test "$none" -gt 0 -a "$cut" -gt 4 -a "$optimal" -gt 0
    check "$status: in the end by itself" test "$(number stop_reason)" = '"tolerance"'
}
every_moment 1 5 time_limit 'time limit' limited
every_moment 3 130 interrupted interrupted signalled 2  # SIGINT
every_moment 7 130 interrupted interrupted signalled 15 # SIGTERM

# ------------------------------------------------------------------------------------ the table
ticking solve "$file" --time-limit 0.0035
check 'the table without a point' test $? -eq 5
check 'says so' has out 'status            time limit: no point was found'
check 'and has no numbers' test "$(grep -c nan out)$(grep -c residual out)" = 00
ticking CLOCK_SIGNAL=15 CLOCK_AT=5 solve "$file" --time-limit 1000
check 'a signal: exit 130' test $? -eq 130
check 'it says so' has out 'status            interrupted: no point was found'
for end in --time-limit=0.0035 --time-limit=0.0355; do
    env LD_PRELOAD="$clock" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" "$cfisac" solve "$file" "$end" >/dev/full 2>err
    check "a full disk at $end is exit 6" test $? -eq 6
done

# ----------------------------------------------------------------------------------- repetitions
ticking solve "$file" --json
cp out once
ticking solve "$file" --repeat 1000000 --time-limit 1 --json
check 'a limit in a later repetition leaves the answer' test $? -eq 0
check 'of the first' cmp <(grep -v seconds once) <(grep -v seconds out)
check 'one line says how many were made' grep -Eq '^cfisac: warning: the time limit came after [1-9][0-9]* of 1000000 solves$' err
ticking solve "$file" --repeat 1000000 --time-limit 1 --quiet
check 'quietly too' test "$? $(wc -c <err)" = '0 0'
check 'the table has medians of them' grep -Eq '\(medians of [1-9][0-9]+\)$' out
ticking CLOCK_SIGNAL=2 CLOCK_AT=1000 solve "$file" --repeat 1000000 --time-limit 1000 --json
check 'a signal in a later repetition is exit 130' test $? -eq 130
check 'and the answer stays that of the first' cmp <(grep -v seconds once) <(grep -v seconds out)
check 'one line says it, too' grep -Eq "^cfisac: $file: interrupted after [1-9][0-9]* of 1000000 solves\$" err
ticking CLOCK_SIGNAL=2 CLOCK_AT=5 solve "$file" --repeat 1000000 --time-limit 1000 --json
check 'a signal in the first one leaves none' test "$? $(number status) $(number x)" = '130 "interrupted" null'

conclude
