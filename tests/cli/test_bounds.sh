#!/bin/bash
# Thresholds and bounds as a user meets them: none at all (null), and signals that have directions. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

echo '{"monte_carlo": {"drops": 2, "realizations": 10}}' >paper.json
# json FILTER FILE: what jq says
json() { jq -r "$1" "$2"; }

# ---------------------------------------------------------------------------------- no threshold
none=(--set sensing.crlb_threshold_db=null)
expect 0 run paper.json "${none[@]}" --out free
check 'nothing is wrong without a threshold' test ! -s err
check 'the heading says that there is none' has out 'bound own_echo, no threshold'
check 'and no unit of it' test -z "$(grep 'no threshold (dB' out)"
check 'no power is spent on sensing' test "$(json '[.drops[].allocation.sensing_powers_w[]] | max' free/results.json)" = 0
check 'nothing is violated' test "$(json '[.drops[].allocation.max_constraint_violation] | max < 1e-9' free/results.json)" = true
check 'no factor reaches the edge of feasibility' test "$(json '.drops[0].allocation.least_threshold_factor_db' free/results.json)" = null
check 'bounds are told all the same' test "$(json '.drops[0].closed_form.crlb_own_echo_rad2[0] > 0' free/results.json)" = true
check 'the resolved scenario says null' test "$(json '.scenario.sensing.crlb_threshold_db' free/results.json)" = null
json .scenario free/results.json >resolved.json
expect 0 run resolved.json --out again
check 'and reads back to itself' cmp free/drops.csv again/drops.csv
if command -v gnuplot >gnuplot.path; then
    (cd free && gnuplot plots.gp >../gnuplot.out 2>&1)
    check 'pictures are drawn without it' test -z "$(grep -i -e warning -e error -e undefined gnuplot.out)"
fi
for method in none equal heuristic; do
    expect 0 run paper.json "${none[@]}" --set allocation.method=$method --out split_$method
done
expect 0 run paper.json "${none[@]}" --set network.rx_antennas=1 --set network.tx_antennas=8 --set pilots.length=2 \
    --set allocation.solver=structured
expect 0 run paper.json "${none[@]}" --set sensing.crlb_model=multistatic
expect 3 run paper.json --set sensing.crlb_model=multistatic
expect 3 run paper.json --set 'sensing.crlb_threshold_db=[null, -5]'
check 'a list has numbers' has err 'crlb_threshold_db'
expect 0 sweep paper.json --set sweep='{"sensing.crlb_threshold_db": [null, -5]}' --out sweep
check 'null is one point of a sweep' test "$(wc -l <sweep/sweep.csv)" -eq 3

# ---------------------------------------------------------------------- signals that have directions
cat >directed.json <<'END'
{"network": {"aps": 4, "ues": 3}, "fading": {"correlation": "local_scattering", "rician_factor_db": 10},
 "sensing": {"crlb_threshold_db": -8}, "monte_carlo": {"drops": 3, "realizations": 300}}
END
expect 0 run directed.json --out directed
check 'cones take the steps' test "$(json '[.drops[].allocation.solver] | unique | join(" ")' directed/results.json)" = socp
check 'thresholds hold' test "$(json '[.drops[].allocation.max_constraint_violation] | max < 1e-9' directed/results.json)" = true
check 'bounds are the allowed ones at most' test "$(json '[.drops[].closed_form.crlb_own_echo_rad2[]] | max <= 0.158489320' directed/results.json)" = true
for bound in own_echo multistatic; do
    check "the Monte Carlo meets $bound" test "$(json "[.drops[] | [.closed_form.crlb_${bound}_rad2, .monte_carlo.crlb_${bound}_rad2, .monte_carlo.crlb_${bound}_std_error_rad2] | transpose[] | (.[0] - .[1]) / .[2] | fabs] | max < 5" directed/results.json)" = true
done
expect 4 run directed.json --set sensing.crlb_threshold_db=-80 --quiet
check 'an infeasible drop says by how much thresholds must give way' has err 'threshold'
expect 3 run directed.json --set allocation.solver=structured
check 'the response knows no such thresholds' has err 'allocation.solver: "structured" with sensing.crlb_threshold_db where fading has directions is not available'
expect 0 run directed.json --set allocation.solver=structured "${none[@]}" --set monte_carlo.realizations=0
expect 3 run directed.json --set allocation.crlb_constraint=sca
check "nor does the paper's approximation" has err 'allocation.crlb_constraint: "sca" where fading has directions is not available'
expect 0 run directed.json --set allocation.method=heuristic --set monte_carlo.realizations=0 --out split_directed
check 'the heuristic split holds them too' test "$(json '[.drops[].allocation.max_constraint_violation] | max < 1e-9' split_directed/results.json)" = true
expect 0 run directed.json --set pilots.length=2 --set allocation.starts=2 --set monte_carlo.realizations=0

conclude
