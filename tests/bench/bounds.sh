#!/usr/bin/env bash
# Monte Carlo of the bounds against that of the rates alone, CPU time of one thread: one line a case with the rates
# alone, all bounds, own echo alone, and the ratio of all bounds to the rates. Medians of ROUNDS (3).
#   bounds.sh [ROUNDS]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
rounds=${1:-3}

for size in '32 4 4 20000' '128 16 8 10000' '512 16 8 10000'; do
  for phases in equal random matrices; do
    for ((i = 0; i < rounds; i++)); do
      # shellcheck disable=SC2086 # a size is several words
      tests/bench_bounds $size "$phases"
    done | awk -v name="L,K,N,n = ${size// /,} $phases" '
      function median(v, n,    i, j, t) {
        for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
        return v[int((n + 1) / 2)]
      }
      { none[NR] = $1; own[NR] = $2; all[NR] = $3; ratio[NR] = $3 / $1 }
      END { printf "%s: rates alone %.2f s, all bounds %.2f s, own echo %.2f s, ratio %.2f\n", name, median(none, NR),
                   median(all, NR), median(own, NR), median(ratio, NR) }'
  done
done
