#!/bin/bash
# Precoders as a user meets them: what table, CSV and JSON say of closed forms and of simulated links, the four side by side, and
# what is refused. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

cat >small.json <<'END'
{"name": "small", "network": {"aps": 6, "ues": 4, "tx_antennas": 6}, "pilots": {"length": 2},
 "precoding": {"realizations": 200}, "monte_carlo": {"drops": 2, "realizations": 400}}
END

# json FILTER DIR: what jq says of its results
json() { jq -r "$1" "$2/results.json"; }

# ------------------------------------------------------------------------------- what is said
for kind in mr zf rzf lp_mmse; do
    expect 0 run small.json --set precoding.kind=$kind --check --out "$kind"
    cp out "$kind.table"
    check "$kind: Monte Carlo agrees" test "$(json '[.drops[] | ((.monte_carlo.sum_rate_bit_s_hz - .closed_form.sum_rate_exact_bit_s_hz) /
        (.monte_carlo.sum_rate_std_error_bit_s_hz + 0.05)) | fabs < 5] | all' "$kind")" = true
    check "$kind: constraints are met" test "$(json '[.drops[].allocation.max_constraint_violation < 1e-9] | all' "$kind")" = true
    check "$kind: both solvers agree" test "$(json '[.drops[].allocation.check | . == null or .relative_difference < 1e-6] | all' "$kind")" = true
done
check 'mr is the only one with factors' test "$(for kind in mr zf rzf lp_mmse; do json '.drops[0].allocation | (.gamma, .eta) | type' $kind; done | tr '\n' ' ')" = \
    'array array null null null null null null '
check 'and with Theorem 1' test "$(for kind in mr zf rzf lp_mmse; do json '.drops[0].closed_form | (.rate_theorem1_bit_s_hz, .sum_rate_theorem1_bit_s_hz) | type' $kind; done | tr '\n' ' ')" = \
    'array number null null null null null null '
check 'powers are there always' test "$(json '.drops[0].allocation.powers_w | [length, (.[0] | length)] | join(" ")' lp_mmse)" = '4 6'
check 'links in closed form' test "$(for kind in mr zf; do json '.drops[1].link | [.kind, .largest_relative_std_error] | join(" ")' $kind; done | tr '\n' ' ')" = \
    'closed_form 0 closed_form 0 '
check 'links by simulation' test "$(for kind in rzf lp_mmse; do json '.drops[1].link | [.kind, (.largest_relative_std_error | . > 0.001 and . < 1)] | join(" ")' $kind; done | tr '\n' ' ')" = \
    'simulated true simulated true '
check 'Theorem 1 has a column without numbers' test "$(cut -d, -f"$(head -n 1 zf/ues.csv | tr , '\n' | grep -n '^rate_theorem1' | cut -d: -f1)" zf/ues.csv | sort -u | tr '\n' ' ')" = 'nan rate_theorem1_bit_s_hz '
check 'the table names the precoder' has zf.table 'allocation sca, rate exact, precoder zf, bound own_echo'
check 'but for the usual one' has mr.table 'allocation sca, rate exact, bound own_echo'
check 'rates in closed form' has zf.table 'sum rate, bit/s/Hz'
check 'rates by simulation' has rzf.table 'sum rate, simulated'
check 'how sure they are' bash -c 'tr -s "\n " " " <rzf.table |
    grep -Eq " links simulated from 200 channels: standard errors of their moments up to [0-9.]+ %, in drop [01] "'
check 'closed forms have no such line' test "$(cat mr.table zf.table | grep -c simulat)" -eq 0
expect 0 run small.json --set precoding.kind=lp_mmse --threads 2 --out again
check 'threads change no rate' cmp lp_mmse/ues.csv again/ues.csv
expect 0 run small.json --set precoding.kind=lp_mmse --set precoding.realizations=20000 --out surer
check 'more draws are surer' test "$(jq -n --slurpfile a lp_mmse/results.json --slurpfile b surer/results.json \
    '[$a, $b | .[0].drops[0].link.largest_relative_std_error] | .[0] > 5 * .[1]')" = true

# -------------------------------------------------------- over other fading, in clusters, in a sweep
expect 0 run small.json --set precoding.kind=zf --set fading.correlation=local_scattering --set fading.rician_factor_db=3 \
    --set allocation.method=equal --out scattered
check 'zero-forcing over other fading is simulated' test "$(json '.drops[0].link.kind' scattered)" = simulated
expect 0 run small.json --set precoding.kind=lp_mmse --set clusters.mode=strongest --set clusters.aps_per_user=2 --out clusters
check 'clusters keep their powers' test "$(json '[.drops[].allocation.powers_w[] | map(select(. > 0)) | length <= 2] | all' clusters)" = true
check 'and their rates' test "$(json '[.drops[] | ((.monte_carlo.sum_rate_bit_s_hz - .closed_form.sum_rate_exact_bit_s_hz) /
    (.monte_carlo.sum_rate_std_error_bit_s_hz + 0.05)) | fabs < 5] | all' clusters)" = true
expect 0 sweep small.json --over precoding.kind=mr,zf,rzf,lp_mmse --set allocation.method=heuristic --out sweep
check 'a sweep over all' test "$(cut -d, -f2 sweep/sweep.csv | tail -n +2 | tr '\n' ' ')" = 'mr zf rzf lp_mmse '

# ------------------------------------------------------------------------------------- refused
# refused TEXT SETTING...: exit code 3 and that line
refused() {
    local text=$1
    shift
    expect 3 run small.json "${@/#/--set=}"
    check "refused: $text" test "$(cat err)" = "$text"
}
refused '--set precoding.kind: "zf" cannot null 4 pilots with network.tx_antennas 4 (allowed: more antennas than the smaller of pilots.length and network.ues; or mr, rzf, lp_mmse)' \
    precoding.kind=zf network.tx_antennas=4 pilots.length=8
refused '--set precoding.kind: text "lp_mse" is unknown, nearest: lp_mmse (allowed: mr, zf, rzf, lp_mmse)' precoding.kind=lp_mse
refused '--set precoding.realizations: 1 is out of range (allowed: a whole number 2 .. 10000000)' precoding.realizations=1
refused '--set precoding.realizations: 10000000 channels of 1024 antennas exhaust a random stream (allowed: at most 2097151)' \
    precoding.realizations=10000000 network.tx_antennas=1024
refused '--set rate.model: "theorem1" with the precoding.kind zf, of which that theorem says nothing (allowed: exact)' \
    precoding.kind=zf rate.model=theorem1

conclude
