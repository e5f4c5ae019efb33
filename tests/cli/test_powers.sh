#!/bin/bash
# Powers that another program found, as a user evaluates them: those of one run given to another reproduce its rates, by
# JSON, by CSV and by results.json itself; what they violate is said; what cannot be powers is refused in one line. And
# the fractional split. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# json FILTER FILE: what jq says
json() { jq -r "$1" "$2"; }
# warnings TEXT: lines of err that warn and have it
warnings() { grep -c "^cfisac: warning: .*$1" err; }
# refused TEXT ARGUMENT...: exit code 3 and one line that has the text
refused() {
    local text=$1
    shift
    expect 3 "$@"
    check "$* is told in one line" test "$(wc -l <err)" -eq 1
    check "$* says: $text, not $(cat err)" has err "$text"
}
# alike DIR: every rate of the drop there is that of found to twelve digits, and so are bounds and powers
alike() {
    jq -e -s '
        def same($x; $y): ($x - $y) as $d | $d <= 1e-12 * $x and -$d <= 1e-12 * $x;
        def all_same($x; $y): ($x | length) == ($y | length) and ([range($x | length) | same($x[.]; $y[.])] | all);
        .[0].drops[0] as $a | .[1].drops[0] as $b |
        all_same($a.closed_form.rate_exact_bit_s_hz; $b.closed_form.rate_exact_bit_s_hz) and
        all_same($a.closed_form.rate_theorem1_bit_s_hz; $b.closed_form.rate_theorem1_bit_s_hz) and
        all_same($a.closed_form.crlb_own_echo_rad2; $b.closed_form.crlb_own_echo_rad2) and
        all_same($a.allocation.ap_power_w; $b.allocation.ap_power_w) and
        same($a.allocation.sum_rate_bit_s_hz; $b.allocation.sum_rate_bit_s_hz) and
        $b.allocation.max_constraint_violation < 1e-9' found/results.json "$1/results.json" >/dev/null
}

# ------------------------------------------------------------- powers of one run, given to another
# twelve access points, six users on three pilots
cat >shared.json <<'END'
{"network": {"aps": 12, "ues": 6}, "pilots": {"length": 3}, "power": {"snr_db": 40}, "sensing": {"crlb_threshold_db": -26},
 "monte_carlo": {"drops": 1, "realizations": 0}}
END
expect 0 run shared.json --quiet --out found
check 'the first run has iterated' test "$(json '.drops[0].allocation.status' found/results.json)" = converged
check 'and senses' test "$(json '.drops[0].allocation.sensing_powers_w | max > 0' found/results.json)" = true
json '.drops[0].allocation.powers_w' found/results.json >powers.json
json '.drops[0].allocation.sensing_powers_w' found/results.json >sensing.json
json '.drops[0].allocation.powers_w[] | @csv' found/results.json >powers.csv
json '.drops[0].allocation.sensing_powers_w | @csv' found/results.json >sensing.csv
json '.drops[0].allocation.sensing_powers_w[]' found/results.json >column.csv
given=(--set allocation.method=given)
# give POWERS SENSING DIR
give() {
    expect 0 run shared.json --quiet "${given[@]}" --set "allocation.powers_w=$1" --set "allocation.sensing_powers_w=$2" --out "$3"
    check "$3: the same rates" alike "$3"
    check "$3: fixed" test "$(json '.drops[0].allocation | .status + " " + .stop_reason' "$3/results.json")" = 'fixed given_powers'
}
give powers.json sensing.json by_json
give powers.csv sensing.csv by_csv
give powers.csv column.csv by_column
give found/results.json found/results.json by_results
give "$(tr -d '\n' <powers.json)" "$(tr -d '\n' <sensing.json)" by_value
for dir in by_csv by_column by_results by_value; do
    check "$dir: equal powers, equal hash" test "$(json .provenance.scenario_sha256 $dir/results.json)" = \
        "$(json .provenance.scenario_sha256 by_json/results.json)"
done
mkdir -p elsewhere/in
cp shared.json powers.csv elsewhere/in
json '.allocation = {"method": "given", "powers_w": "powers.csv", "sensing_powers_w": "../../sensing.json"}' shared.json >elsewhere/in/given.json
expect 0 run elsewhere/in/given.json --quiet --out by_path
check 'a path is relative to the scenario' alike by_path
expect 0 validate elsewhere/in/given.json
cp out elsewhere/in/resolved.json
check 'the resolved scenario has the numbers of the files' test "$(json .allocation.powers_w[2][3] out)" = "$(json .[2][3] powers.json)"
mv elsewhere/in/resolved.json resolved.json
expect 0 validate resolved.json
check 'and reads back to itself wherever it is' cmp out resolved.json
expect 0 validate shared.json "${given[@]}" --set allocation.powers_w="$(tr -d '\n' <powers.json)"
cp out resolved.json
expect 0 validate resolved.json
check 'so it does with the numbers in it' cmp out resolved.json
expect 0 run shared.json "${given[@]}" --set allocation.powers_w=powers.csv --check
check 'there is nothing to check' has out 'nothing to check'
check 'it is compared with the splits' test "$(grep -c '^  given against the .* split: ' out)" -eq 2
expect 0 run shared.json --quiet "${given[@]}" --set allocation.powers_w=powers.csv --out silent
check 'without sensing powers there are none' test "$(json '.drops[0].allocation.sensing_powers_w | max' silent/results.json)" = 0
expect 0 replay elsewhere/in/given.json --drop 0
check 'replay has the powers' test "$(json '.allocation.powers_w[2][3]' out)" = "$(json '.[2][3]' powers.json)"

# clusters: an access point has powers for the users that it serves
clustered=(--quiet --set clusters.mode=strongest --set clusters.aps_per_user=2)
mv found everybody
expect 0 run shared.json "${clustered[@]}" --set sensing.crlb_threshold_db=-18 --out found
check 'in clusters few powers are there' test "$(json '[.drops[0].allocation.powers_w[][] | select(. > 0)] | length <= 12' found/results.json)" = true
expect 0 run shared.json "${clustered[@]}" --set sensing.crlb_threshold_db=-18 "${given[@]}" \
    --set allocation.powers_w=found/results.json --set allocation.sensing_powers_w=found/results.json --out by_cluster
check 'powers in clusters: the same rates' alike by_cluster
refused "--set allocation.powers_w/" run shared.json "${clustered[@]}" "${given[@]}" --set allocation.powers_w=powers.csv
check 'a power for somebody else names the pair' grep -Eq ' W for user [0-5] at access point [0-9]+, which does not serve it in drop 0 \(allowed: 0 there\)$' err
rm -r found
mv everybody found
expect 0 run shared.json "${clustered[@]}" --set allocation.method=fractional --out few
check 'fractional powers go to those who are served' test "$(json '[.drops[0].allocation.powers_w[][] | select(. > 0)] | length' few/results.json)" = 12
check 'and access points spend their share or nothing' test "$(json '[.drops[0].allocation.ap_power_w[] * 12 / 0.01 * 1e9 | round] | unique | map(. == 0 or . == 1e9) | all' few/results.json)" = true

# ------------------------------------------------------------------------------------ violations
cat >small.json <<'END'
{"network": {"aps": 2, "ues": 1}, "propagation": {"gain": [[1, 0.5]]}, "pilots": {"length": 1},
 "sensing": {"angles_deg": [0, 10], "crlb_threshold_db": 20}, "monte_carlo": {"drops": 2, "realizations": 10},
 "allocation": {"method": "given", "powers_w": [[5e-4, 5e-4]]}}
END
expect 0 run small.json --out kept
check 'powers that keep everything: no warning' test ! -s err
check 'and no violation' test "$(json '.drops[1].allocation.max_constraint_violation' kept/results.json)" = 0
# the budget is 1 mW
expect 0 run small.json --set 'allocation.powers_w=[[2e-3, 1e-3]]' --out over
check 'over budget: one warning' test "$(wc -l <err),$(warnings '2 of 2 drops: the powers violate a constraint, by up to 200 % of what it allows or asks for (drop 0)')" = 1,1
check 'over budget: by how much' test "$(json '.drops[1].allocation.max_constraint_violation * 1000 | round' over/results.json)" = 2000
check 'over budget: evaluated' test "$(json '.drops[1].closed_form.sum_rate_exact_bit_s_hz > 0' over/results.json)" = true
expect 0 run small.json --quiet --set power.ap_limit_dbm=-6 --out limited
check 'over the limits, within the budget' test "$(json '.drops[0].allocation.max_constraint_violation * 1000 | round' limited/results.json)" = 991
expect 0 run small.json --set sensing.crlb_threshold_db=-60 --out blind
check 'a threshold that is not met' test "$(warnings 'the powers violate a constraint')" -eq 1
check 'does not make it infeasible' test "$(json '.drops[0].status' blind/results.json)" = ok
expect 0 run small.json --quiet --set 'allocation.powers_w=[[0, 0]]' --out none
check 'no power at all is evaluated, too' test "$(json '.drops[0].closed_form.sum_rate_exact_bit_s_hz' none/results.json)" = 0
expect 0 run small.json --set allocation.method=equal --out ignored
check 'powers that no method asks for' test "$(wc -l <err),$(warnings 'allocation.powers_w: ignored by the method equal')" = 1,1
expect 0 run shared.json "${given[@]}" --set allocation.powers_w=powers.csv --set monte_carlo.drops=3 --out many
check 'one set of powers, many networks' test "$(warnings 'allocation.powers_w: the same powers in all 3 drops, whose gains are drawn')" -eq 1

# -------------------------------------------------------------------------------------- bad input
refused 'shared.json: /allocation/powers_w: null with the allocation.method given (allowed: ' run shared.json "${given[@]}"
refused '--set allocation.powers_w: no.csv cannot be read: No such file' run shared.json "${given[@]}" --set allocation.powers_w=no.csv
refused '--set allocation.powers_w: sensing.csv:2:1: 1 row (allowed: 6, one per user)' run shared.json "${given[@]}" --set allocation.powers_w=sensing.csv
refused '--set allocation.sensing_powers_w: powers.csv:2:1: more than 1 row (allowed: one)' run shared.json "${given[@]}" \
    --set allocation.powers_w=powers.csv --set allocation.sensing_powers_w=powers.csv
refused '--set allocation.powers_w: sensing.json: /: a list of 12 (allowed: a list of 6, one per user (network.ues))' \
    run shared.json "${given[@]}" --set allocation.powers_w=sensing.json
refused '--set allocation.powers_w/0: a list of 1 (allowed: a list of 2, one per access point' run small.json --set 'allocation.powers_w=[[1]]'
refused '--set allocation.powers_w/0/1: -1 is out of range (allowed: ' run small.json --set 'allocation.powers_w=[[1, -1]]'
sed '3s/^/-1/' powers.csv >negative.csv
refused '--set allocation.powers_w: negative.csv:3:1: -' run shared.json "${given[@]}" --set allocation.powers_w=negative.csv
check 'a negative number is out of range' has err ' is out of range (allowed: 0 .. 1e+27)'
refused 'kept/results.json: /drops: results of 2 drops (allowed: of one drop)' run small.json --set allocation.powers_w=kept/results.json
refused 'found/timing.json: /: no member "powers_w" (allowed: ' run shared.json "${given[@]}" --set allocation.powers_w=found/timing.json
refused '--set allocation.fractional_exponent: 20 is out of range (allowed: a number -10 .. 10)' run small.json --set allocation.fractional_exponent=20
refused '--set allocation.method: text "fractionl" is unknown, nearest: fractional' run small.json --set allocation.method=fractionl

# ------------------------------------------------------------------------------------- fractional
fractional=(--set allocation.method=fractional --set monte_carlo.realizations=0)
# powers DIR: those of the user at both access points, and of the beams, in mW
powers() { json '.drops[0].allocation | [.powers_w[0][], .sensing_powers_w[]] | map(. * 1e9 | round / 1e6) | @csv' "$1/results.json"; }
expect 0 run small.json --quiet "${fractional[@]}" --set allocation.powers_w=null --out split
check 'each access point has its share' test "$(powers split)" = 0.5,0.5,0,0
check 'the reason' test "$(json '.drops[0].allocation.stop_reason' split/results.json)" = fractional_split
expect 0 run small.json --quiet "${fractional[@]}" --set allocation.powers_w=null --set allocation.sensing_fraction=0.25 \
    --set 'power.ap_limit_dbm=[-10, 3]' --out parts
check 'or its limit, and a part of it senses' test "$(powers parts)" = 0.075,0.375,0.025,0.125
expect 0 run small.json --quiet "${fractional[@]}" --set allocation.powers_w=null --set 'power.ap_limit_dbm=[-10, 0]' \
    --set power.budget_dbm=limits --set pilots.power_dbm=0 --out limits
check 'with the limits as the budget its limit' test "$(powers limits)" = 0.1,1,0,0
expect 0 run shared.json "${fractional[@]}" --check
check 'fractional: nothing to check' has out 'nothing to check'
check 'fractional: compared with the equal split' has out '  fractional against the equal split: '
# offset METHOD: how far the method's rate ends behind its name in the heading
offset() {
    awk -v name="$1" '/^drop / { end = index($0, " " name " ") + length(name) }
        /^ +0 / && !seen++ { match($0, /^ +0 +[0-9.]+[* ] +[0-9.]+[* ] +[0-9.]+/); print RLENGTH - end }' out
}
long=$(offset fractional)
expect 0 run shared.json --set allocation.method=sca --set monte_carlo.realizations=0
check 'a long name moves its column' test "$long" = "$(offset sca)"

# ---------------------------------------------------------------------------------------- sweeps
expect 0 sweep shared.json --over allocation.method=equal,fractional,given --over allocation.fractional_exponent=0,0.5 \
    --set allocation.powers_w=powers.csv --out methods
check 'a sweep of methods asks for the powers here and there' test "$(warnings ignored)" -eq 0
check 'all points are there' test "$(wc -l <methods/sweep.csv)" -eq 7
check 'the exponent matters to fractional alone' test "$(sed 1d methods/sweep.csv | cut -d, -f2,8 | sort -u | cut -d, -f1 | uniq -c | tr -s ' \n' ' ')" = ' 1 equal 2 fractional 1 given '
expect 0 sweep shared.json "${given[@]}" --over allocation.powers_w=powers.json,powers.csv --out files
check 'powers of several files' test "$(sed 1d files/sweep.csv | cut -d, -f8 | sort -u | wc -l)" -eq 1

conclude
