#!/bin/bash
# What cannot be a network is refused by every command that reads it: exit code 3, one line that names the key, nothing on
# standard output, no folder of results. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# ---------------------------------------------------------------------------------- budget, noise
refused_by_commands '{"power": {"budget_dbm": 30, "snr_db": 20}, "pilots": {"power_dbm": 20}}' \
    '/power/budget_dbm: given beside power.snr_db (allowed: one of them, the other absent or null)'
refused_by_commands '{"power": {"budget_dbm": "limits", "ap_limit_dbm": 20, "snr_db": 30}, "pilots": {"power_dbm": 20}}' \
    '/power/budget_dbm: given beside power.snr_db'
refused_by_commands '{"power": {"noise_figure_db": 7}}' \
    '/power/bandwidth_mhz: null with power.noise_figure_db, which gives no noise by itself (allowed: a number)'
refused_by_commands '{"power": {"noise_figure_db": 7, "bandwidth_mhz": null}}' '/power/bandwidth_mhz: null with power.noise_figure_db'

# ------------------------------------------------------------------------------------ propagation
for model in tr38901_umi tr38901_uma tr38901_inh; do
    refused_by_commands "{\"propagation\": {\"model\": \"$model\"}}" \
        "/propagation/carrier_ghz: null with the propagation.model $model (allowed: a number, in GHz)"
done
for model in log_distance three_slope tr38901_umi; do
    refused_by_commands "{\"network\": {\"aps\": 2, \"ues\": 1}, \"propagation\": {\"model\": \"$model\", \"carrier_ghz\": 2, \"gain\": [[1, 0.5]]}}" \
        '/propagation/gain: given beside propagation.model (allowed: one of them, the other absent or null)'
done

# ----------------------------------------------------------------------- what a drop finds wrong
few='--set monte_carlo.realizations=0 --set allocation.method=equal --quiet'
crowded='--set network.min_distance_m=400'
echo '{"monte_carlo": {"drops": 1}}' >plain.json
# shellcheck disable=SC2086 # words
{
    expect 0 run plain.json $few --out drawn
    sed 's/"min_distance_m": 100/"min_distance_m": 400/' drawn/results.json >crowded.json
    expect 3 run crowded.json $few
    check "the scenario within results is named: $(cat err)" has err 'crowded.json: /scenario/network/placement: reject finds no room'
    for command in 'run plain.json' 'replay plain.json --drop 0' 'frontier plain.json --between sum_rate,crlb --set allocation.method=sca --out curve'; do
        expect 3 $command $crowded --set network.placement=reject --quiet
        check "$command: so is an option: $(cat err)" has err '--set network.placement: reject finds no room'
    done
    expect 3 sweep plain.json $few --over network.min_distance_m=100,400 --out swept
    check "and a point of a sweep: $(cat err)" \
        has err 'plain.json: at --over network.min_distance_m = 400: /network/placement: reject finds no room'
}

# --------------------------------------------------------------------------- precoders and clusters
refused_by_commands '{"network": {"tx_antennas": 4, "ues": 6}, "pilots": {"length": 4}, "precoding": {"kind": "zf"}}' \
    '/precoding/kind: "zf" cannot null 4 pilots with network.tx_antennas 4'
refused_by_commands '{"network": {"tx_antennas": 2, "ues": 2}, "pilots": {"length": 9}, "precoding": {"kind": "zf"}}' \
    '/precoding/kind: "zf" cannot null 2 pilots with network.tx_antennas 2'
refused_by_commands '{"network": {"aps": 5}, "clusters": {"mode": "strongest", "aps_per_user": 6}}' \
    '/clusters/aps_per_user: 6 of 5 access points (allowed: 1 .. 5, network.aps)'

# ----------------------------------------------------------------------------------------- powers
# powers TEXT POWERS [SENSING]: given to two access points and two users
powers() {
    refused_by_commands "{\"network\": {\"aps\": 2, \"ues\": 2}, \"allocation\": {\"method\": \"given\", \"powers_w\": $2, \"sensing_powers_w\": ${3:-null}}}" "/allocation/$1"
}
powers 'powers_w: a list of 1 (allowed: a list of 2, one per user (network.ues))' '[[1, 1]]'
powers 'powers_w/1: a list of 3 (allowed: a list of 2, one per access point (network.aps))' '[[1, 1], [1, 1, 1]]'
powers 'powers_w/1/0: -0.5 is out of range' '[[1, 1], [-0.5, 1]]'
powers 'powers_w/0/0: a list is not a number' '[[[1], [1]], [[1], [1]]]'
powers 'sensing_powers_w: a list of 1 (allowed: a list of 2, one per access point (network.aps))' '[[1, 1], [1, 1]]' '[1]'
powers 'sensing_powers_w/1: -1e-09 is out of range' '[[1, 1], [1, 1]]' '[1, -1e-9]'

# over the budget is no error: a warning, and the violation in the results, as for `equal`
printf '%s' '{"network": {"aps": 2, "ues": 2}, "sensing": {"crlb_threshold_db": null}, "monte_carlo": {"drops": 1, "realizations": 0},
 "allocation": {"method": "given", "powers_w": [[1, 1], [1, 1]]}}' >over.json
expect 0 run over.json --json
check 'over the budget: one warning' test "$(grep -c '^cfisac: warning: .*the powers violate a constraint' err)" -eq 1
check 'over the budget: the violation' test "$(jq '.drops[0].allocation.max_constraint_violation > 1' out)" = true

conclude
