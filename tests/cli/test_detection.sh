#!/bin/bash
# Detection as a user meets it: closed forms, simulated echoes, curves over false alarms. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# json FILTER FILE: what jq says
json() { jq -r "$1" "$2"; }
# holds_true FILTER FILE: jq says true
holds_true() { [ "$(json "$1" "$2")" = true ]; }

cat >target.json <<'END'
{"name": "one target", "network": {"aps": 6, "ues": 3, "area_m": [300, 300], "min_distance_m": 20},
 "pilots": {"length": 3}, "sensing": {"geometry": "target", "echo": "distance", "crlb_threshold_db": null},
 "allocation": {"method": "equal", "sensing_fraction": 1}, "monte_carlo": {"drops": 3, "realizations": 2000}}
END

# ------------------------------------------------------------------------------ one target together
expect 0 run target.json --out one --threads 1
check 'the table has the weakest' has out 'least detection, by own echo'
check 'and all together' has out 'detection, fused'
check 'and what is simulated' has out 'the same, Monte Carlo'
check 'own echoes follow the law of Swerling 1' holds_true '[.drops[].closed_form | [.echo_snr, .detection_probability] |
    transpose[] | (.[1] / pow(0.001; 1 / (1 + .[0])) - 1) | fabs] | max < 1e-12' one/results.json
check 'all together detect at least as well as the best' holds_true \
    '[.drops[].closed_form | .detection_probability_fused >= (.detection_probability | max) - 1e-12] | all' one/results.json
# beams alone light steadily: closed forms are exact
check 'simulated own echoes agree' holds_true '[.drops[] | [.closed_form.detection_probability, .monte_carlo.detection_probability,
    .monte_carlo.detection_probability_std_error] | transpose[] | (.[0] - .[1]) / .[2] | fabs] | max < 4' one/results.json
check 'simulated together, too' holds_true '[.drops[] | (.closed_form.detection_probability_fused - .monte_carlo.detection_probability_fused) /
    .monte_carlo.detection_probability_fused_std_error | fabs] | max < 4' one/results.json
check 'and false alarms' holds_true '[.drops[].monte_carlo | (.false_alarm_probability_fused - 0.001) / .false_alarm_probability_fused_std_error | fabs] | max < 4' one/results.json
expect 0 run target.json --out again --threads 2
for file in results.json drops.csv aps.csv roc.csv; do
    check "$file does not depend on threads" cmp "one/$file" "again/$file"
done
check 'a curve has 25 points a drop' test "$(wc -l <one/roc.csv)" -eq 76
check 'and goes through the probability of the scenario' test \
    "$(awk -F, '$1 == 1 && $2 == 0.001 { print $3 }' one/roc.csv)" = "$(json '.drops[1].closed_form.detection_probability_fused' one/results.json)"
# shellcheck disable=SC2016 # the program of awk
check 'curves rise to 1' awk -F, 'NR > 1 { for (i = 3; i <= 5; i++) { if ($1 == drop && $i < last[i]) exit 1; last[i] = $i } drop = $1
    if ($2 == 1 && $3 != 1) exit 1 }' one/roc.csv
if command -v gnuplot >gnuplot.path; then
    (cd one && gnuplot plots.gp >../gnuplot.out 2>&1)
    check 'the picture is drawn' test -s one/roc.svg
    check 'without a word' test -z "$(grep -v '^plots.gp: no convergence' gnuplot.out)"
fi

# ------------------------------------------------------------------------------ swept
expect 0 sweep target.json --over sensing.false_alarm_probability=1e-6,1e-3,0.1 --over sensing.swerling=0,1 --out sweep
check 'a sweep has a row per false alarm and law' test "$(wc -l <sweep/sweep.csv)" -eq 7
for column in feasible_mean_detection_probability_fused feasible_mean_detection_probability_fused_monte_carlo \
    feasible_mean_least_detection_probability feasible_mean_mean_detection_probability; do
    check "and the column $column" has sweep/sweep.csv "$column"
done
check 'more false alarms, more detections' test "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { law = $at["sensing.swerling"]; p = $at["feasible_mean_detection_probability_fused"]; bad += p <= last[law]; last[law] = p }
    END { print bad + 0 }' sweep/sweep.csv)" = 0
expect 0 run target.json --set sensing.swerling=0 --set sensing.false_alarm_probability=1e-300 --quiet --out faint
check 'false alarms may be as rare as numbers allow' holds_true \
    '[.drops[].closed_form | .detection_probability_fused, .detection_probability[] | . >= 1e-300 and . <= 1] | all' faint/results.json
expect 0 run target.json --set sensing.false_alarm_probability=1e-7 --set power.snr_db=-20
check "the table keeps two digits of what is rare, not $(grep 'least detection' out)" grep -q 'least detection, by own echo  *3  *1.0e-07 ' out
expect 0 run target.json --set power.snr_db=150
check 'and of what is small' grep -q 'position bound, own echo, m  *3  *[1-9].[0-9]e-0[0-9] ' out
expect 3 run target.json --set sensing.false_alarm_probability=0
expect 3 run target.json --set sensing.false_alarm_probability=1
expect 3 run target.json --set sensing.swerling=3

# ------------------------------------------------------------------------------ nobody asks
echo '{"monte_carlo": {"drops": 2, "realizations": 10}}' >paper.json
expect 0 run paper.json --out paper
check "the paper's angles belong to no target" holds_true '[.drops[] | .closed_form.detection_probability_fused,
    .monte_carlo.detection_probability, .monte_carlo.detection_probability_fused | . == null] | all' paper/results.json
check 'own echoes are judged all the same' holds_true '[.drops[].closed_form.detection_probability[] | . > 0.001 and . < 1] | all' paper/results.json
check 'the table does not speak of it' test -z "$(grep -i detect out)"
check 'the curve has no rows' test "$(wc -l <paper/roc.csv)" -eq 1
check 'and no picture' test -z "$(grep roc paper/plots.gp)"
expect 0 run paper.json --set allocation.method=equal --set sensing.detection_threshold=0.5 --out asked
check 'a threshold asks' holds_true '[.drops[].closed_form.detection_probability_fused | . > 0] | all' asked/results.json
conclude
