#!/bin/bash
# Objectives, weights and rate targets that go together with nothing are refused by every command that reads them: exit
# code 3, one line that names file, key, value and what is allowed, nothing on standard output, no folder of results.
# What is idle is remarked on. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# asked ALLOCATION [SENSING] [MORE]: of three users
asked() {
    printf '{"network": {"aps": 2, "ues": 3}, "allocation": {%s}, "sensing": {%s}%s}' "$1" "${2:-}" "${3:-}"
}

# -------------------------------------------------------------------------------- nothing is asked
nothing='"crlb_threshold_db": null'
refused_by_commands "$(asked '"objective": "min_power"' "$nothing")" \
    '/allocation/rate_target_bit_s_hz: null with the objective min_power and no threshold of sensing, which no power at all meets (allowed: a number, or one per user; or a threshold of sensing)'
refused_by_commands "$(asked '"objective": "min_power", "rate_target_bit_s_hz": null' "$nothing")" \
    '/allocation/rate_target_bit_s_hz: null with the objective min_power'
expect 3 validate bad.json --set allocation.rate_target_bit_s_hz=null
check "a setting is named: $(cat err)" has err '--set allocation.rate_target_bit_s_hz: null with the objective min_power'

# --------------------------------------------------------------------------------- weights, targets
refused_by_commands "$(asked '"weights": [1, 2]')" '/allocation/weights: a list of 2 (allowed: a list of 3, one per user (network.ues))'
refused_by_commands "$(asked '"weights": [1, 2, 3, 4]')" '/allocation/weights: a list of 4 (allowed: a list of 3'
refused_by_commands "$(asked '"weights": []')" '/allocation/weights: '
refused_by_commands "$(asked '"weights": [1, 0, 1]')" '/allocation/weights/1: 0 is out of range (allowed: '
refused_by_commands "$(asked '"weights": [1, 2, -1]')" '/allocation/weights/2: -1 is out of range (allowed: '
refused_by_commands "$(asked '"weights": [1, 2, 1e10]')" '/allocation/weights/2: 10000000000 is out of range (allowed: '
refused_by_commands "$(asked '"weights": [1, "x", 1]')" '/allocation/weights/1: text "x" '
refused_by_commands "$(asked '"weights": [1, null, 1]')" '/allocation/weights/1: null '
refused_by_commands "$(asked '"weights": 2')" '/allocation/weights: 2 is of the wrong type (allowed: null; a list of K numbers above 0, up to 1000000000)'
refused_by_commands "$(asked '"rate_target_bit_s_hz": [1, 1]')" '/allocation/rate_target_bit_s_hz: a list of 2 (allowed: a list of 3'
refused_by_commands "$(asked '"rate_target_bit_s_hz": -0.5')" \
    '/allocation/rate_target_bit_s_hz: -0.5 is out of range (allowed: null; a number 0 .. 100; a list of K numbers 0 .. 100)'
refused_by_commands "$(asked '"rate_target_bit_s_hz": [1, -1, 1]')" '/allocation/rate_target_bit_s_hz/1: -1 is out of range'
refused_by_commands "$(asked '"rate_target_bit_s_hz": [1, 101, 1]')" '/allocation/rate_target_bit_s_hz/1: 101 is out of range'
refused_by_commands "$(asked '"objective": "max_min"')" '/allocation/objective: text "max_min" is unknown'

# words that are no numbers of JSON
for word in NaN nan Infinity; do
    printf '%s' "$(asked "\"weights\": [1, $word, 1]")" >bad.json
    expect 3 validate bad.json
    check "weights with $word: one line, $(cat err)" test "$(wc -l <err)" -eq 1
    check "weights with $word: where, not $(cat err)" has err 'bad.json:1:'
    expect 3 validate - --set "allocation.weights=[1, $word, 1]" <<<'{}'
    check "set weights with $word: one line, $(cat err)" test "$(wc -l <err)" -eq 1
done

# --------------------------------------------------------------------------------- bounds and places
refused_by_commands "$(asked '"objective": "min_position_error"')" \
    '/allocation/objective: "min_position_error" with the sensing.geometry angles, where no target has a place (allowed: the geometry target, or another objective)'
refused_by_commands "$(asked '"objective": "min_position_error", "method": "equal"')" \
    '/allocation/objective: "min_position_error" with the sensing.geometry angles'
refused_by_commands "$(asked '"objective": "min_crlb"' '"crlb_model": "multistatic"')" \
    '/sensing/crlb_model: "multistatic" with the objective min_crlb, which optimises no such bound (allowed: own_echo, noncoherent)'
refused_by_commands "$(asked '"objective": "min_crlb"' "\"crlb_model\": \"multistatic\", $nothing")" \
    '/sensing/crlb_model: "multistatic" with the objective min_crlb'
refused_by_commands "$(asked '"objective": "min_position_error"' "\"geometry\": \"target\", \"crlb_model\": \"multistatic\", $nothing")" \
    '/sensing/crlb_model: "multistatic" with the objective min_position_error'
refused_by_commands "$(asked '"objective": "min_crlb"' "\"information\": \"block\", $nothing")" \
    '/sensing/information: "block" with the objective min_crlb, which optimises no such bound (allowed: averaged)'

# -------------------------------------------------------------------------------------------- steps
for objective in max_min_rate proportional_fair min_power min_crlb; do
    refused_by_commands "$(asked "\"objective\": \"$objective\", \"surrogate\": \"fractional\"")" \
        "/allocation/surrogate: \"fractional\" with the objective $objective, whose steps have one minorant (allowed: product)"
done
for objective in max_min_rate min_power min_crlb; do
    refused_by_commands "$(asked "\"objective\": \"$objective\", \"crlb_constraint\": \"sca\"")" \
        "/allocation/crlb_constraint: \"sca\" with the objective $objective, whose problems have the constraint itself (allowed: exact)"
done

for objective in max_min_rate min_power min_crlb; do
    refused_by_commands "$(asked "\"objective\": \"$objective\", \"solver\": \"structured\"" '' ', "pilots": {"length": 2}')" \
        "/allocation/solver: \"structured\" with the allocation.objective $objective and users that share pilots is not available in this version (allowed: auto, socp)"
    for solver in auto socp structured; do
        asked "\"objective\": \"$objective\", \"solver\": \"$solver\"" '' >even.json
        expect 0 validate even.json
    done
done

# users that share pilots have a largest common rate by prices alone, where nothing is asked of sensing
asked '"objective": "max_min_rate", "solver": "structured"' '"crlb_threshold_db": null' ', "pilots": {"length": 2}' >level.json
expect 0 validate level.json
expect 0 run level.json --check
check 'both solvers prove it' has out 'solver structured against socp, in 10 drops'
# and rate targets of the other objectives are judged whatever the solver, as they are with pilots of their own
asked '"solver": "structured", "rate_target_bit_s_hz": 0.9' '"crlb_threshold_db": null' ', "pilots": {"length": 1}' >far.json
expect 0 run far.json --set network.aps=4 --set monte_carlo.realizations=0
check 'targets that nobody meets are told' has err '4 of 10 drops are infeasible'

# what the fast solver does not take is refused where it is asked for by name, and taken by the others
# unstructured TEXT SCENARIO
unstructured() {
    refused_by_commands "$2" "/allocation/solver: \"structured\" with $1 is not available in this version (allowed: auto, socp)"
    local solver
    for solver in auto socp; do
        printf '%s' "${2/structured/$solver}" >even.json
        expect 0 validate even.json
    done
}
by_name='"solver": "structured"'
place='"geometry": "target", "crlb_threshold_db": null, "position_threshold_m": 50'
short='{"network": {"aps": 2, "ues": 3}, "pilots": {"length": 2}, '
unstructured 'the allocation.objective min_position_error and users that share pilots' \
    "$short\"sensing\": {$place}, \"allocation\": {\"objective\": \"min_position_error\", $by_name}}"
for kind in rzf lp_mmse; do
    for objective in max_min_rate min_power; do
        unstructured "the allocation.objective $objective and interference by stream" \
            "$(asked "\"objective\": \"$objective\", $by_name" '' ", \"precoding\": {\"kind\": \"$kind\"}")"
    done
    unstructured 'constraints that couple access points and interference by stream' \
        "$(asked "$by_name" "$place" ", \"precoding\": {\"kind\": \"$kind\"}")"
done
for objective in sum_rate proportional_fair; do
    unstructured 'constraints that couple access points and users that share pilots' \
        "$short\"sensing\": {$place}, \"allocation\": {\"objective\": \"$objective\", $by_name}}"
    unstructured 'sensing.crlb_threshold_db where fading has directions' \
        "$(asked "\"objective\": \"$objective\", $by_name" '' ', "fading": {"correlation": "local_scattering"}')"
done
unstructured 'allocation.surrogate fractional' "$(asked "$by_name, \"surrogate\": \"fractional\"")"
unstructured 'allocation.crlb_constraint sca' "$(asked "$by_name, \"crlb_constraint\": \"sca\"")"

# ---------------------------------------------------------------------------------- what is ignored
# told ALLOCATION TEXT: one warning
told() {
    asked "$1" '' "${3:-}" >even.json
    local command
    for command in "validate even.json" "run even.json --json" "sweep even.json --over seed=1,2 --dry-run"; do
        # shellcheck disable=SC2086 # words
        expect 0 $command --set monte_carlo.drops=1 --set monte_carlo.realizations=0
        check "$command of $1: one warning $2, not $(cat err)" test "$(grep -c "warning: \(.*first of them: \)*$2" err)" -eq 1
    done
}
told '"objective": "min_power", "weights": [1, 2, 3]' 'allocation.weights: ignored by the objective min_power'
told '"method": "equal", "objective": "max_min_rate"' 'allocation.objective: max_min_rate is ignored by the method equal'
told '"method": "heuristic", "rate_target_bit_s_hz": 0.1' 'allocation.rate_target_bit_s_hz: the method heuristic raises no rate to its target'

# ------------------------------------------------------------------------------------------- sweeps
# objectives, weights and targets are swept, and told once more where they are idle in one point alone
asked '"weights": [1, 2, 3]' >even.json
expect 0 sweep even.json --over allocation.objective=sum_rate,max_min_rate,proportional_fair,min_power,min_crlb --set monte_carlo.drops=1 \
    --set monte_carlo.realizations=0 --out objectives
check "no remark on weights: $(cat err)" test "$(grep -c weights err)" -eq 0
check "five points" test "$(tail -n +2 objectives/sweep.csv | cut -d, -f1 | sort -u | wc -l)" -eq 5
asked '"objective": "min_power"' "$nothing" >even.json
expect 0 sweep even.json --over allocation.rate_target_bit_s_hz=0:0.4:1.6 --set monte_carlo.drops=1 --set monte_carlo.realizations=0 --out targets
check "five targets" test "$(jq -s '[.[] | select(.allocation_status == "optimal")] | length' targets/sweep.ndjson)" -eq 5
check "none asks for no power" test "$(jq -s '.[0].objective_value' targets/sweep.ndjson)" = 0
asked '"objective": "max_min_rate"' '' ', "sweep": {"allocation.weights": [null, {"even": [1, 1, 1]}, {"first": [2, 1, 1]}]}' >even.json
expect 0 sweep even.json --set monte_carlo.drops=1 --set monte_carlo.realizations=0 --out weights
check "three weights" test "$(wc -l <weights/sweep.ndjson)" -eq 3

# a point of a sweep is refused with the value that makes it one
printf '%s' "$(asked '' "$nothing")" >even.json
expect 3 sweep even.json --over allocation.objective=sum_rate,min_power --out results
check "the point is named: $(cat err)" has err 'at --over allocation.objective = "min_power": /allocation/rate_target_bit_s_hz: null with'
check "no results" test ! -e results
printf '%s' "$(asked '' "$nothing" ', "sweep": {"allocation.weights": [{"even": [1, 1, 1]}, {"odd": [1, 2]}]}')" >odd.json
expect 3 sweep odd.json --dry-run
check "the point is named: $(cat err)" has err 'at allocation.weights = "odd": /sweep/allocation.weights: a list of 2 (allowed: a list of 3'

conclude
