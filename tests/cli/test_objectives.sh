#!/bin/bash
# Objectives as a user asks for them: each one's name, unit, status, and value beside what is proved of it; what one finds is what the
# others say of the same networks; targets that cannot be met, with factors that are just enough; users without rate, in tables and
# sweeps; refusals. Arguments: the program, the top of the project.
# shellcheck disable=SC2016 # variables of jq
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
top=$(realpath "$2")
cd "$work" || exit 1

cat >small.json <<'END'
{"network": {"aps": 8, "ues": 3, "area_m": [250, 250], "min_distance_m": 20}, "pilots": {"length": 3},
 "sensing": {"geometry": "target", "echo": "distance", "path_gain": 0.01, "crlb_threshold_db": null},
 "allocation": {"starts": 2}, "monte_carlo": {"drops": 2, "realizations": 0}}
END

# all FILTER [FILE]: the filter holds for every drop of the results; $a is its allocation
all() { jq -e "[.drops[] | . as \$d | .allocation as \$a | $1] | length > 0 and all" "${2:-out}" >/dev/null; }
# value: the objective of the first drop
value() { jq '.drops[0].allocation.objective.value' out; }
# holds FILTER ARGUMENT...: of jq, with these arguments and no input
holds() {
    local filter=$1
    shift
    jq -en "$@" "$filter" >/dev/null
}
# times A B: their product, for a setting
times() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.12g", a * b }'; }
# refused TEXT ARGUMENT...: exit code 3 and one line that has the text
refused() {
    local text=$1
    shift
    expect 3 "$@"
    check "$* is told in one line" test "$(wc -l <err)" -eq 1
    check "$* says: $text, not $(cat err)" has err "$text"
}

# optimum NAME UNIT SIGN SETTING...: into NAME.json; SIGN 1: larger is better. What is proved is no worse than what is reached, and as
# good but for rounding.
optimum() {
    local name=$1 unit=$2 sign=$3 settings=() setting
    shift 3
    for setting in "$@"; do settings+=(--set "$setting"); done
    expect 0 run small.json --set "allocation.objective=$name" "${settings[@]}" --json
    check "$name has its name and unit" all "\$a.objective.name == \"$name\" and \$a.objective.unit == \"$unit\""
    check "$name is optimal" all '$a.status == "optimal"'
    check "$name: nothing feasible beats what is proved" all "(\$a.objective | $sign * (.dual_value - .value) >= -1e-9 * (.value | fabs))"
    check "$name reaches it" all '($a.objective | (.dual_value - .value | fabs) <= 1e-5 * (.value | fabs))'
    check "$name keeps its constraints" all '$a.max_constraint_violation < 1e-7'
    cp out "$name.json"
}

# ----------------------------------------------------------------------- the convex ones
optimum max_min_rate bit/s/Hz 1
check 'the least rate is the objective' all '($d.closed_form.rate_exact_bit_s_hz | min / $a.objective.value - 1 | fabs) < 1e-9'
check 'all users have it' all '($d.closed_form.rate_exact_bit_s_hz | max / min) < 1 + 1e-5'
rate=$(value)

# at 10 dB, where rates are short of power; at the edge of feasibility, from inside
expect 0 run small.json --set allocation.objective=max_min_rate --set power.snr_db=10 --json
optimum min_power W -1 "allocation.rate_target_bit_s_hz=$(times "$(value)" 0.9999999)" monte_carlo.drops=1 power.snr_db=10
check 'least power for the largest least rate is the budget' holds '($p / 1e-5 - 1 | fabs) < 1e-5' --argjson p "$(value)"
check 'it is what access points radiate' all '($a.ap_power_w | add / $a.objective.value - 1 | fabs) < 1e-9'
optimum min_power W -1 allocation.rate_target_bit_s_hz=1 sensing.position_threshold_m=20
check 'every user has its target' all '($d.closed_form.rate_exact_bit_s_hz | min) >= 1 - 1e-7'
check 'and the target its place' all '$d.closed_form.position_error_bound_m.own_echo <= 20 * (1 + 1e-7)'
check 'for less than the budget' all '$a.objective.value < 0.9e-3'

optimum min_crlb rad2 -1 allocation.rate_target_bit_s_hz=1
check 'the worst bound is the objective' all '($d.closed_form.crlb_own_echo_rad2 | max / $a.objective.value - 1 | fabs) < 1e-9'
optimum min_position_error m -1 allocation.rate_target_bit_s_hz=1 monte_carlo.drops=1
check 'the position error is the objective' all \
    '($d.closed_form.position_error_bound_m.own_echo / $a.objective.value - 1 | fabs) < 1e-9'
error=$(value)
# where signals have directions: without rate targets access points answer one by one, under them steps have their proof
directed=(fading.correlation=local_scattering fading.rician_factor_db=3)
optimum min_crlb rad2 -1 "${directed[@]}"
check 'its access points answer one by one' all '$a.solver == "structured" and $a.iterations == 0'
expect 0 run small.json --set allocation.objective=min_crlb --set "${directed[0]}" --set "${directed[1]}" --check
optimum min_crlb rad2 -1 "${directed[@]}" allocation.rate_target_bit_s_hz=2 precoding.kind=rzf precoding.realizations=50
check 'every user has its target where signals have directions' all '($d.closed_form.rate_exact_bit_s_hz | min) >= 2 - 1e-7'
check 'the worst bound of their echoes is the objective' all \
    '($d.closed_form.crlb_own_echo_rad2 | max / $a.objective.value - 1 | fabs) < 1e-9'
expect 0 run small.json --set monte_carlo.drops=1 --set allocation.rate_target_bit_s_hz=1 --set "sensing.position_threshold_m=$(times "$error" 1.0001)"
expect 4 run small.json --set monte_carlo.drops=1 --set allocation.rate_target_bit_s_hz=1 --set "sensing.position_threshold_m=$(times "$error" 0.9999)"

# weights are proportions
expect 0 run small.json --set allocation.objective=max_min_rate --set 'allocation.weights=[1, 2, 0.5]' --json
check 'rates are in proportion to weights' all '($d.closed_form.rate_exact_bit_s_hz | [.[0], .[1] / 2, .[2] / 0.5] | max / min) < 1 + 1e-5'

# --------------------------------------------------------------------- stationary points
expect 0 run small.json --set allocation.objective=proportional_fair --json
check 'proportional fairness is stationary' all '$a.status == "converged" and $a.objective.unit == "ln(bit/s/Hz)"'
check 'nothing is proved of it' all '$a.objective.dual_value == null'
check 'it is the sum of logarithms' all '(($d.closed_form.rate_exact_bit_s_hz | map(log) | add) - $a.objective.value | fabs) < 1e-9'
cp out proportional_fair.json
expect 0 run small.json --json
cp out sum_rate.json
logarithms() { jq "[.drops[].closed_form.rate_exact_bit_s_hz | map(log) | add]" "$1.json"; }
check 'no other objective has a larger one' holds '[range(2) | $fair[.] >= $sum[.] - 1e-6 and $fair[.] >= $least[.] - 1e-6] | all' \
    --argjson fair "$(logarithms proportional_fair)" --argjson sum "$(logarithms sum_rate)" --argjson least "$(logarithms max_min_rate)"
expect 0 run small.json --set 'allocation.weights=[3, 1, 1]' --set allocation.rate_target_bit_s_hz=2 --json
check 'a weighted sum rate with targets' all \
    '$d.closed_form.rate_exact_bit_s_hz | min >= 2 - 1e-7 and ((3 * .[0] + .[1] + .[2]) / $a.objective.value - 1 | fabs) < 1e-9'
expect 0 run small.json --set allocation.objective=max_min_rate --set pilots.length=2 --json
check 'with shared pilots a least rate is stationary, or proved all the same' all '$a.status == "converged" or $a.status == "optimal"'

# ------------------------------------------------------------- targets that cannot be met
expect 4 run small.json --set monte_carlo.drops=1 --set "allocation.rate_target_bit_s_hz=$(times "$rate" 1.2)" --json
check 'rates are named' all '$a.infeasible_because.constraint == "allocation.rate_target_bit_s_hz" and $a.infeasible_because.ap == null'
check 'the verdict says by how much' has err 'allocation.rate_target_bit_s_hz) must be divided by 1.2'
check 'the factor is the one that max-min says' all '($a.infeasible_because.factor / 1.2 - 1 | fabs) < 1e-5'
expect 0 run small.json --set monte_carlo.drops=1 --set "allocation.rate_target_bit_s_hz=$(times "$rate" 0.99999)"
expect 4 run small.json --set monte_carlo.drops=1 --set 'allocation.rate_target_bit_s_hz=[0, 60, 0]' --json
check 'a target beyond any power is that of its user' all '$a.infeasible_because.ue == 1 and $a.infeasible_because.factor > 1'
check 'and nothing was solved' all '$a.solver == null and $a.iterations == 0'
check 'which the verdict says' has err 'user 1 asks for too much: its rate target (allocation.rate_target_bit_s_hz) must be divided by more than '

# a problem that asks for less proves that rates are too high, and no more
shared=(--set monte_carlo.drops=1 --set pilots.length=2 --set precoding.kind=lp_mmse --set precoding.realizations=100
    --set power.snr_db=0 --json)
expect 4 run small.json "${shared[@]}" --set sensing.crlb_threshold_db=30 --set allocation.rate_target_bit_s_hz=3
check 'rates beyond a relaxed problem' all '$a.infeasible_because.at_least and $a.infeasible_because.factor > 1.3'
check 'which the verdict says' has err 'must be divided by at least 1.48443; no rate that all users can have is above 2.02'
# where nothing is proved the drop has failed, and is not called infeasible
expect 5 run small.json "${shared[@]}" --set sensing.crlb_threshold_db=30 --set allocation.rate_target_bit_s_hz=1.98
check 'no feasible point found' all '$a.status == "failed" and $a.stop_reason == "no feasible point found" and $d.status == "failed"'
check 'and no cause that is not known' all '$a.infeasible_because == null and $a.objective.value == null'
check 'the verdict says so' has err 'drop 0 failed: the power allocation: no start met the rate targets'
expect 4 run small.json "${shared[@]}" --set allocation.rate_target_bit_s_hz=3
check 'where nothing is asked of sensing it is proved' all '$a.infeasible_because.constraint == "allocation.rate_target_bit_s_hz"'

# ------------------------------------------------------------------- limits that cannot bind
# same_with_limits SETTING...: limits beyond the budget change no bit of the drop
same_with_limits() {
    local settings=() setting dbm
    for setting in "$@"; do settings+=(--set "$setting"); done
    expect 0 run small.json --set monte_carlo.drops=1 "${settings[@]}" --json
    jq .drops out >free
    for dbm in 30 100 300; do
        expect 0 run small.json --set monte_carlo.drops=1 "${settings[@]}" --set "power.ap_limit_dbm=$dbm" --json
        check "$*: limits of $dbm dBm change nothing" cmp -s free <(jq .drops out)
    done
}
targets=allocation.rate_target_bit_s_hz=0.1
for objective in max_min_rate min_power min_crlb min_position_error proportional_fair; do
    for solver in socp auto; do same_with_limits "allocation.objective=$objective" $targets "allocation.solver=$solver"; done
    same_with_limits "allocation.objective=$objective" $targets pilots.length=1 allocation.starts=1
done
same_with_limits allocation.objective=min_power $targets precoding.kind=lp_mmse precoding.realizations=20 sensing.crlb_threshold_db=-5

# ----------------------------------------------------------------------- users without rate
unequal=(--set allocation.objective=sum_rate --set monte_carlo.drops=4)
expect 0 run "$top/configs/max_min.json" "${unequal[@]}" --out unequal
left=$(jq '[.drops[].allocation.users_without_rate] | add' unequal/results.json)
check 'a sum rate leaves users without rate' test "$left" -gt 0
check 'their rates are nothing' test "$(jq '[.drops[].closed_form.rate_exact_bit_s_hz[] | select(. < 1e-4)] | length' unequal/results.json)" -eq "$left"
line="  [1-4] of 4 drops leave $left users* without rate; see allocation.rate_target_bit_s_hz,\? *objective max_min_rate"
check 'the table says how many, and what to do' bash -c 'tr "\n" " " <out | grep -q "$1"' - "$line"
check 'and which' grep -q '^  users without rate: ' out
expect 0 sweep "$top/configs/max_min.json" "${unequal[@]}" --over seed=1,2 --out unequal_sweep
check 'a sweep does, too' grep -q '^cfisac: warning: [1-8] of 8 drops leave [0-9]* users* without rate; see allocation.rate_target' err
expect 0 run "$top/configs/max_min.json" --set monte_carlo.drops=4 --out equal
check 'max-min leaves nobody' test "$(jq '[.drops[].allocation.users_without_rate] | add' equal/results.json)" -eq 0
check 'and says nothing of it' bash -c '! grep -q "without rate" out err'
check 'everybody has the same' all '($d.closed_form.rate_exact_bit_s_hz | max / min) < 1 + 1e-4' equal/results.json
check 'with the objective in the table' grep -q '^  objective, bit/s/Hz  *4  *[0-9.]*' out
check 'columns have names of their own' columns_apart equal/*.csv

# ------------------------------------------------------------------------------- refusals
refused '/allocation/rate_target_bit_s_hz: null with the objective min_power' run small.json --set allocation.objective=min_power
refused 'allocation.weights: ' run small.json --set 'allocation.weights=[1, 2]'
refused 'allocation.weights/2: 0 is out of range' run small.json --set 'allocation.weights=[1, 2, 0]'
refused '"min_position_error" with the sensing.geometry angles' run small.json --set allocation.objective=min_position_error --set sensing.geometry=angles --set sensing.echo=constant

conclude
