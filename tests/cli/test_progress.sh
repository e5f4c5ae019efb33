#!/bin/bash
# Progress where standard error is no terminal, as in the log of a job: a line for every 20 s that pass, by a clock that
# only goes on when it is read.
# Usage: test_progress.sh CFISAC CLOCK.so     (needs bash and coreutils only)
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
use_clock "$2"
cd "$work" || exit 1

cat >scenario.json <<'END_OF_SCENARIO'
{"name": "progress", "network": {"aps": 4, "ues": 2}, "pilots": {"length": 2}, "sensing": {"crlb_threshold_db": -12},
 "allocation": {"method": "heuristic"}, "monte_carlo": {"drops": 30, "realizations": 0}}
END_OF_SCENARIO
# lines_like PATTERN: of standard error that are such progress
lines_like() { grep -cE "^cfisac: $1\$" err; }
points='[0-2]/2 points, [0-9]+/60 drops, [0-9.]+/s, [0-9]+ (s|min [0-9]+ s) left(, [0-9]+ infeasible)?'
drops='[0-9]+/30 drops, [0-9]+ (s|min [0-9]+ s) left'

# a second passes whenever the clock is read, which is once a drop at least
sweep=(sweep scenario.json --over "seed=1,2" --threads 1)
check 'a sweep ends' ticking CLOCK_STEP=1000 "${sweep[@]}" --out grid
told=$(lines_like "$points")
check "a sweep tells its progress, less often than every drop ($told)" test "$told" -ge 2 -a "$told" -lt 60
check 'in lines of their own' test "$(grep -c 'drops' err)" -eq "$told"
check 'without a carriage return' test "$(tr -dc '\r\033' <err | wc -c)" -eq 0
check 'nothing of it with --quiet' ticking CLOCK_STEP=1000 "${sweep[@]}" --out quiet --quiet
check 'not a word' test ! -s err -a ! -s out
check 'a sweep of seconds ends' ticking CLOCK_STEP=1 "${sweep[@]}" --out short
check 'and has no progress to tell' test "$(grep -c 'drops, ' err)" -eq 0
check 'the files are the same' cmp grid/sweep.ndjson short/sweep.ndjson

check 'a run ends' ticking CLOCK_STEP=1000 run scenario.json --threads 1
told=$(lines_like "$drops")
check "a run tells its progress ($told)" test "$told" -ge 1 -a "$told" -lt 30
for shard in 1 2; do
    check "shard $shard ends" ticking CLOCK_STEP=1 "${sweep[@]}" --shard "$shard/2" --out "shard-$shard"
done
check 'a merge ends' ticking CLOCK_STEP=1000 merge shard-1 shard-2 --out merged
told=$(lines_like '[0-9]+/60 drops, [0-9]+ s left')
check "a merge tells its progress, at every twentieth of 60 reads ($told)" test "$told" -eq 3
check 'a frontier ends' ticking CLOCK_STEP=1000 frontier scenario.json --set allocation.method=sca --between sum_rate,crlb \
    --points 1 --threads 1 --out trade
told=$(lines_like '[0-9]+/30 drops, [0-9.]+/s, [0-9]+ (s|min [0-9]+ s) left(, [0-9]+ infeasible)?')
check "a frontier tells its progress ($told)" test "$told" -ge 1
conclude
