#!/bin/bash
# A target at a place, end to end: where access points see it, in replay and in the tables; the worked example to its digits.
# Arguments: the program, the top of the project.
# shellcheck disable=SC2016 # programs of awk and jq
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# close VALUE EXPECTED DIGITS: they agree to a unit of the last digit
close() { awk -v a="$1" -v b="$2" -v d="$3" 'BEGIN { e = a - b; exit !(e * e <= 10 ^ (-2 * d)) }'; }
# element PATH I: of the network of the last replay
element() { jq -r ".network.$1[$2]" out; }

# -------------------------------------------------------------------------------- worked example
cat >example.json <<'END'
{"network": {"aps": 3, "ues": 2, "ap_positions_m": [[0, 0], [200, 0], [100, 180]], "array_orientation_deg": [45, 135, -90], "placement": "none"},
 "sensing": {"geometry": "target", "target_position_m": [90, 70], "echo": "distance", "path_gain": 0.01, "crlb_threshold_db": null},
 "allocation": {"method": "equal"}, "monte_carlo": {"drops": 1, "realizations": 0}}
END
expect 0 replay example.json --drop 0
range=(114.017543 130.384048 110.453610) angle=(-7.125016 12.528808 -5.194429)
for l in 0 1 2; do
    check "range $l" close "$(element target_range_m $l)" "${range[l]}" 6
    check "angle $l" close "$(element angles_deg $l)" "${angle[l]}" 6
done
check 'its position' test "$(jq -c .network.target_position_m out)" = '[90,70]'
check 'the arrays' test "$(jq -c '.network.array_orientation_deg | map(round)' out)" = '[45,135,-90]'

# information goes with abs(alpha_ll)^2, here 1 / d^4 of each access point's own: amplitudes by range against equal ones
jq -c .closed_form.crlb_own_echo_rad2 out >by_range
expect 0 replay example.json --drop 0 --set sensing.echo=constant
jq -c .closed_form.crlb_own_echo_rad2 out >constant
for l in 0 1 2; do
    check "echo of access point $l" close "$(jq -n --slurpfile a by_range --slurpfile b constant "\$a[0][$l] / \$b[0][$l]")" \
        "$(awk -v d="${range[l]}" 'BEGIN { print (d / 100) ^ 4 }')" 5
done
# at 1 GHz an RCS of 1 m^2 and 100 m: abs(alpha) = 0.29979 / sqrt(4 pi)^3 / 100^2 = 6.72986e-7
expect 0 replay example.json --drop 0 --set sensing.echo=radar --set propagation.carrier_ghz=1
jq -c .closed_form.crlb_own_echo_rad2 out >radar
check 'the radar equation' close \
    "$(jq -n --slurpfile a by_range --slurpfile b radar '$b[0][1] / $a[0][1] * (6.729858096e-7 / 0.01 | . * .)')" 1 5

# ---------------------------------------------------------------------------------------- tables
expect 0 run example.json --set monte_carlo.drops=3 --set sensing.target_position_m=null \
    --set network.ap_positions_m=null --set network.array_orientation_deg=inward --out drawn
for drop in 0 1 2; do
    expect 0 replay example.json --set sensing.target_position_m=null --set network.ap_positions_m=null \
        --set network.array_orientation_deg=inward --drop "$drop"
    check "aps.csv of drop $drop has ranges and bearings of its target" awk -F, -v drop="$drop" \
        -v x="$(element target_position_m 0)" -v y="$(element target_position_m 1)" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; pi = atan2(0, -1); next }
        $1 == drop { n++
            dx = x - $at["x_m"]; dy = y - $at["y_m"]; e = sqrt(dx * dx + dy * dy) - $at["range_m"]
            f = atan2(dy, dx) * 180 / pi - $at["bearing_deg"]
            # an array that faces the centre: the angle between the target and there, before it or behind
            s = sin(atan2(dy, dx) - atan2(125 - $at["y_m"], 125 - $at["x_m"])) - sin($at["angle_deg"] * pi / 180)
            if (e * e > 1e-20 || f * f > 1e-20 || s * s > 1e-20) exit 1 }
        END { exit n != 3 }' drawn/aps.csv
done
check 'drops have targets of their own' test "$(awk -F, 'NR > 1 && $2 == 0 { print $6 }' drawn/aps.csv | sort -u | wc -l)" -eq 3
echo '{}' >paper.json
expect 0 run paper.json --out angles --set monte_carlo.drops=1 --set monte_carlo.realizations=0 --set allocation.method=equal
check 'without a target there are no ranges' test "$(awk -F, 'NR > 1 { print $6 $7 }' angles/aps.csv | sort -u)" = nannan
expect 0 replay paper.json --drop 0 --set monte_carlo.realizations=0 --set allocation.method=equal
check 'nor in replay' test "$(jq -c '.network | [.target_position_m, .target_range_m, .target_bearing_deg, .array_orientation_deg]' out)" = \
    '[null,null,null,null]'

# ------------------------------------------------------------------------------------------ draws
# place OPTION...: where drop 5 has its target
place() {
    expect 0 replay paper.json --drop 5 --set sensing.geometry=target --set monte_carlo.realizations=0 --set allocation.method=equal "$@"
    jq -c .network.target_position_m out
}
here=$(place)
check 'neither threads' test "$(place --threads 2)" = "$here"
check 'nor access points' test "$(place --set network.aps=40)" = "$here"
check 'nor users' test "$(place --set network.ues=6 --set pilots.length=6)" = "$here"
check 'nor echoes move the target' test "$(place --set sensing.echo=distance --set sensing.path_phase_deg=random)" = "$here"
check 'but a seed does' test "$(place --set seed=2)" != "$here"

conclude
