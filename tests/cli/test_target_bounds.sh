#!/bin/bash
# Bounds of a target's place as a user meets them: the worked example to 1e-8, beside its Monte Carlo; one coherence block;
# targets in line with the access points; what is refused. Arguments: the program.
# shellcheck disable=SC2016 # programs of jq
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# holds_true FILTER FILE: jq says true
holds_true() { [ "$(jq -r "$1" "$2")" = true ]; }
# near FILTER EXPECTED: of out, to 1e-8
near() { holds_true "($1) / ($2) - 1 | fabs < 1e-8" out; }

cat >example.json <<'END'
{"network": {"aps": 3, "ues": 2, "ap_positions_m": [[0, 0], [200, 0], [100, 180]], "array_orientation_deg": [45, 135, -90], "placement": "none"},
 "power": {"comm_noise_dbm": -30, "sensing_noise_dbm": -30}, "frame": {"sensing_symbols": 30},
 "sensing": {"geometry": "target", "target_position_m": [90, 70], "echo": "distance", "path_gain": 0.01, "crlb_threshold_db": null,
  "path_phase_deg": [[17.188733853924695, 97.40282517223994, 229.1831180523293], [126.05071492878112, 292.20847551671983, 51.56620156177409],
   [189.07607239317164, 5.729577951308233, 160.42818263663048]]},
 "allocation": {"method": "given", "powers_w": [[8e-5, 4e-5, 12e-5], [4e-5, 16e-5, 4e-5]], "sensing_powers_w": [8e-5, 16e-5, 4e-5]},
 "monte_carlo": {"drops": 1, "realizations": 2000}}
END

# -------------------------------------------------------------------------------- worked example
expect 0 run example.json --json
check 'own echoes' near '.drops[0].closed_form.position_error_bound_m.own_echo' 14.079661303681869
check 'all echoes' near '.drops[0].closed_form.position_error_bound_m.multistatic' 9.975344338147979
check 'without phases' near '.drops[0].closed_form.position_error_bound_m.noncoherent' 8.16735956450501
check 'own information' near '1 / .drops[0].closed_form.crlb_own_echo_rad2[1]' 101.53659370
check 'the Monte Carlo agrees with them' holds_true '.drops[0] | . as $d | ["own_echo", "noncoherent", "multistatic"] |
    map(($d.closed_form.position_error_bound_m[.] - $d.monte_carlo.position_error_bound_m[.]) /
        $d.monte_carlo.position_error_bound_std_error_m[.] | fabs) | max < 4' out
check 'angles without phases, too' holds_true '.drops[0] | [.closed_form.crlb_noncoherent_rad2,
    .monte_carlo.crlb_noncoherent_rad2, .monte_carlo.crlb_noncoherent_std_error_rad2] | transpose |
    map((.[0] - .[1]) / .[2] | fabs) | max < 4' out
expect 0 run example.json --out example
check 'the table has the bound' grep -q '^  position bound, own echo, m  *1  *14.0797' out
check 'drops.csv has it' test "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { printf "%.4f %.4f", $at["position_error_bound_own_echo_m"], $at["position_error_bound_multistatic_m"] }' example/drops.csv)" = '14.0797 9.9753'
expect 0 run example.json --json --set monte_carlo.bounds=none
check 'bounds that are not simulated are null' holds_true \
    '.drops[0].monte_carlo | .position_error_bound_m == null and .position_error_bound_std_error_m == null' out

# ---------------------------------------------------------------------------------- one block
expect 0 run example.json --json --set sensing.information=block
check 'one block says less' holds_true '.drops[0].closed_form.position_error_bound_m | .own_echo > 14.5 and .multistatic > 10.1' out
check 'in the Monte Carlo, too' holds_true '.drops[0] | . as $d | ["own_echo", "noncoherent", "multistatic"] |
    map(($d.closed_form.position_error_bound_m[.] - $d.monte_carlo.position_error_bound_m[.]) /
        $d.monte_carlo.position_error_bound_std_error_m[.] | fabs) | max < 5' out
cp out one_thread
expect 0 run example.json --json --set sensing.information=block --threads 2
check 'threads change no bit' cmp -s out one_thread
for method in sca heuristic; do
    expect 3 run example.json --set sensing.information=block --set allocation.method=$method --set sensing.crlb_threshold_db=-30
    check 'a refusal is one line' test "$(wc -l <err)" -eq 1
    check 'that names the key' has err 'sensing.information: "block" as a constraint'
    expect 0 run example.json --set sensing.information=block --set allocation.method=$method --set allocation.powers_w=null \
        --set allocation.sensing_powers_w=null
done

# ---------------------------------------------------------------------------- in line with the target
expect 0 run example.json --out line --set 'network.ap_positions_m=[[0,0],[180,140],[45,35]]'
check 'the bound is null' holds_true '.drops[0].closed_form.position_error_bound_m | map(. == null) | all' line/results.json
check 'with its reason among the warnings' holds_true '.warnings | map(select(test("in line with the target"))) | length == 1' line/results.json
check 'which is told in one line' test "$(grep -c 'in line with the target' err)" -eq 1

# ------------------------------------------------------------------------------------------- a sweep
expect 0 sweep example.json --out swept --over 'power.snr_db=0,10' --set allocation.method=equal --set allocation.powers_w=null \
    --set allocation.sensing_powers_w=null --set monte_carlo.drops=2 --set monte_carlo.realizations=0
check 'ten times the power, ten times the information' test "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { b[NR] = $at["feasible_mean_position_error_bound_noncoherent_m"] } END { printf "%.6f", (b[2] / b[3]) ^ 2 }' swept/sweep.csv)" = 10.000000
expect 0 sweep example.json --out warned --over 'sensing.crlb_threshold_db=-5,-10' --set allocation.method=heuristic --set monte_carlo.realizations=0 \
    --set allocation.powers_w=null --set allocation.sensing_powers_w=null
check 'useless thresholds are told once' test "$(grep -c 'is useless for 4 receive antennas' err)" -eq 1

conclude
