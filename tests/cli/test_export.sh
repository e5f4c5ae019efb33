#!/bin/bash
# run --export-cbf: every problem has a map that names all its variables and rows, and by scripts/read_cbf.py another solver
# finds the same values, in powers that are the run's where the run reads them from that one problem. Arguments: the program,
# the top of the project. Skipped without CVXOPT.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
top=$(realpath "$2")
cd "$work" || exit 1

for python in python3 /usr/bin/python3; do
    "$python" -c 'import cvxopt' 2>/dev/null && break
    python=
done
if [ -z "$python" ]; then
    echo 'skipped: no CVXOPT for Python 3 (Debian: python3-cvxopt)'
    exit 77
fi
export PYTHONDONTWRITEBYTECODE=1

cat >small.json <<'JSON'
{"network": {"aps": 4, "ues": 3, "area_m": [250, 250], "min_distance_m": 20}, "pilots": {"length": 3},
 "power": {"ap_limit_dbm": -4}, "sensing": {"geometry": "target", "echo": "distance", "crlb_threshold_db": -10},
 "allocation": {"solver": "socp", "max_iterations": 1, "starts": 1}, "monte_carlo": {"drops": 1, "realizations": 0}}
JSON

# exports WORDS [--same] SETTING...: a run for tests/cli/exported.py to look at; names in the map are these. --same: the run's
# powers are those of its last problem.
exports() {
    local words=$1 same='' settings=() setting
    shift
    if [ "$1" = --same ]; then
        same=same
        shift
    fi
    for setting in "$@"; do settings+=(--set "$setting"); done
    mkdir "$*"
    expect 0 run small.json "${settings[@]}" --export-cbf "$*/cones" --json
    cp out "$*/results.json"
    printf '%s|%s|%s\n' "$*" "$words" "$same" >>list
}

# steps of successive convex approximation
exports 'rate_factor mean communication_power threshold share budget limit' allocation.surrogate=product
exports 'quadratic_terms not_negative' --same allocation.surrogate=fractional pilots.length=2
exports 'sensing_product sensing_linear sensing_root' --same allocation.surrogate=fractional allocation.crlb_constraint=sca
exports 'logarithm sinr_gain sinr target' allocation.rate_target_bit_s_hz=0.1
exports 'rate_logarithm coherent_interference' allocation.objective=proportional_fair pilots.length=2
exports 'rate_factor' precoding.kind=zf precoding.realizations=50
exports 'user_power stream threshold' fading.correlation=local_scattering
exports 'least raised' allocation.objective=max_min_rate precoding.kind=mr fading.rician_factor_db=3 pilots.length=2
exports 'shared_information illumination illuminates' sensing.crlb_model=noncoherent
exports 'position kept_power kept' sensing.position_threshold_m=40 sensing.crlb_threshold_db=null pilots.length=2
exports 'raised information' allocation.objective=min_crlb pilots.length=2 precoding.kind=zf precoding.realizations=50

# convex ones
exports 'factor signal_part load signal interference sum_of_users sensing_power' --same allocation.objective=min_power \
    allocation.rate_target_bit_s_hz=0.5
exports 'factor information' allocation.objective=min_crlb
exports 'position' allocation.objective=min_position_error sensing.crlb_threshold_db=null
exports 'radiated_amplitude user_sinr factor_root amplitudes' --same allocation.objective=min_power pilots.length=2 \
    allocation.rate_target_bit_s_hz=0.5
exports 'limit_root' allocation.objective=max_min_rate pilots.length=2
exports 'user_sinr radiated_amplitude' --same allocation.objective=min_power allocation.rate_target_bit_s_hz=0.05 pilots.length=2 \
    sensing.crlb_threshold_db=null fading.correlation=local_scattering
exports 'load' allocation.objective=max_min_rate
check 'another solver finds the same, and rows are what their names say' \
    "$python" "$top/tests/cli/exported.py" "$top/scripts/read_cbf.py" "$cfisac" <list

# the command, on its own files and on others
cp -r 'allocation.objective=min_crlb/cones' cones
"$python" "$top/scripts/read_cbf.py" cones/*.cbf --powers >out 2>err
ended=$?
check 'the reader ends well' test "$ended" -eq 0
check 'it says the value' grep -q 'cvxopt: optimal, objective' out
check 'and the powers of every access point' test "$(grep -c '^ *[0-3]  ' out)" -eq "$((4 * $(find cones -name '*.cbf' | wc -l)))"
"$python" "$top/scripts/read_cbf.py" --list cones/*.cbf >out
check 'it lists names and meanings' grep -qE "^  sensing_power +4  W     power of an access point's sensing beam$" out
file=$top/tests/cbf/rotated_rows.cbf
value=$("$cfisac" solve "$file" --json | sed -n 's/^  "primal_objective": \(.*\),$/\1/p')
theirs=$("$python" "$top/scripts/read_cbf.py" "$file" | sed -n 's/.*optimal, objective //p')
check "$(basename "$file"): $theirs is $value" awk -v a="$value" -v b="$theirs" 'BEGIN { d = a - b; exit !(d * d <= 1e-12 * (1 + a * a)) }'
sed '/^CON/,$d' "$file" >bad.cbf
printf 'CON\n1 1\nEXP 1\n' >>bad.cbf
"$python" "$top/scripts/read_cbf.py" bad.cbf 2>err
ended=$?
check 'what it does not know is one line' test "$ended" -eq 1 -a "$(wc -l <err)" -eq 1
check 'that names file, line and what is allowed' grep -qE "^read_cbf.py: bad.cbf:[0-9]+: cone 'EXP' \(allowed: F, L=, L\+, L-, Q, QR\)$" err
# refused FILE TEXT: reading it ends with this one line
refused() {
    "$python" "$top/scripts/read_cbf.py" "$1" 2>err
    ended=$?
    check "$1: $2, not $(cat err)" test "$ended" -eq 1 -a "$(cat err)" = "read_cbf.py: $2"
}
printf '%s\n' VER 3 OBJSENSE MIN VAR '2 1' 'F 2' OBJACOORD 1 '2 1.0' >many.cbf
refused many.cbf 'many.cbf: an entry of variable 2 (allowed: 0 .. 1)'
printf '%s\n' VER 3 OBJSENSE MIN VAR '2 1' 'F 2' >none.cbf
echo '[]' >none.json
refused none.cbf 'none.json: map_version None (allowed: 1)'
echo '{"map_version": 1, "variables": []}' >none.json
refused none.cbf 'none.json: number 0 of variables has 0 names (allowed: 1)'
echo '{"map_version": 1}' >none.json
refused none.cbf "none.json: 'variables' is missing"
"$python" "$top/scripts/read_cbf.py" nowhere.cbf 2>err
check 'a file that is not there is named' test "$(cat err)" = 'read_cbf.py: nowhere.cbf: cannot be read: No such file or directory'
for what in --list --powers; do
    "$python" "$top/scripts/read_cbf.py" cones/*.cbf "$what" 2>err | true
    check "$what: a closed pipe is quiet" test "${PIPESTATUS[0]}" -eq 0 -a ! -s err
done
"$python" "$top/scripts/read_cbf.py" "$file" --powers 2>err
check 'powers without a map are refused' grep -q 'there is no map beside it' err
conclude
