#!/bin/bash
# Pilots by turns and clusters as a user meets them: who is served, zeros, both solvers, and what is refused. Arguments: the
# program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# the usual network of user-centric work, a quarter of it
cat >standard.json <<'END'
{"name": "standard",
 "network": {"aps": 25, "ues": 16, "area_m": [500, 500], "min_distance_m": 0, "placement": "none", "wrap_around": true,
             "height_difference_m": 10},
 "propagation": {"reference_distance_m": 1, "path_loss_exponent": 3.67, "intercept_db": -30.5, "shadowing_std_db": 4,
                 "shadowing_correlation": "users"},
 "pilots": {"length": 4, "power_dbm": 20, "assignment": "greedy"}, "clusters": {"mode": "dcc"},
 "power": {"ap_limit_dbm": 23.0103, "budget_dbm": "limits", "comm_noise_dbm": -94, "sensing_noise_dbm": -94},
 "sensing": {"crlb_threshold_db": -30}, "allocation": {"starts": 2}, "monte_carlo": {"drops": 2, "realizations": 50}}
END
# json FILTER FILE: what jq says
json() { jq -r "$1" "$2"; }
# refused KEY TEXT ARGUMENT...: exit 3 and one line that has both
refused() {
    local key=$1 text=$2
    shift 2
    expect 3 validate standard.json "$@"
    check "$key refused in one line" test "$(wc -l <err)" -eq 1
    check "$key is named" has err "$key"
    check "$key: $text" has err "$text"
}
# The powers of pairs that are not served, and how many those are.
# shellcheck disable=SC2016 # jq's variables
strays='. as $d | [range($d.network.served | length) as $l | range($d.network.pilots | length) as $k
  | select($d.network.served[$l] | index($k) | not) | $d.allocation.powers_w[$k][$l], $d.allocation.gamma[$k][$l]] | '
# Users that are the strongest of their pilot at an access point, or have it as their strongest one.
# shellcheck disable=SC2016
rules='.network as $n | [range($n.served | length) as $l | [range($n.pilots | length) as $k
  | select(($n.gain[$k] | index(max)) == $l or
           ([range($n.pilots | length) | select($n.pilots[.] == $n.pilots[$k]) | $n.gain[.][$l]] | max) == $n.gain[$k][$l])
  | $k]] == $n.served'

expect 0 replay standard.json --drop 1 --quiet
check 'served by the rules' test "$(json "$rules" out)" = true
check 'a list an access point' test "$(json '.network.served | length' out)" = 25
check 'many are not served' test "$(json "$strays length" out)" -gt 400
check 'their powers are exactly zero' test "$(json "$strays map(select(. != 0)) | length" out)" = 0
check 'pilots by turns begin with each once' test "$(json '.network.pilots[:4] == [0, 1, 2, 3]' out)" = true
expect 0 replay standard.json --drop 1 --quiet --set clusters.mode=all
check 'without clusters nothing is listed' test "$(json '.network.served' out)" = null
cp out all
expect 0 replay standard.json --drop 1 --quiet --set clusters.mode=strongest --set clusters.aps_per_user=25
check 'clusters of everybody are none' cmp all out

expect 0 run standard.json --check --json --set clusters.mode=strongest --set clusters.aps_per_user=2 --set pilots.length=16 \
    --set sensing.crlb_threshold_db=-40
check 'both solvers agree' test "$(json '[.drops[].allocation.check.relative_difference | . < 1e-6] == [true, true]' out)" = true
check 'and hold the constraints' test "$(json '[.drops[].allocation.max_constraint_violation | . < 1e-9] == [true, true]' out)" = true

# one receive antenna: access points without users cannot sense
expect 4 run standard.json --json --set clusters.mode=strongest --set clusters.aps_per_user=1 --set network.rx_antennas=1
check 'nobody to serve, one antenna' test "$(json '.drops[0].allocation.infeasible_because.constraint' out)" = sensing.crlb_threshold_db

refused aps_per_user 'null with the clusters.mode strongest (allowed: 1 .. 25, network.aps)' --set clusters.mode=strongest
refused aps_per_user '26 of 25 access points' --set clusters.mode=strongest --set clusters.aps_per_user=26
refused aps_per_user '5 with the clusters.mode dcc' --set clusters.aps_per_user=5
refused noise 'unknown' --set pilots.noise=loud

# a resolved scenario reads back to itself
"$cfisac" validate standard.json >resolved.json
expect 0 validate resolved.json
check 'resolved again' cmp resolved.json out
check 'with its clusters' has out '"aps_per_user": null'

# the noise in pilots is that of access points
expect 0 replay standard.json --drop 0 --quiet --set power.sensing_noise_dbm=-74
json '.network.xi[0][0]' out >users
expect 0 replay standard.json --drop 0 --quiet --set power.sensing_noise_dbm=-74 --set pilots.noise=sensing
check 'more noise, worse estimates' awk -v a="$(cat users)" -v b="$(json '.network.xi[0][0]' out)" 'BEGIN { exit !(b < a && b > 0) }'

# a sweep over the number of access points a user
expect 0 sweep standard.json --over clusters.aps_per_user=1,5,25 --set clusters.mode=strongest --set clusters.aps_per_user=1 \
    --set monte_carlo.realizations=0 --set allocation.method=equal --out grid
check 'a row a value' test "$(wc -l <grid/sweep.csv)" -eq 4
conclude
