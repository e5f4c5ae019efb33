#!/bin/bash
# What an estimator achieves, as a user meets it. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

cat >target.json <<'END'
{"network": {"aps": 6, "ues": 3}, "power": {"snr_db": 50},
 "sensing": {"geometry": "target", "echo": "distance", "crlb_threshold_db": null},
 "allocation": {"method": "equal"}, "monte_carlo": {"drops": 2, "realizations": 60, "estimator": "ml"}}
END
# json FILTER FILE: what jq says
json() { jq -r "$1" "$2"; }
# column NAME FILE: the values of a column of a CSV file
column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { print $at[name] }' "$2"; }

# -------------------------------------------------------------------------------- a target at a place
expect 0 run target.json --out ml
check 'every access point has an error of its angle' test "$(json '[.drops[].monte_carlo.angle_rmse_rad | length] | unique[]' ml/results.json)" = 6
check 'with its standard error' test "$(json '[.drops[].monte_carlo | .angle_rmse_std_error_rad[] > 0 and .position_rmse_std_error_m > 0] | all' ml/results.json)" = true
check 'the place has one' test "$(json '[.drops[].monte_carlo.position_rmse_m > 0] | all' ml/results.json)" = true
check 'of so many trials' test "$(json '[.drops[].monte_carlo.estimator_trials] | unique[]' ml/results.json)" = 60
check 'aps.csv has the same errors' test "$(column angle_rmse_rad ml/aps.csv | head -1)" = "$(json '.drops[0].monte_carlo.angle_rmse_rad[0]' ml/results.json)"
check 'and their standard errors' test "$(column angle_rmse_std_error_rad ml/aps.csv | head -1)" = "$(json '.drops[0].monte_carlo.angle_rmse_std_error_rad[0]' ml/results.json)"
check 'drops.csv has the error of the place' test "$(column position_rmse_m ml/drops.csv | head -1)" = "$(json '.drops[0].monte_carlo.position_rmse_m' ml/results.json)"
check 'and the trials' test "$(column estimator_trials ml/drops.csv | head -1)" = 60
check 'the table has a row of it' has out 'position error of ML, m'
check 'and one to be compared with the worst bound' has out 'worst ML angle, dB of 1 rad^2'
expect 0 run target.json --set power.snr_db=75 --set monte_carlo.realizations=1000 --out useful
# the mean of the blocks' bounds is 7 to 8 percent above that of the averaged matrix, the root of a mean of 1000 sure within 3
check 'where bounds are useful the place is found as well as they say' test "$(json '[.drops[] | .monte_carlo.position_rmse_m / .closed_form.position_error_bound_m.own_echo | . > 0.97 and . < 1.2] | all' useful/results.json)" = true
expect 0 run target.json --threads 1 --out one
expect 0 run target.json --threads 3 --out three
check 'threads change nothing' cmp one/results.json three/results.json

expect 0 run target.json --set monte_carlo.estimator=none --out none
check 'without estimator there are none' test "$(json '[.drops[].monte_carlo | .angle_rmse_rad, .position_rmse_m, .estimator_trials] | unique | length' none/results.json)" = 1
check 'and no row' test -z "$(grep -w ML out)"
forget='del(.drops[].monte_carlo | .angle_rmse_rad, .angle_rmse_std_error_rad, .position_rmse_m, .position_rmse_std_error_m, .estimator_trials) | .drops'
json "$forget" ml/results.json >with.json
json "$forget" none/results.json >without.json
check 'everything else is the same' cmp with.json without.json

expect 0 run target.json --set network.aps=1 --out lone
check 'one access point tells no place' test "$(json '[.drops[].monte_carlo | .position_rmse_m == null and .angle_rmse_rad[0] > 0] | all' lone/results.json)" = true

expect 0 sweep target.json --set sweep='{"power.snr_db": [40, 60]}' --out sweep
check 'a sweep has mean errors' test "$(column feasible_mean_position_rmse_m sweep/sweep.csv | sort -gr | tail -1)" = "$(column feasible_mean_position_rmse_m sweep/sweep.csv | tail -1)"
check 'of angles too' test -n "$(column feasible_mean_mean_angle_rmse_rad sweep/sweep.csv | head -1)"

# ------------------------------------------------------------------------------- angles alone
expect 0 run target.json --set sensing.geometry=angles --set sensing.echo=constant --out angles
check 'angles have errors, a place there is not' test "$(json '[.drops[].monte_carlo | .position_rmse_m == null and .angle_rmse_rad[0] > 0] | all' angles/results.json)" = true
conclude
