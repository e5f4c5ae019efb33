#!/bin/bash
# Two runs, sweeps and frontiers of the same drops, compared as a user does.
# Usage: test_compare.sh CFISAC
# shellcheck disable=SC2016 # programs of awk and bash in single quotes
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$work" || exit 1

cat >scenario.json <<'END'
{"name": "compare", "network": {"aps": 8, "ues": 3, "placement": "none"}, "pilots": {"length": 3},
 "sensing": {"crlb_threshold_db": -8}, "monte_carlo": {"drops": 6, "realizations": 0}}
END

# ------------------------------------------------------------------------------------ runs
expect 0 run scenario.json --out a --quiet
expect 0 run scenario.json --set allocation.method=heuristic --out b --quiet
expect 0 compare a b
check 'what differs is told' has out '  allocation.method: "sca", "heuristic"'
check 'the table fits 80 columns' test "$(awk '{ if (length($0) > m) m = length($0) } END { print m }' out)" -le 80
expect 0 compare a b --key sum_rate_bit_s_hz --csv
check 'the difference and its error are those of the tables' awk -F, -v csv="$(tail -n 1 out)" '
    FNR == 1 { file++; for (i = 1; i <= NF; i++) if ($i == "sum_rate_bit_s_hz") c = i; next }
    file == 1 { first[FNR] = $c }
    file == 2 { d = $c - first[FNR]; sum += d; square += d * d; n++ }
    END {
        split(csv, told, ",")
        mean = sum / n
        error = sqrt((square - n * mean * mean) / (n - 1) / n)
        exit !(n == 6 && told[3] == 6 && (told[7] - mean)^2 < 1e-20 && (told[8] - error)^2 < 1e-18)
    }' a/drops.csv b/drops.csv
expect 0 run scenario.json --set allocation.objective=max_min_rate --out fair --quiet
expect 0 compare a fair --key total_power_w
check 'a milliwatt is one whatever its last bit' grep -qE '^total_power_w +0\.001 +0\.001 ' out
expect 3 compare a b --key nothing
check 'keys are columns' has err '--key: a/drops.csv has no nothing (allowed: a column of numbers of drops.csv)'
expect 0 compare b a --key sum_rate_bit_s_hz --csv
check 'the other way round the sign turns' test "$(tail -n 1 out | cut -d, -f7 | cut -c1)" != -
expect 0 run scenario.json --set monte_carlo.drops=9 --set allocation.method=equal --out more --quiet
expect 0 compare a more
check 'drops that only one has are left out' has out 'left out: 3 drops that only one of the two has'
expect 0 run scenario.json --set sensing.crlb_threshold_db=-19 --out hard
check 'some drops are infeasible, not all' bash -c 'n=$(grep -c ,infeasible, hard/drops.csv); [ "$n" -gt 0 ] && [ "$n" -lt 6 ]'
expect 0 compare a hard
check 'infeasible drops are left out in pairs' has out "left out: $(grep -c ,infeasible, hard/drops.csv) pair"
# moved BY DIRECTORY: a copy of a whose sum rates are so much larger, relative, in every other drop
moved() {
    cp -r a "$2"
    awk -F, -v OFS=, -v by="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "sum_rate_bit_s_hz") c = i }
        NR > 1 { $c = sprintf("%.17g", $c * (1 + by * (NR % 2))) } { print }' a/drops.csv >"$2/drops.csv"
}
moved 4e-16 rounded
moved 1e-9 apart
check 'digits differ' test "$(cksum <a/drops.csv)" != "$(cksum <rounded/drops.csv)"
expect 0 compare a rounded
check 'rounding is no difference' grep -qE '^sum_rate_bit_s_hz .* equal +- +6$' out
expect 0 compare a rounded --csv --key sum_rate_bit_s_hz
check 'nor is it in CSV' test "$(tail -n 1 out | cut -d, -f7,8)" = 0,0
expect 0 compare a apart
check 'a billionth is one' grep -qE '^sum_rate_bit_s_hz .* [0-9.]+e-09 +[0-9.]+e-09 +6$' out
"$cfisac" run scenario.json --set sensing.crlb_threshold_db=-60 --out none >/dev/null 2>&1
expect 4 compare a none
check 'no pair at all' has err 'a and none: no drop has a number in both'

# ---------------------------------------------------------------------------------- sweeps
sweep=(sweep scenario.json --over "sensing.crlb_threshold_db=-8,-16,-4" --over "power.snr_db=25,30" --quiet)
expect 0 "${sweep[@]}" --out s
expect 0 sweep scenario.json --over power.snr_db=30,25,20 --over sensing.crlb_threshold_db=-8,-4 --quiet \
    --set allocation.method=heuristic --out t
expect 0 compare s t --key sum_rate_bit_s_hz
check 'columns have names of their own' columns_apart s/sweep.csv t/sweep.csv
check 'points are matched by what they set' has out 'power.snr_db=30, sensing.crlb_threshold_db=-8'
check 'points of one key stand together' test "$(grep -c '^$' out)" -eq 1
check 'points that only one has are left out' has out 'left out: 4 points that only one of the two has'
expect 0 run scenario.json --set power.snr_db=25 --out alone --quiet
expect 0 compare s t
check 'points of several keys stand apart' test "$(grep -c '^$' out)" -eq 4
expect 0 compare s t --key sum_rate_bit_s_hz --csv
check 'a row a point' test "$(wc -l <out)" -eq 5
check 'a point is what its scenario alone gives' awk -F, -v told="$(grep 'snr_db=25, sensing.crlb_threshold_db=-8' out)" '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == "sum_rate_bit_s_hz") c = i; next }
    { sum += $c; n++ }
    END { split(told, cell, ","); exit !(n == 6 && (cell[6] - sum / n)^2 < 1e-20) }' alone/drops.csv
head -c 5000 s/sweep.ndjson >part.ndjson && cp -r s u && cp part.ndjson u/sweep.ndjson
expect 0 compare s u
check 'what is being written is passed over' has out 'left out: '
sed -i '2s/"ok"/"oK"/' u/sweep.ndjson
expect 3 compare s u
check 'a damaged line is told' has err 'u/sweep.ndjson:2: its checksum does not match'

# ------------------------------------------------------------------------------- frontiers
frontier=(frontier scenario.json --between "sum_rate,crlb" --points 1 --quiet)
expect 0 "${frontier[@]}" --out f
expect 0 "${frontier[@]}" --set power.snr_db=27 --out g
expect 0 compare f g
check 'positions are compared' test "$(grep -c '^position ' out)" -eq 3
check 'what is traded is compared' test "$(grep -c '^crlb_rad2 ' out)" -eq 3

# -------------------------------------------------------------------------------- refusals
expect 2 compare a
check 'two directories are wanted' has err 'two directories are compared, but 1 is given'
expect 2 compare a b hard
expect 3 compare a nowhere
check 'a directory without results is named' has err 'nowhere: neither results.json, sweep.json nor frontier.json is there'
expect 3 compare a s
check 'two kinds are told' has err 'a has a run, s a sweep'
expect 3 compare a b --key rate
check 'an unknown key is told' has err '--key: a/drops.csv has no rate'
expect 0 run scenario.json --set seed=2 --out seed --quiet
expect 3 compare a seed
check 'other drops are refused by their key' has err 'a and seed: not the same drops: seed is 1 in the first, 2 in the second'
expect 0 run scenario.json --set network.aps=9 --out nine --quiet
expect 3 compare a nine
check 'other networks, too' has err 'network.aps is 8 in the first, 9 in the second'
conclude
