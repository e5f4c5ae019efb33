#!/bin/bash
# Certificates as a user asks for them: bound, gap and boxes in results, tables and sweeps, threads that change no byte, the node limit,
# interrupts of runs and sweeps, and what cannot be certified. Arguments: the program, faults.so.
# shellcheck disable=SC2016 # variables of jq
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
faults=$(realpath "$2")
cd "$work" || exit 1

cat >small.json <<'END2'
{"network": {"aps": 8, "ues": 3}, "pilots": {"length": 3}, "allocation": {"certify": true, "certify_gap": 1e-3},
 "monte_carlo": {"drops": 3, "realizations": 0}}
END2

# all FILTER [FILE]: the filter holds for every drop of the results; $a is its allocation
# lacks FILE TEXT: the text is not in it
lacks() { ! grep -qF -- "$2" "$1"; }
all() { jq -e "[.drops[] | .allocation as \$a | $1] | length > 0 and all" "${2:-out}" >/dev/null; }

expect 0 run small.json --json --threads 1
cp out one
check 'all are proved' all '$a.status == "optimal" and $a.stop_reason == "certified"'
check 'gaps are what is asked for' all '$a.gap >= 0 and $a.gap <= 1e-3 and $a.nodes >= 1'
check 'they are those of bound and value' all '(($a.upper_bound / $a.objective.value - 1) - $a.gap | fabs) < 1e-12'
expect 0 run small.json --json --threads 2
check 'threads change no byte' cmp -s one out
expect 0 run small.json --out dir
check 'the table says so' grep -q 'its gap to the sum rate' out
check 'drops.csv has columns' grep -q 'upper_bound,gap,nodes' dir/drops.csv

expect 0 run small.json --set allocation.certify=false --json
check 'nothing is said where nothing is asked' all '$a | has("upper_bound") or has("gap") or has("nodes") | not'
check 'the allocation is the same' jq -e -n --slurpfile a one --slurpfile b out \
    '$a[0].drops[0].allocation.powers_w == $b[0].drops[0].allocation.powers_w' >/dev/null

expect 0 run small.json --set allocation.certify_nodes=9 --set allocation.certify_gap=1e-6 --json
check 'a node limit leaves a gap' all '$a.status == "converged" and $a.stop_reason == "node_limit" and $a.gap > 1e-6 and $a.nodes <= 9'

# ------------------------------------------------------------------------- what is not certified
# unproved TEXT SETTING...: a warning has the text, and nothing is claimed
unproved() {
    local text=$1 settings=() setting
    shift
    for setting in "$@"; do settings+=(--set "$setting"); done
    expect 0 run small.json "${settings[@]}" --json
    check "$* is warned of: $text" has err "allocation.certify: $text"
    check "$*: no gap" all '$a.gap == null and $a.upper_bound == null and $a.nodes == 0'
}
unproved 'users that share pilots are not certified' pilots.length=2
for objective in max_min_rate proportional_fair min_power min_crlb; do
    unproved 'only the allocation.objective sum_rate is certified' "allocation.objective=$objective"
done
unproved 'only the allocation.objective sum_rate is certified' allocation.objective=min_position_error sensing.geometry=target
unproved 'only the allocation.method sca is certified' allocation.method=heuristic
unproved 'thresholds on signals that have directions' fading.rician_factor_db=3
expect 0 run small.json --set pilots.length=2 --set rate.model=theorem1 --json
check 'theorem 1 knows no shared pilots' all '$a.gap <= 1e-3'
check 'and is not warned of' lacks err 'allocation.certify'
expect 0 run small.json --set fading.rician_factor_db=3 --set sensing.crlb_threshold_db=null --json
check 'interference by stream is certified' all '$a.gap <= 1e-3'
expect 3 run small.json --set allocation.certify_gap=0
check 'a gap is above 0' has err 'allocation.certify_gap'

# ------------------------------------------------------------------------------------ an interrupt
cat >long.json <<'END2'
{"network": {"aps": 12, "ues": 10}, "pilots": {"length": 10}, "monte_carlo": {"drops": 1, "realizations": 10},
 "allocation": {"certify": true, "certify_gap": 1e-6, "certify_nodes": 100000000}}
END2
# interrupted MILLISECONDS ARGUMENT...: with a signal after so much computing, from the start or from the call of FAULT_CALL on
interrupted() {
    local milliseconds=$1
    shift
    FAULT_SIGNAL=$(kill -l TERM) FAULT_CPU_MS=$milliseconds LD_PRELOAD=$faults \
        ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 "$cfisac" "$@" >out 2>err
}
interrupted 1000 run long.json --json --quiet
check 'an interrupt ends with 130' test $? -eq 130
check 'the bound so far is kept' all '$a.status == "converged" and $a.stop_reason == "interrupted" and $a.gap > 1e-6 and $a.gap < 2'

# a sweep keeps no proof that was cut short: its trial is done again
cat >sweep.json <<'END2'
{"network": {"aps": 12, "ues": 8}, "pilots": {"length": 8}, "monte_carlo": {"drops": 1, "realizations": 10},
 "allocation": {"certify": true, "certify_gap": 1e-6, "certify_nodes": 1500}, "sweep": {"seed": [1, 2, 3]}}
END2
expect 0 sweep sweep.json --out whole --threads 1 --quiet
check 'its proofs end by the node limit' test "$(grep -c '"stop_reason": "node_limit"' whole/sweep.ndjson)" -eq 3
# into the proof of the second trial, which takes several times as long
FAULT_CALL=write FAULT_PATH=sweep.ndjson FAULT_AT=1 interrupted 50 sweep sweep.json --out cut --threads 1 --quiet
check 'an interrupted sweep ends with 130' test $? -eq 130
check 'and keeps the trials that were done' has err '1 of 3 trials is kept in cut'
check 'the first is' test "$(lines cut)" -eq 1
check 'those that are have been proved to their ends' test -z "$(grep -vxFf whole/sweep.ndjson cut/sweep.ndjson)"
expect 0 sweep sweep.json --out cut --resume --quiet
check 'it is done again, to the bytes of a sweep that nothing interrupted' same cut

conclude
