#!/usr/bin/env bash
# Links, set-up and sixteen starts of the allocation, where all users share one pilot or few; the growth of the starts in K.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
core=${CORE:-$(($(nproc) - 1))}
times() { # times L K PILOTS MODEL REPETITIONS
  taskset -c "$core" tests/bench_starts "$top/configs/paper.json" "$5" "network.aps=$1" "network.ues=$2" "pilots.length=$3" \
    "rate.model=$4" network.placement=clamp frame.sensing_symbols=2000 frame.coherence_symbols=0 sensing.crlb_threshold_db=10
}
show() {
  printf 'L=%d K=%d, %d pilots, %s: ' "$1" "$2" "$3" "$4"
  times "$@"
}
show 60 60 1 exact 9
show 16 256 16 theorem1 9
show 16 1024 1 theorem1 5
show 4 1024 1 exact 3
starts_ms() { times "$@" | sed 's/.*starts \([0-9.]*\) ms.*/\1/'; }
awk -v a="$(starts_ms 16 128 1 theorem1 9)" -v b="$(starts_ms 16 2000 1 theorem1 3)" 'BEGIN {
  printf "growth of the starts in K at L=16: %.2f ms at 128, %.1f ms at 2000, exponent %.2f\n", a, b, log(b / a) / log(2000 / 128) }'
