#!/bin/bash
# A signal in the middle of long solves and simulations: 60 access points and 60 users on one pilot take minutes a step by the
# cone solver, and a minute for ten thousand starts by the response. Everything ends with 130 and says so.
#   test_stop.sh CFISAC
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$work" || exit 1
set -m # so that the children do not ignore SIGINT

large=(network.aps=60 network.ues=60 pilots.length=1 frame.sensing_symbols=60 network.placement=clamp
       monte_carlo.drops=2 monte_carlo.realizations=0 allocation.tolerance=1e-9)
settings=()
for setting in "${large[@]}"; do settings+=(--set "$setting"); done

# Waits until the process is cfisac and has a handler of SIGTERM: then it computes.
until_caught() {
    local caught
    while [ -d "/proc/$1" ] && [ "$(readlink "/proc/$1/exe")" != "$cfisac" ]; do sleep 0.05; done
    while caught=$(awk '/^SigCgt/ { print $2 }' "/proc/$1/status" 2>/dev/null) && [ -n "$caught" ]; do
        [ $((0x$caught >> 14 & 1)) -eq 1 ] && return
        sleep 0.05
    done
}

# interrupted NAME SIGNAL FILE ARGUMENT...: starts cfisac, waits for its handler and for FILE (or -), and interrupts it.
# Only solve has something to print then.
interrupted() {
    local name=$1 signal=$2 file=$3 pid code
    shift 3
    "$cfisac" "$@" --quiet >out 2>err </dev/null &
    pid=$!
    until_caught "$pid"
    while [ "$file" != - ] && [ ! -s "$file" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    sleep 0.3
    kill "-$signal" "$pid"
    wait "$pid"
    code=$?
    check "$name: exit 130, not $code: $(head -c 300 err)" test "$code" -eq 130
    check "$name: one line" test "$(wc -l <err)" -eq 1
    check "$name: it says interrupted" grep -q '^cfisac: .*interrupted' err
    [ "$1" = solve ] || check "$name: nothing on standard output" test ! -s out
}

echo '{}' >scenario.json
interrupted 'the cone solver' TERM cones/drop00000_start00_step000.cbf run scenario.json "${settings[@]}" --threads 1 \
    --set allocation.solver=socp --export-cbf cones
check 'no drop is finished' has err '0 of 2 drops are finished'
settings+=(--set allocation.starts=10000)
interrupted 'the response' INT - run scenario.json "${settings[@]}" --threads 1 --set allocation.solver=structured
interrupted 'two threads' INT - run scenario.json "${settings[@]}" --threads 2 --set allocation.solver=structured
interrupted 'a replay' TERM - replay scenario.json "${settings[@]}" --drop 1
# links that are simulated: from 10^7 draws an access point takes minutes
settings=(--set network.aps=20 --set network.ues=16 --set network.tx_antennas=16 --set pilots.length=16 --set precoding.realizations=10000000
          --set monte_carlo.drops=2)
interrupted 'simulated links' INT - run scenario.json "${settings[@]}" --set precoding.kind=lp_mmse --threads 1
check 'simulated links: no drop is finished' has err '0 of 2 drops are finished'
interrupted 'simulated links by two threads' TERM - replay scenario.json "${settings[@]}" --set precoding.kind=rzf --drop 1 --threads 2
interrupted 'simulated links with lines of sight' INT - sweep scenario.json "${settings[@]}" --set precoding.kind=lp_mmse \
    --set fading.rician_factor_db=3 --over network.rx_antennas=2,4 --out sweep --threads 1
interrupted 'covariances of large arrays' INT - run scenario.json --set network.tx_antennas=1024 --set fading.correlation=local_scattering \
    --threads 1
for signal in INT TERM; do
    interrupted "solve" "$signal" - solve cones/drop00000_start00_step000.cbf
    check 'solve names the file' has err 'cones/drop00000_start00_step000.cbf: interrupted'
    check 'solve prints what it has' has out 'status            interrupted: '
    interrupted "solve" "$signal" - solve cones/drop00000_start00_step000.cbf --json --repeat 3
    check 'solve: the status' has out '"status": "interrupted",'
    check 'solve: the reason' has out '"stop_reason": "interrupted",'
    check 'solve: the JSON is whole' test "$(tail -n 1 out)" = '}'
done
expect 5 solve cones/drop00000_start00_step000.cbf --json --time-limit 2
check 'the time limit: the status' has out '"status": "time_limit",'
check 'the time limit: the JSON is whole' test "$(tail -n 1 out)" = '}'
check 'the time limit: one line' test "$(wc -l <err)" -eq 1
check 'the time limit is named' has err 'cones/drop00000_start00_step000.cbf: time limit'

conclude
