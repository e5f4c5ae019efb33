#!/bin/bash
# Real units as a user meets them: a campus of measured gains, Mbit/s in table, CSV and JSON, small rates, and warnings
# that name the key, once a command. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# four access points of 200 mW, three users, 20 MHz
cat >campus.json <<'END'
{"name": "campus", "network": {"aps": 4, "ues": 3},
 "propagation": {"gain": [[1e-9, 2e-10, 5e-11, 3e-12], [4e-11, 8e-10, 6e-11, 1e-10], [2e-12, 3e-11, 9e-10, 7e-11]]},
 "pilots": {"length": 3, "power_dbm": 20},
 "power": {"budget_dbm": "limits", "ap_limit_dbm": 23, "bandwidth_mhz": 20, "noise_figure_db": 7},
 "sensing": {"crlb_threshold_db": -30, "path_gain": 1e-5}, "monte_carlo": {"drops": 2, "realizations": 20}}
END

# column NAME: that column of the first drop in drops.csv of DIR $2
column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR == 2 { print $(at[name]) }' "$2/drops.csv"; }
# times A B C: A is B times C, to twelve digits
times() { awk -v a="$1" -v b="$2" -v c="$3" 'BEGIN { d = a - b * c; exit !(a != "" && b != "" && d < 1e-12 * a && -d < 1e-12 * a) }'; }
# json FILTER FILE: what jq says
json() { jq -r "$1" "$2"; }
# warnings KEY: lines of err that warn and begin with that key
warnings() { grep -c "^cfisac: warning: $1: " err; }
# told KEY DIR: the same in results.json of DIR
told() { jq -r '.warnings[]' "$2/results.json" | grep -c "^$1: "; }

# ------------------------------------------------------------------------------------ Mbit/s
expect 0 run campus.json --out campus
check 'nothing is wrong with a campus' test ! -s err
check 'nor in its results' test "$(json '.warnings | length' campus/results.json)" = 0
check 'the heading says power, noise and bandwidth' bash -c 'tr -s "\n " " " <out | grep -qF "budget 29.0206 dBm, noise -93.99 dBm, 20 MHz, seed 1"'
"$cfisac" run - --quiet --set network.aps=1 --set network.ues=1 --set pilots.length=1 --set monte_carlo.realizations=0 >one <<<'{}'
check 'one of a kind has no plural' test "$(head -n 3 one)" = "standard input
  1 access point (4 transmit, 4 receive antennas), 1 user, SNR 30 dB, seed 1
  1 pilot, 200 symbols a coherence block, 30 symbols a radar frame"
check 'the table has Mbit/s' grep -Eq '^  sum rate, sca, Mbit/s +2 +1[0-9]{2}\.[0-9]{3,4} ' out
check 'of users, too' grep -Eq '^  user rate, least, Mbit/s +2 +[0-9]{2}\.[0-9]{4} ' out
for rate in sum_rate sum_rate_theorem1 sum_rate_exact sum_rate_monte_carlo sum_rate_std_error sum_rate_equal sum_rate_heuristic \
    least_user_rate; do
    check "$rate in Mbit/s" times "$(column ${rate}_mbit_s campus)" 20 "$(column ${rate}_bit_s_hz campus)"
done
check 'statistics have them' grep -q '^sum_rate_mbit_s,Mbit/s,2,' campus/summary.csv
check 'so has the summary' times "$(json .summary.sum_rate_mbit_s.mean campus/results.json)" 20 \
    "$(json .summary.sum_rate_bit_s_hz.mean campus/results.json)"
check 'users have them in JSON' times "$(json '.drops[1].monte_carlo.rate_mbit_s[2]' campus/results.json)" 20 \
    "$(json '.drops[1].monte_carlo.rate_bit_s_hz[2]' campus/results.json)"
check 'and in ues.csv' grep -q 'rate_exact_bit_s_hz,rate_exact_mbit_s,' campus/ues.csv
expect 0 run campus.json --set power.bandwidth_mhz=null --set power.noise_figure_db=null --set power.comm_noise_dbm=-94 \
    --set power.sensing_noise_dbm=-94 --out unknown
check 'without a bandwidth there are none' test -z "$(grep -rl -e mbit_s -e Mbit/s out unknown)"

# --------------------------------------------------------------------------------- small rates
drowned=(--set power.bandwidth_mhz=null --set power.noise_figure_db=null --set power.ap_limit_dbm=null --set power.budget_dbm=0)
expect 0 run campus.json "${drowned[@]}" --set allocation.method=equal --set monte_carlo.realizations=0 --out drowned
check 'small rates keep their digits' grep -Eq '^   0 .* [1-9]\.[0-9]e-[01][0-9][* ] ' out
check 'in the statistics, too' grep -Eq '^  user rate, least +2  +[1-9]\.[0-9]e-[01][0-9] ' out
check 'no rate shows as 0' test -z "$(grep -E '^ *(sum|user) rate.* 0\.0000 +0\.0000 +0\.0000' out)"

# -------------------------------------------------------------------------- signals lost in noise
check 'lost in noise: once, by the key' test "$(warnings power.comm_noise_dbm)" -eq 1
check 'and in the results' test "$(told power.comm_noise_dbm drowned)" -eq 1
expect 0 validate campus.json "${drowned[@]}"
check 'validate says it, too' test "$(warnings power.comm_noise_dbm)" -eq 1
small=(--set sensing.crlb_threshold_db=60 --set monte_carlo.drops=2 --set monte_carlo.realizations=0 --set allocation.method=equal --set pilots.power_dbm=0)
echo '{}' >empty.json
# drawn gains: known when they are drawn
expect 0 run empty.json "${small[@]}" --set power.budget_dbm=-90 --out lost
check 'drawn gains: once, by the key' test "$(warnings power.budget_dbm)" -eq 1
check 'drawn gains: in the results' test "$(told power.budget_dbm lost)" -eq 1
expect 0 run empty.json "${small[@]}" --set power.budget_dbm=-30 --out found
check 'a weak signal is not lost' test ! -s err
expect 0 run empty.json "${small[@]}" --set power.budget_dbm=0 --set pilots.power_dbm=-100 --out mute
check 'lost pilots' test "$(warnings pilots.power_dbm),$(told pilots.power_dbm mute)" = 1,1
expect 0 sweep empty.json "${small[@]}" --over power.budget_dbm=-100,-90 --out sweep_lost
check 'a sweep: once, by the key' test "$(warnings power.budget_dbm)" -eq 1
expect 0 sweep empty.json "${small[@]}" --over power.budget_dbm=-100,0 --out sweep_found
check 'a sweep that is not lost as a whole' test "$(warnings power.budget_dbm)" -eq 0
check 'but at one of its points' grep -q '^cfisac: warning: 2 of 4 drops leave [0-9]* users without rate$' err

# ------------------------------------------------------------------ limits that cannot bind, thresholds
expect 0 run campus.json --set power.ap_limit_dbm=90 --set power.budget_dbm=30 --out idle
check 'an idle limit: once, by the key' test "$(warnings power.ap_limit_dbm),$(told power.ap_limit_dbm idle)" = 1,1
expect 0 run campus.json --set sensing.crlb_threshold_db=-24 --out useless
check 'a useless threshold: once, by the key' test "$(warnings sensing.crlb_threshold_db),$(told sensing.crlb_threshold_db useless)" = 1,1
expect 0 sweep campus.json --over power.ap_limit_dbm=20,23,60,90 --set power.budget_dbm=30 \
    --over sensing.crlb_threshold_db=-30,-20 --dry-run
check 'a sweep tells each kind once' test "$(grep -c warning err)" -eq 2
check 'with the points of each' has err 'warning: 4 of 8 points, the first of them: power.ap_limit_dbm: 60 dBm cannot bind'
check 'of the other' has err 'warning: 4 of 8 points, the first of them: sensing.crlb_threshold_db: -20 dB'

# -------------------------------------------------------------- the constraint of a budget in dBm
expect 4 run campus.json --set sensing.crlb_threshold_db=-90 --set power.ap_limit_dbm=null --set power.budget_dbm=30 --out short
check 'the budget by its key' test "$(json '.drops[0].allocation.infeasible_because.constraint' short/results.json)" = power.budget_dbm
check 'the verdict, too' has err 'the total power (power.budget_dbm) is '
raise=$(json '10 * (.drops[0].allocation.infeasible_because.factor | log10) + 30' short/results.json)
for factor in 1.0000001,0 0.9995,4; do
    expect "${factor#*,}" run campus.json --set sensing.crlb_threshold_db=-90 --set power.ap_limit_dbm=null --set monte_carlo.drops=1 \
        --set "power.budget_dbm=$(awk -v b="$raise" -v f="${factor%,*}" 'BEGIN { printf "%.9f", b + 10 * log(f) / log(10) }')"
done
expect 4 sweep campus.json --set sensing.crlb_threshold_db=-90 --set power.ap_limit_dbm=null \
    --set power.budget_dbm=20 --over power.budget_dbm=20,30 --out hopeless
check 'the verdict over a sweep' has err 'the total power (power.budget_dbm) is '

# ------------------------------------------------------------------------------------- refused
expect 3 run campus.json --set power.snr_db=30
check 'two budgets' test "$(cat err)" = \
    'campus.json: /power/budget_dbm: given beside power.snr_db (allowed: one of them, the other absent or null)'
expect 3 run campus.json --set power.bandwidth_mhz=null
check 'a noise figure without bandwidth' test "$(cat err)" = '--set power.bandwidth_mhz: null with power.noise_figure_db, which gives no noise by itself (allowed: a number)'

conclude
