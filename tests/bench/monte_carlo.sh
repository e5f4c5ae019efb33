#!/usr/bin/env bash
# Monte Carlo of the rates on one core: against vectorised numpy (Debian's), and against its normals and its matrix
# products alone (its own, and zgemm). Ours and numpy alternate; medians of ROUNDS (3) ratios.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
rounds=${1:-3}
numpy=1
/usr/bin/python3 -c 'import numpy' 2>/dev/null || { numpy=0; echo 'numpy: skipped (python3-numpy is not installed)'; }
export OPENBLAS_NUM_THREADS=1

# round CASE: L K N n, microseconds whole, normals, products, zgemm, numpy
round() {
  local line L K N n reference=nan
  line=$(tests/bench_monte_carlo "$1")
  read -r L K N n _ <<<"$line"
  [ "$numpy" = 0 ] || reference=$(/usr/bin/python3 "$top/tests/bench/monte_carlo.py" "$L" "$K" "$N" "$n")
  printf '%s %s\n' "$line" "$reference"
}

for which in 0 1 2; do
  for ((i = 0; i < rounds; i++)); do round "$which"; done | awk '
    function median(v, n,    i, j, t) {
      for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
      return v[int((n + 1) / 2)]
    }
    { name = "L=" $1 " K=" $2 " N=" $3; whole[NR] = $5; normals[NR] = $6; products[NR] = $7; zgemm[NR] = $8; numpy[NR] = $9
      times[NR] = $9 / $5; parts[NR] = $5 / ($6 + $7); blas[NR] = $5 / ($6 + $8) }
    END { printf "%s: %.1f us a channel; numpy %.1f, %.1f times slower; normals alone %.1f + products alone %.1f, ratio %.2f; " \
                 "with zgemm %.1f, ratio %.2f\n", name, median(whole, NR), median(numpy, NR), median(times, NR),
                 median(normals, NR), median(products, NR), median(parts, NR), median(zgemm, NR), median(blas, NR) }'
done
