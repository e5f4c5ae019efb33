#!/bin/bash
# End-to-end tests of solve that a time limit ends: with a clock that only goes on when it is read, it comes at the same
# place in every run. (Signals: test_stop.sh.)
# Usage: test_solve_stops.sh CFISAC CLOCK.so FILE.cbf     (needs bash, awk and coreutils only)
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
clock=$(realpath "$2")
file=$(realpath "$3")
cd "$work" || exit 1

# ticking ARGUMENT...: runs cfisac with that clock; its exit code
ticking() {
    LD_PRELOAD=$clock ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 "$cfisac" "$@" >out 2>err </dev/null
}
# number KEY: of the JSON
number() { sed -n "s/^  \"$1\": \(.*[^,]\),\{0,1\}\$/\1/p" out; }

# -------------------------------------------------------------------- the limit at every read
empty=0 cut=0 optimal=0 before=inf
for limit in $(seq 2 200); do
    ticking solve "$file" --json --time-limit "$(printf '0.%03d5' "$limit")"
    code=$?
    cases=$((cases + 1))
    if grep -q '"x": null' out; then
        empty=$((empty + 1))
        check "$limit: nothing yet" test "$code $cut $(number status) $(number stop_reason) $(number gap) $(number multipliers)" = \
            '5 0 "time_limit" "time_limit" null null'
        check "$limit: it says so" has err "$file: time limit: no point was found"
        continue
    fi
    now=$(awk '/"(primal|dual)_residual"|"gap"/ && $2 + 0 > most { most = $2 + 0 } END { print most }' out)
    check "$limit: a better point, $now after $before" awk -v now="$now" -v before="$before" \
        'BEGIN { exit !(now <= (before == "inf" ? 1e300 : 1.01 * before)) }'
    before=$now
    if [ "$code" -eq 0 ]; then
        optimal=$((optimal + 1))
        check "$limit: optimal" test "$(number status)" = '"optimal"'
        check "$limit: accurate" awk -v now="$now" 'BEGIN { exit !(now <= 1e-8) }'
        [ "$(number stop_reason)" = '"tolerance"' ] && break
        check "$limit: and why that is enough" test "$(number stop_reason)" = '"time_limit"'
    else
        cut=$((cut + 1))
        check "$limit: cut" test "$code $optimal $(number status) $(number stop_reason)" = '5 0 "time_limit" "time_limit"'
        check "$limit: it says so" has err "$file: time limit: the best point so far; not optimal"
        check "$limit: not optimal" awk -v now="$now" 'BEGIN { exit !(now > 1e-8) }'
    fi
done
check "first nothing ($empty), then points ($cut), then the optimum ($optimal)" test "$empty" -gt 2 -a "$cut" -gt 5 -a "$optimal" -gt 0
check 'in the end by itself' test "$(number stop_reason)" = '"tolerance"'

# ------------------------------------------------------------------------------------ the table
ticking solve "$file" --time-limit 0.0035
check 'the table without a point' test $? -eq 5
check 'says so' has out 'status            time limit: no point was found'
check 'and has no numbers' test "$(grep -c nan out)$(grep -c residual out)" = 00

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

conclude
