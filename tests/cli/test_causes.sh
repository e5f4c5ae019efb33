#!/bin/bash
# Causes as a user meets them: what makes drops infeasible, in files, table, verdict and journal, with factors that are
# just enough; and the warning about a sweep's empty columns. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

cat >small.json <<'END'
{"network": {"aps": 4, "ues": 2}, "allocation": {"starts": 1}, "monte_carlo": {"drops": 1, "realizations": 0}}
END

# member NAME: the value of a member of the one infeasible_because in out
member() { sed -n '/"infeasible_because": {/,/}/s/.*"'"$1"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' out; }
# db FACTOR: in decibels
db() { awk -v f="$1" 'BEGIN { printf "%.9f", 10 * log(f) / log(10) }'; }
sum() { awk -v a="$1" -v b="$2" -v c="$3" 'BEGIN { printf "%.9f", a + b + c }'; }

# the budget: one factor of it is enough, a thousandth less (0.0043 dB) is not
expect 4 run small.json --set sensing.crlb_threshold_db=-50 --json
check 'the budget is named' test "$(member constraint)" = power.snr_db
check 'and an access point' grep -qx '[0-3]' <(member ap)
check 'no user is' test "$(member ue)" = null
check 'the verdict says so' has err "access point $(member ap) costs most; the total power (power.snr_db) is "
raise=$(db "$(member factor)")
expect 0 run small.json --set sensing.crlb_threshold_db=-50 --set "power.snr_db=$(sum 30 "$raise" 1e-8)"
expect 4 run small.json --set sensing.crlb_threshold_db=-50 --set "power.snr_db=$(sum 30 "$raise" -0.0043)"
expect 4 run small.json --set sensing.crlb_threshold_db=-50
check 'the table names the drops' grep -q '^  infeasible: ' out
check 'and the constraint' bash -c 'tr -s "\n " " " <out |
    grep -q " drop 0: access point [0-3] costs most; the total power (power.snr_db) is [0-9.]* dB short "'

# one threshold
expect 4 run small.json --set 'sensing.crlb_threshold_db=[-5,-5,-60,-5]' --json
check 'the threshold is named' test "$(member constraint),$(member ap)" = sensing.crlb_threshold_db,2
raise=$(db "$(member factor)")
expect 0 run small.json --set "sensing.crlb_threshold_db=[-5,-5,$(sum -60 "$raise" 1e-8),-5]"
check 'a feasible drop names nothing' test -z "$(member constraint)"
expect 4 run small.json --set "sensing.crlb_threshold_db=[-5,-5,$(sum -60 "$raise" -0.0043),-5]"

# one limit
expect 4 run small.json --set 'power.ap_limit_dbm=[0,-60,0,0]' --json
check 'the limit is named' test "$(member constraint),$(member ap)" = power.ap_limit_dbm,1
raise=$(db "$(member factor)")
expect 0 run small.json --set "power.ap_limit_dbm=[0,$(sum -60 "$raise" 1e-8),0,0]"
expect 4 run small.json --set "power.ap_limit_dbm=[0,$(sum -60 "$raise" -0.0043),0,0]"

# no information
expect 4 run small.json --set network.tx_antennas=1 --set network.rx_antennas=1 --json
check 'without information there is no factor' test "$(member constraint),$(member ap),$(member factor)" = \
    sensing.crlb_threshold_db,0,null

# a journal's line, and the verdict over a sweep
expect 4 sweep small.json --over sensing.crlb_threshold_db=-60,-50 --out hopeless
check 'the line says why' grep -q '"infeasible_because": {"constraint": "power.snr_db", "ap": [0-3], "ue": null, "factor": [0-9.]*}' \
    hopeless/sweep.ndjson
check 'the verdict names the easiest drop and its cause' grep -q '(drop 0 of point [01]); there access point [0-3] costs most' err

# empty paired columns
warning='sweep.csv: the paired columns are empty for network.aps=4: no drop is feasible at every swept sensing.crlb_threshold_db'
over=(--over 'network.aps=4,32' --over 'sensing.crlb_threshold_db=-5,-8,-60' --set monte_carlo.drops=2)
expect 0 sweep small.json "${over[@]}" --out empty
check 'the curve is named, once' test "$(grep -cF "$warning" err)" -eq 1
check 'with the tightest usable threshold' has err \
    'the tightest usable one is -8 dB: without those below it 2 drops would be paired'
check 'the columns are empty' grep -qE '^0,.*,0,nan,nan,' empty/sweep.csv
expect 0 sweep small.json "${over[@]}" --out empty --resume
check 'resuming a finished sweep says it again' has err "$warning"
expect 0 sweep small.json "${over[@]}" --out empty --force --quiet
check 'but not with --quiet' test ! -s err
expect 0 sweep small.json --over network.aps=4,32 --over sensing.crlb_threshold_db=-5,-8 --set monte_carlo.drops=2 --out full
check 'paired columns that are not empty get no warning' test "$(grep -cF 'paired columns' err)" -eq 0
for shard in 1 2; do
    expect 0 sweep small.json "${over[@]}" --shard "$shard/2" --out "part$shard"
    check 'a shard has no table to warn about' test "$(grep -cF 'paired columns' err)" -eq 0
done
expect 0 merge --out joined part1 part2
check 'a merge warns' has err "$warning"

conclude
