#!/bin/bash
# Sensing constraints that couple access points as a user meets them: allocations, what is said of drops that no power
# serves, with factors that are just enough, and what is refused. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

cat >place.json <<'JSON'
{"network": {"aps": 6, "ues": 2}, "sensing": {"geometry": "target", "crlb_threshold_db": null},
 "allocation": {"solver": "socp"}, "monte_carlo": {"drops": 1, "realizations": 0}}
JSON
own=sensing.position_threshold_m

# member NAME: the value of a member of the one infeasible_because in out
member() { sed -n '/"infeasible_because": {/,/}/s/.*"'"$1"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' out; }
# of NAME: a number of results on out
of() { sed -n 's/.*"'"$1"'": \([-0-9.e]*\),\{0,1\}$/\1/p' out | head -n 1; }
times() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.12g", a * b }'; }
db() { awk -v f="$1" 'BEGIN { printf "%.9f", 10 * log(f) / log(10) }'; }
sum() { awk -v a="$1" -v b="$2" -v c="$3" 'BEGIN { printf "%.9f", a + b + c }'; }
at_most() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'; }

# a position threshold that costs something is met
expect 0 run place.json --json
free=$(of own_echo)
rate=$(of sum_rate_bit_s_hz)
half=$(times "$free" 0.5)
expect 0 run place.json --set "$own=$half" --json
check 'the position threshold is met' at_most "$(of own_echo)" "$(times "$half" 1.0000001)"
check 'at a price' at_most "$(times "$(of sum_rate_bit_s_hz)" 1.0000001)" "$rate"
check 'by the cone solver' grep -q '"solver": "socp"' out
expect 0 run place.json --set "$own=$half"
check 'the table says the threshold' grep -q 'bound own_echo, position threshold ' out

# one that no power meets: the least error is said, and is just enough
expect 4 run place.json --set "$own=0.001" --json
check 'the position threshold is named' test "$(member constraint),$(member ap),$(member ue)" = "$own,null,null"
least=$(times 0.001 "$(member factor)")
expect 0 run place.json --set "$own=$(times "$least" 1.000001)"
expect 4 run place.json --set "$own=$(times "$least" 0.999999)"
check 'the verdict says the least error' grep -q \
    "^cfisac: infeasible: the position threshold ($own) must be [0-9.]* times as large; the least position error is [0-9.]* m$" err
expect 0 run place.json --set sensing.crlb_model=noncoherent --set "$own=$least" # all echoes say more

# detection
expect 0 run place.json --set sensing.detection_threshold=0.01
check 'the table says it' grep -q 'detection threshold 0.01$' out
expect 4 run place.json --set sensing.detection_threshold=0.9999999 --json
check 'detection is named' test "$(member constraint)" = sensing.detection_threshold
check 'the verdict says so' has err 'infeasible: the threshold of detection (sensing.detection_threshold) asks for '
for solver in socp auto; do # false alarms alone are enough: the least power is none
    expect 0 run place.json --set sensing.detection_threshold=0.0001 --set allocation.objective=min_power \
        --set "allocation.solver=$solver" --json
    check "no power is proved to be enough by $solver" test "$(of value),$(of dual_value),$(of total_power_w)" = 0,0,
    check 'and optimal' has out '"status": "optimal"'
done
for swerling in 0 1; do
    expect 4 run place.json --set sensing.detection_threshold=0.9999999 --set sensing.swerling=$swerling
    largest=$(sed -n 's/.* too much; the largest probability that is met is //p' err)
    check "the verdict says the largest probability, not $(cat err)" test -n "$largest"
    expect 0 run place.json --set sensing.swerling=$swerling --set "sensing.detection_threshold=$largest"
    expect 4 run place.json --set sensing.swerling=$swerling --set "sensing.detection_threshold=$(times "$largest" 1.00001)"
done

# angles from all echoes
noncoherent=(--set sensing.crlb_model=noncoherent)
expect 4 run place.json "${noncoherent[@]}" --set sensing.crlb_threshold_db=-60 --json
check 'all angles are named' test "$(member constraint),$(member ap)" = sensing.crlb_threshold_db,null
raise=$(db "$(member factor)")
expect 0 run place.json "${noncoherent[@]}" --set "sensing.crlb_threshold_db=$(sum -60 "$raise" 1e-6)"
expect 4 run place.json "${noncoherent[@]}" --set "sensing.crlb_threshold_db=$(sum -60 "$raise" -1e-5)"
check 'the verdict says the least threshold' has err 'the least feasible threshold is -'

# two kinds that are both too much: the total power
expect 4 run place.json --set sensing.crlb_threshold_db=-60 --set "$own=0.001" --json
check 'with what all are met from' grep -q 'easier are met: a position error of [0-9.]* m and bounds of -\{0,1\}[0-9.]* dB$' err
check 'the total power is named' test "$(member constraint)" = power.snr_db
raise=$(db "$(member factor)")
both=(--set sensing.crlb_threshold_db=-60 --set "$own=0.001")
expect 0 run place.json "${both[@]}" --set "power.snr_db=$(sum 30 "$raise" 1e-6)"
expect 4 run place.json "${both[@]}" --set "power.snr_db=$(sum 30 "$raise" -1e-5)"

# all three kinds; what is said to be met is
all=(--set sensing.crlb_threshold_db=-60 --set "$own=0.001" --set sensing.detection_threshold=0.999999)
expect 4 run place.json "${all[@]}"
read -r metres probability decibels < <(sed -n 's/.* easier are met: a position error of \(.*\) m and a probability of detection of \(.*\) and bounds of \(.*\) dB$/\1 \2 \3/p' err)
check "all are told, not $(cat err)" test -n "$decibels"
expect 0 run place.json --set "sensing.crlb_threshold_db=$decibels" --set "$own=$metres" --set "sensing.detection_threshold=$probability"

# a limit that no budget in question reaches is no part of the cause; one that alone is in the way is all of it
two=(--set "$own=0.001" --set sensing.detection_threshold=0.999999 --json)
expect 4 run place.json "${two[@]}"
check 'the budget is named' test "$(member constraint)" = power.snr_db
sed -n '/"infeasible_because": {/,/}/p' out >free
for dbm in 100 300; do
    expect 4 run place.json "${two[@]}" --set "power.ap_limit_dbm=$dbm"
    check "limits of $dbm dBm change no cause" cmp -s free <(sed -n '/"infeasible_because": {/,/}/p' out)
done
lone=(--set network.aps=1 --set sensing.crlb_threshold_db=-60 --set sensing.detection_threshold=0.9999 --set power.snr_db=90 --json)
expect 4 run place.json "${lone[@]}" --set power.ap_limit_dbm=0
check 'the limit of a lone access point is named' test "$(member constraint)" = power.ap_limit_dbm
more=$(db "$(member factor)")
expect 0 run place.json "${lone[@]}" --set "power.ap_limit_dbm=$(sum "$more" 0.00001 0)"
expect 4 run place.json "${lone[@]}" --set "power.ap_limit_dbm=$(sum "$more" -0.00001 0)"

# what echoes say is all in line with the target
expect 4 run place.json --set network.aps=2 --set 'network.ap_positions_m=[[0,0],[200,0]]' \
    --set 'sensing.target_position_m=[90,0]' --set "$own=10" --json
check 'there is no factor' test "$(member constraint),$(member factor)" = "$own,null"
check 'and a reason' has err 'is all in line with it: no power gives it a position'

# drops of a sweep
expect 4 sweep place.json --over "$own=0.001,0.002" --out hopeless
check 'a line of the journal names it' grep -q '"infeasible_because": {"constraint": "sensing.position_threshold_m", "ap": null' \
    hopeless/sweep.ndjson

# both solvers give the same, and shared pilots are left to one of them
for solver in structured auto; do
    expect 0 run place.json --set "$own=$half" --set "allocation.solver=$solver" --check
    check "$solver takes the response" has out 'solver structured against socp, in 1 drop: sum rates differ by '
done
expect 0 run place.json --set "$own=$half" --set pilots.length=1 --set allocation.solver=auto --json
check 'shared pilots: the cone solver' has out '"solver": "socp"'
expect 3 run place.json --set "$own=$half" --set pilots.length=1 --set allocation.solver=structured
check 'or nothing' has err 'allocation.solver: "structured" with constraints that couple access points and users that share pilots is not available'

# refused, each by one line
for set in 'allocation.crlb_constraint=sca' 'fading.rician_factor_db=5' \
    'sensing.crlb_model=multistatic' 'sensing.information=block'; do
    expect 3 run place.json --set "$own=10" --set "$set"
    check "$set is refused by one line" test "$(grep -c . err)" -eq 1
done
expect 3 run place.json --set sensing.detection_threshold=0.5 --set fading.rician_factor_db=5
check 'the key is named' has err 'sensing.detection_threshold: not available in this version where fading has directions'
for command in validate 'replay --drop 0' run; do
    for method in sca heuristic; do
        read -r -a words <<<"$command"
        expect 3 "${words[0]}" place.json "${words[@]:1}" "${noncoherent[@]}" --set sensing.crlb_threshold_db=-5 \
            --set fading.rician_factor_db=5 --set "allocation.method=$method"
        check "$command, $method: the model is named" has err '--set sensing.crlb_model: "noncoherent" as a constraint where fading has'
    done
done
expect 0 run place.json --set allocation.method=equal --set "$own=0.001" # nothing is asked of a split

conclude
