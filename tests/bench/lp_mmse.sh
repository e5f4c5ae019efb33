#!/usr/bin/env bash
# lp_mmse on one core at L, K, N = 100, 40, 4 with 10 pilots and with 40, over i.i.d. and correlated fading: statistics from 1,000 draws
# and a Monte Carlo of 100 channels, against vectorised numpy (Debian's) that takes the same short cuts, taking turns; medians of
# ROUNDS (3) ratios.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
rounds=${1:-3}
export OPENBLAS_NUM_THREADS=1
/usr/bin/python3 -c 'import numpy' 2>/dev/null || { echo 'skipped: python3-numpy is not installed'; exit 0; }
compare() { # compare PILOTS FADING
  for ((i = 0; i < rounds; i++)); do
    echo "$(tests/bench_lp_mmse 100 40 4 "$1" 1000 100 5 "$2") $(/usr/bin/python3 "$top/tests/bench/lp_mmse.py" 100 40 4 "$1" 1000 100 "$2")"
  done | awk -v pilots="$1" -v fading="$2" '
    function median(v, n,    i, j, t) {
      for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
      return v[int((n + 1) / 2)]
    }
    { s[NR] = $1; m[NR] = $2; t[NR] = $3; u[NR] = $4; raw[NR] = $5; rs[NR] = $3 / $1; rm[NR] = $4 / $2; all[NR] = ($3 + $4) / ($1 + $2) }
    END { printf "L=100 K=40 N=4, %s, %d pilots: statistics %.1f ms, numpy %.1f, %.1f times slower (from raw channels %.0f); Monte Carlo %.1f ms, numpy %.1f, %.1f times slower; both %.1f times\n",
                 fading, pilots, median(s, NR), median(t, NR), median(rs, NR), median(raw, NR), median(m, NR), median(u, NR), median(rm, NR), median(all, NR) }'
}
for fading in iid correlated; do
  for pilots in 10 40; do compare "$pilots" "$fading"; done
done
printf 'Rician too, 10 pilots: statistics and Monte Carlo, ms: '
tests/bench_lp_mmse 100 40 4 10 1000 100 5 rician
