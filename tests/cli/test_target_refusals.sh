#!/bin/bash
# What cannot be a target at a place is refused by every command that reads it: exit code 3, one line that names the key,
# nothing on standard output, no folder of results. Arguments: the program.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# placed SENSING [NETWORK] [MORE]: two access points at the ends of a street
placed() {
    printf '{"network": {"aps": 2, "ues": 1, "ap_positions_m": [[0, 0], [200, 0]]%s}, "sensing": {"geometry": "target"%s}%s}' "${2:-}" "$1" "${3:-}"
}

# ------------------------------------------------------------------------------ at an access point
refused_by_commands "$(placed ', "target_position_m": [200, 0]')" \
    '/sensing/target_position_m: 0 m from access point 1 (allowed: 1 m or more from each of them)'
refused_by_commands "$(placed ', "target_position_m": [0.6, 0.7]')" '/sensing/target_position_m: 0.922 m from access point 0'
refused_by_commands "$(placed ', "target_position_m": [249.5, 0]' ', "wrap_around": true')" \
    '/sensing/target_position_m: 0.5 m from access point 0'
refused_by_commands "$(placed ', "target_position_m": [0, 0]' '' ', "propagation": {"gain": [[1, 0.5]]}')" \
    '/sensing/target_position_m: 0 m from access point 0'
refused_by_commands "$(placed ', "target_position_m": [0, 0, 0]')" '/sensing/target_position_m: a list of 3 (allowed: a list of 2)'
refused_by_commands "$(placed ', "target_position_m": [10, "x"]')" '/sensing/target_position_m/1: '
refused_by_commands "$(placed ', "target_position_m": [10, 1e8]')" '/sensing/target_position_m/1: 100000000 is out of range'
printf '%s' "$(placed ', "target_position_m": [1, 0]')" >edge.json
expect 0 validate edge.json

# ------------------------------------------------------------------------------- without a target
refused_by_commands '{"sensing": {"position_threshold_m": 5}, "allocation": {"method": "equal"}}' \
    '/sensing/position_threshold_m: given with the sensing.geometry angles, where no target has a place (allowed: null, or the geometry target)'
refused_by_commands '{"sensing": {"target_position_m": [5, 5]}}' '/sensing/target_position_m: given with the sensing.geometry angles'
for echo in distance radar; do
    refused_by_commands "{\"sensing\": {\"echo\": \"$echo\"}, \"propagation\": {\"carrier_ghz\": 3}}" \
        "/sensing/echo: \"$echo\" with the sensing.geometry angles, where there are no ranges (allowed: constant, or the geometry target)"
done

# ---------------------------------------------------------------------------------- beside a target
refused_by_commands '{"sensing": {"geometry": "target", "echo": "radar"}}' \
    '/propagation/carrier_ghz: null with the sensing.echo radar (allowed: a number, in GHz)'
refused_by_commands "$(placed ', "angles_deg": [10, 20]')" \
    '/sensing/angles_deg: given with the sensing.geometry target, whose place says them (allowed: null, or the geometry angles)'
refused_by_commands '{"network": {"aps": 2, "ues": 1}, "propagation": {"gain": [[1, 0.5]]}, "sensing": {"geometry": "target"}}' \
    '/network/ap_positions_m: null with propagation.gain and the sensing.geometry target, which is seen from there (allowed: L positions [x, y], or the geometry angles)'
for echo in distance radar; do
    refused_by_commands "$(placed ", \"echo\": \"$echo\", \"path_gain\": [[0.01, 0.01], [0.01, 0.01]]" '' ', "propagation": {"carrier_ghz": 3}')" \
        "/sensing/path_gain: a matrix with the sensing.echo $echo, which says every amplitude (allowed: a number, or the echo constant)"
done
refused_by_commands "$(placed ', "echo": "loud"')" '/sensing/echo: text "loud" is unknown (allowed: constant, distance, radar)'
refused_by_commands "$(placed ', "echo": "radar", "rcs_m2": 0' '' ', "propagation": {"carrier_ghz": 3}')" '/sensing/rcs_m2: 0 is out of range'

for probability in 1 2 0 -1; do
    refused_by_commands "$(placed ", \"false_alarm_probability\": $probability")" \
        "/sensing/false_alarm_probability: $probability is out of range (allowed: a number from 1e-300, below 1)"
done
refused_by_commands "$(placed ', "detection_threshold": 1')" \
    '/sensing/detection_threshold: 1 is out of range (allowed: null; a number strictly between 0 and 1)'
refused_by_commands "$(placed ', "swerling": 2')" '/sensing/swerling: 2 is out of range (allowed: a whole number 0 .. 1)'
refused_by_commands "$(placed ', "position_threshold_m": 0')" '/sensing/position_threshold_m: 0 is out of range'

# echoes of one antenna each way say nothing about angles
refused_by_commands "$(placed '' ', "tx_antennas": 1, "rx_antennas": 1' ', "monte_carlo": {"estimator": "ml"}')" \
    '/monte_carlo/estimator: "ml" with one transmit and one receive antenna, whose echoes say nothing about angles (allowed: none, or more antennas)'

# a place that no drawn access point can keep away from: found when the drop is drawn
printf '%s' '{"network": {"aps": 2, "ues": 1, "area_m": [1, 1], "placement": "none"},
 "sensing": {"geometry": "target", "target_position_m": [0.5, 0.5]}, "monte_carlo": {"drops": 1}}' >bad.json
expect 3 run bad.json --json
check "no place: one line, $(cat err)" test "$(grep -vc warning err)" -eq 1
check "no place: says why, not $(cat err)" has err 'target_position_m: no place for an access point in drop 0 that is 1 m from it'

# --------------------------------------------------------------------------------------- remarks
# remarked SCENARIO TEXT: one warning more than without
remarked() {
    printf '%s' "$1" >odd.json
    expect 0 validate odd.json
    check "$1: a warning $2, not $(cat err)" test "$(grep -cF "$2" err)" -eq 1
}
remarked '{"frame": {"sensing_symbols": 191}, "pilots": {"length": 10}}' \
    'frame.sensing_symbols: 191 do not fit into a coherence block of 200 symbols with 10 pilots: within one channel there are 190'
printf '%s' '{"frame": {"sensing_symbols": 190}, "pilots": {"length": 10}}' >even.json
expect 0 validate even.json
check "a full block is no matter: $(cat err)" test "$(grep -c sensing_symbols err)" -eq 0
remarked "$(placed ', "detection_threshold": 0.001, "crlb_threshold_db": null')" \
    'sensing.detection_threshold: 0.001 is always met: false alarms alone have sensing.false_alarm_probability, 0.001'
remarked "$(placed ', "target_position_m": [150, 400], "crlb_threshold_db": null' '' ', "monte_carlo": {"estimator": "ml"}')" \
    'network.area_m: the target, at [150, 400], is outside the area of 250 m by 250 m, where monte_carlo.estimator looks for it'
for inside in "$(placed ', "target_position_m": [150, 250], "crlb_threshold_db": null' '' ', "monte_carlo": {"estimator": "ml"}')" \
    "$(placed ', "target_position_m": [150, 400], "crlb_threshold_db": null')" \
    "$(placed ', "target_position_m": [150, 400], "crlb_threshold_db": null' ', "wrap_around": true' ', "monte_carlo": {"estimator": "ml"}')"; do
    printf '%s' "$inside" >even.json
    expect 0 validate even.json
    check "$inside: is no matter: $(cat err)" test "$(grep -c network.area_m err)" -eq 0
done
remarked "$(placed ', "rcs_m2": 2')" 'sensing.rcs_m2: ignored by the sensing.echo constant'
remarked "$(placed ', "echo": "radar", "path_gain": 0.1' '' ', "propagation": {"carrier_ghz": 3}')" \
    'sensing.path_gain: ignored by the sensing.echo radar'

conclude
