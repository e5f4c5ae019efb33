#!/bin/bash
# Without memory: every allocation fails once, addresses are short, threads cannot be had. Each command ends with its
# result, or with exit code 5 and one line. Usage: test_out_of_memory.sh CFISAC [EVERY_ALLOCATION.so]
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
preload=${2:+$(realpath "$2")}
cd "$work" || exit 1
if grep -q __asan_init "$cfisac"; then
    echo 'skipped: a sanitizer reserves terabytes of addresses and has an allocator of its own, so that no limit and no fault reaches the program'
    exit 77
fi

cat >small.json <<'END'
{"name": "small", "network": {"aps": 6, "ues": 2}, "pilots": {"length": 2},
 "sensing": {"crlb_threshold_db": -8}, "monte_carlo": {"drops": 4, "realizations": 20}}
END
printf '1e-9,2e-9,3e-9,1e-9,2e-9,3e-9\n2e-9,1e-9,1e-9,1e-9,2e-9,3e-9\n' >gain.csv
echo '{"powers_w": [[1e-9, 2e-9, 3e-9, 1e-9, 2e-9, 3e-9], [2e-9, 1e-9, 0, 0, 2e-9, 3e-9]]}' >powers.json
cat >solvable.cbf <<'END'
VER
1
OBJSENSE
MIN
VAR
3 1
Q 3
CON
1 1
L= 1
OBJACOORD
1
0 1.0
ACOORD
2
0 1 1.0
0 2 2.0
BCOORD
1
0 -3.0
END

# ---------------------------------------------------------------------------- every allocation
# every MOST ARGUMENT...: about MOST children with one failing allocation, and as many with all from one on.
every() {
    local most=$1
    shift
    cases=$((cases + 1))
    FAIL_REPORT=$work/report FAIL_MOST=$most OPENBLAS_NUM_THREADS=1 LD_PRELOAD=$preload "$cfisac" "$@" >out 2>err </dev/null
    check "cfisac $*: something was tried" grep -qE '^([3-9]|[0-9]{2,}) children, ' report
    check "cfisac $*: every allocation that fails is told: $(head -n 5 report | cut -c 1-300)" grep -q 'children, 0 faults$' report
}
if [ -n "$preload" ]; then
    every 1000 --version
    every 1000 --help
    every 1000 help sweep
    every 1000 schema
    every 1000 validate small.json --quiet --set name=other --set pilots.assignment=random --set 'network.area_m=[1,2]'
    every 1000 validate small.json --quiet --set propagation.gain=gain.csv
    every 1000 validate small.json --quiet --set allocation.method=given --set allocation.powers_w=powers.json
    every 1000 sweep small.json --set allocation.method=given --over allocation.powers_w=powers.json --dry-run --quiet
    every 1000 sweep small.json --over network.aps+pilots.length=4,6+3,4 --over 'pilots.assignment=["cyclic", "random"]' --dry-run --quiet
    every 1000 run small.json --quiet --threads 1
    every 200 run small.json --quiet --threads 1 --set fading.correlation=local_scattering --set fading.rician_factor_db=3 --set pilots.length=1
    every 200 run small.json --quiet --threads 1 --json --set allocation.solver=socp
    every 200 run small.json --quiet --threads 3
    every 100 run small.json --quiet --threads 3 --set monte_carlo.drops=1 --set monte_carlo.realizations=100
    every 100 run small.json --quiet --threads 1 --out files --force
    every 60 run small.json --quiet --threads 1 --export-cbf files --check --set monte_carlo.drops=1
    every 1000 replay small.json --drop 0 --threads 1 --quiet
    FAIL_CUT='  set-up' every 1000 solve solvable.cbf
    # a sweep of one drop, every allocation of it: also those of the C library when a line is closed
    FAIL_BEFORE='rm -rf d' every 3000 sweep small.json --over network.aps=4 --set monte_carlo.drops=1 --quiet --threads 1 --out d \
        --set monte_carlo.realizations=0 --set allocation.method=equal
    # a sweep that goes on, one that is mended, one that grows, and a merge: no line is lost, and the end is the same
    swept=(small.json --over 'network.aps=4,6' --set monte_carlo.drops=2 --quiet --threads 1)
    expect 0 sweep "${swept[@]}" --out whole
    cp -r whole half
    head -n 3 whole/sweep.ndjson >half/sweep.ndjson
    rm half/sweep.csv
    FAIL_CUT='  last written' every 100 sweep --status half
    every 100 sweep --status .
    cp -r whole damaged
    second=$(head -n 1 whole/sweep.ndjson | wc -c)
    printf '\0\0\0' | dd of=damaged/sweep.ndjson bs=1 seek=$((second + 700)) conv=notrunc 2>dd.log
    expect 0 sweep small.json --over network.aps=4 --set monte_carlo.drops=1 --quiet --out smaller
    for shard in 1 2; do
        expect 0 sweep "${swept[@]}" --shard "$shard/2" --out "shard-$shard"
    done
    cat >after.sh <<END
for line in 1 2 3; do sed -n "\${line}p" half/sweep.ndjson | grep -qFxf - "\$1/sweep.ndjson" || [ "\$2" -lt "\$line" ] || exit 1; done
'$cfisac' sweep ${swept[*]} --out \$1 --resume >/dev/null 2>&1 && cmp whole/sweep.ndjson \$1/sweep.ndjson && cmp whole/sweep.csv \$1/sweep.csv
END
    FAIL_BEFORE='rm -rf d; cp -r half d' FAIL_AFTER='bash after.sh d 3' every 50 sweep "${swept[@]}" --out d --resume
    FAIL_BEFORE='rm -rf d; cp -r damaged d' FAIL_AFTER='bash after.sh d 1' every 25 sweep "${swept[@]}" --out d --resume
    FAIL_BEFORE='rm -rf d; cp -r smaller d' FAIL_AFTER='bash after.sh d 0' every 50 sweep "${swept[@]}" --out d --resume
    FAIL_BEFORE='rm -rf m' FAIL_AFTER='cmp shard-1/sweep.ndjson s1.ndjson && cmp shard-2/sweep.ndjson s2.ndjson'
    export FAIL_BEFORE FAIL_AFTER
    cp shard-1/sweep.ndjson s1.ndjson
    cp shard-2/sweep.ndjson s2.ndjson
    every 50 merge --out m shard-1 shard-2
    unset FAIL_BEFORE FAIL_AFTER
    check 'and the merge is the whole' cmp -s m/sweep.ndjson whole/sweep.ndjson
    # frontiers, and comparisons of all kinds
    traded=(frontier small.json --between 'sum_rate,crlb' --points 1 --set monte_carlo.drops=2 --quiet --threads 1)
    FAIL_BEFORE='rm -rf d' every 100 "${traded[@]}" --out d
    expect 0 "${traded[@]}" --out trade
    every 100 compare trade trade
    every 100 compare files files --key sum_rate_bit_s_hz
    every 100 compare whole whole --csv
else
    echo 'without the faults of allocations: they need glibc'
fi

# ---------------------------------------------------------------------------- short of addresses
# within KILOBYTES ARGUMENT...: exit code 0 with nothing but warnings on standard error, or 5 with one line.
within() {
    local limit=$1 code
    shift
    cases=$((cases + 1))
    (ulimit -v "$limit" && exec timeout -k 1 30 "$cfisac" "$@") >out 2>err </dev/null
    code=$?
    case $code in
    0) [ -s err ] && complain "$limit kB, cfisac $*: $(head -c 300 err)" ;;
    5) [ "$(grep -c '^cfisac: out of memory' err) $(wc -l <err)" = '1 1' ] || complain "$limit kB, cfisac $*: $(head -c 300 err)" ;;
    127) has err 'error while loading shared libraries' || complain "$limit kB, cfisac $*: $(head -c 300 err)" ;; # of the system
    *) complain "$limit kB, cfisac $*: ended with $code: $(head -c 300 err)" ;;
    esac
    ended+=("$code")
}
"$cfisac" run small.json --quiet >expected
commands=(--version --help schema 'validate small.json --quiet' 'run small.json --quiet' 'run small.json --quiet --threads 5'
    'replay small.json --drop 0 --quiet' 'solve solvable.cbf')
ended=()
n=0
for limit in {20000..400000..10000}; do
    for i in 0 4 $((n % ${#commands[@]})); do
        # shellcheck disable=SC2086 # the words of the command
        within "$limit" ${commands[i]}
        if [ "${ended[-1]}" -eq 0 ] && [ "$i" -eq 4 ]; then
            check "$limit kB: the same result" cmp -s expected out
        fi
    done
    n=$((n + 1))
done
check 'some limits are enough, some are not' test "$(printf '%s\n' "${ended[@]}" | sort -nu | tr '\n' ' ')" = '0 5 127 '
within 400000 run small.json --quiet
check '400 MB are enough for a run' test "${ended[-1]}" -eq 0

# ---------------------------------------------------------------------------------- no threads
# Stacks for a thousand threads are more than the limit: the run goes on with those there are.
for drops in 4 2000; do
    "$cfisac" run small.json --quiet --set monte_carlo.drops=$drops --threads 1 >expected
    for limit in 300000 600000; do
        within "$limit" run small.json --quiet --set monte_carlo.drops=$drops --threads 1000
        check "$drops drops: a thousand threads in $limit kB" test "${ended[-1]}" -eq 0
        check "$drops drops: the same result with the threads there are" cmp -s expected out
    done
done
if [ "$(id -u)" -ne 0 ]; then # the limit does not bind root
    (ulimit -u 1 && exec "$cfisac" run small.json --quiet --set monte_carlo.drops=2000 --threads 8) >out 2>err
    check 'no thread at all: the run goes on by itself' test $? -eq 0
    check 'no thread at all: the same result' cmp -s expected out
fi

conclude
