#!/bin/bash
# Correlated and Rician fading as a user meets it: closed forms beside the Monte Carlo, results, threads, and what is
# refused. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

cat >street.json <<'END'
{"name": "street",
 "network": {"aps": 12, "ues": 5, "area_m": [300, 300], "min_distance_m": 0, "placement": "none", "wrap_around": true,
             "height_difference_m": 8.5},
 "propagation": {"model": "tr38901_umi", "carrier_ghz": 3.5},
 "fading": {"correlation": "local_scattering", "rician_factor_db": "los"},
 "pilots": {"length": 2, "power_dbm": 20},
 "power": {"ap_limit_dbm": 23, "budget_dbm": "limits", "bandwidth_mhz": 20, "noise_figure_db": 7},
 "sensing": {"crlb_threshold_db": -20, "path_gain": 1e-6},
 "allocation": {"method": "equal"}, "monte_carlo": {"drops": 3, "realizations": 1500, "bounds": "none"}}
END
# json FILTER FILE: what jq says
json() { jq -r "$1" "$2"; }
# refused KEY TEXT ARGUMENT...: exit 3 and one line that has both
refused() {
    local key=$1 text=$2
    shift 2
    expect 3 validate "$@"
    check "$key refused in one line" test "$(wc -l <err)" -eq 1
    check "$key is named" has err "$key"
    check "$key: $text" has err "$text"
}
# Whether every user's rate in closed form is within five standard errors of the Monte Carlo.
# shellcheck disable=SC2016 # jq's variables
agrees='[.drops[] | [.closed_form.rate_exact_bit_s_hz, .monte_carlo.rate_bit_s_hz, .monte_carlo.rate_std_error_bit_s_hz] | transpose[]
  | (.[0] - .[1] | fabs) <= 5 * .[2]] | all and length == 15'

for fading in '"los"' '"distance"' 9 null 40; do
    expect 0 run street.json --json --set "fading.rician_factor_db=$fading"
    check "closed form and Monte Carlo of $fading" test "$(json "$agrees" out)" = true
done
expect 0 run street.json --json --set fading.correlation=none --set network.array_orientation_deg=inward
check 'closed form and Monte Carlo of lines of sight alone' test "$(json "$agrees" out)" = true
check 'Theorem 1 says nothing' test "$(json '[.drops[].closed_form | .sum_rate_theorem1_bit_s_hz, .rate_theorem1_bit_s_hz[]?] | unique == [null]' out)" = true
check 'moments in closed form' test "$(json '[.drops[].link.kind] | unique[]' out)" = closed_form

# powers are gamma times what estimates have
expect 0 replay street.json --drop 1 --quiet
# shellcheck disable=SC2016
check 'gamma N xi is the power' test "$(json '. as $d | [range(5) as $k | range(12) as $l
  | $d.allocation.powers_w[$k][$l] / ($d.allocation.gamma[$k][$l] * 4 * $d.network.xi[$k][$l]) - 1 | fabs < 1e-12] | all' out)" = true

# any number of threads gives the same bytes, with drops of their own and with shared ones
expect 0 run street.json --threads 1 --out one --quiet --set allocation.method=sca --set allocation.starts=2
expect 0 run street.json --threads 3 --out three --quiet --set allocation.method=sca --set allocation.starts=2
check 'threads change nothing' cmp one/results.json three/results.json
check 'its allocations hold their constraints' test "$(json '[.drops[].allocation.max_constraint_violation < 1e-9] | all' one/results.json)" = true

# positions of one's own
cat >campus.json <<'END'
{"network": {"aps": 2, "ues": 1}, "propagation": {"gain": [[1e-9, 2e-9]]}, "pilots": {"length": 1, "power_dbm": 20},
 "power": {"budget_dbm": 20, "comm_noise_dbm": -94, "sensing_noise_dbm": -94}, "fading": {"rician_factor_db": 5}}
END
refused rician_factor_db 'no positions with propagation.gain (allowed: null; or network.ap_positions_m and network.ue_positions_m too)' campus.json
refused correlation 'no positions with propagation.gain (allowed: none;' campus.json --set fading.correlation=local_scattering
refused rician_factor_db 'no positions' campus.json --set 'network.ap_positions_m=[[0,0],[9,9]]'
expect 0 validate campus.json --set 'network.ap_positions_m=[[0,0],[9,9]]' --set 'network.ue_positions_m=[[5,1]]'
refused rician_factor_db '"los" without states' campus.json --set fading.rician_factor_db=los

refused rician_factor_db '"los" without states of lines of sight' street.json --set propagation.model=three_slope
refused fading.rician_factor_db 'text "near" is unknown (allowed: null; a number -100 .. 100; distance, los)' street.json --set fading.rician_factor_db=near
refused fading.rician_factor_db '101 is out of range' street.json --set fading.rician_factor_db=101
refused fading.correlation 'text "yes" is unknown (allowed: none, local_scattering)' street.json --set fading.correlation=yes
refused fading.angular_spread_deg '-1 is out of range (allowed: a number 0 .. 180)' street.json --set fading.angular_spread_deg=-1
refused network.array_orientation_deg 'text "outward" is unknown' street.json --set network.array_orientation_deg=outward
refused network.array_orientation_deg 'a list of 2 (allowed: a list of 12' street.json --set 'network.array_orientation_deg=[1,2]'
refused rate.model '"theorem1" is about i.i.d. Rayleigh fading' street.json --set rate.model=theorem1
refused fading.spread 'angular_spread_deg' street.json --set fading.spread_deg=3

# a resolved scenario reads back to itself
"$cfisac" validate street.json --set network.array_orientation_deg=inward >resolved.json
expect 0 validate resolved.json
check 'resolved again' cmp resolved.json out
check 'with its arrays' has out '"array_orientation_deg": "inward"'

# arrays' orientations, drawn or given
expect 0 replay street.json --drop 1 --quiet
check 'orientations are told' test "$(json '.network.array_orientation_deg | (length | tostring) + " " + (map(. >= 0 and . < 360) | all | tostring)' out)" = \
    "$(json '.network.ap_positions_m | length' out) true"
expect 0 replay street.json --drop 1 --quiet --set network.array_orientation_deg=12.5
check 'as given' test "$(json '.network.array_orientation_deg | unique | map(. * 1e9 | round / 1e9) | join(" ")' out)" = 12.5
echo '{}' >plain.json
expect 0 replay plain.json --drop 0 --quiet --set monte_carlo.realizations=0
check 'not where none are drawn' test "$(json '.network.array_orientation_deg' out)" = null

# a sweep over the factor: more in the line of sight, and over the spread
expect 0 sweep street.json --over fading.rician_factor_db=null,0,10 --over fading.angular_spread_deg=5,60 --set monte_carlo.realizations=0 --out grid
check 'a row a point' test "$(wc -l <grid/sweep.csv)" -eq 7
conclude
