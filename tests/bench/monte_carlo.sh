#!/usr/bin/env bash
# Monte Carlo of the rates on one core: against vectorised numpy (Debian's), and against its normals and its matrix
# products alone.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
numpy=1
/usr/bin/python3 -c 'import numpy' 2>/dev/null || { numpy=0; echo 'numpy: skipped (python3-numpy is not installed)'; }
tests/bench_monte_carlo | while read -r L K N n whole normals products zgemm; do
  reference=nan
  if [ "$numpy" = 1 ]; then
    reference=$(OPENBLAS_NUM_THREADS=1 /usr/bin/python3 "$top/tests/bench/monte_carlo.py" "$L" "$K" "$N" "$n")
  fi
  awk -v L="$L" -v K="$K" -v N="$N" -v whole="$whole" -v normals="$normals" -v products="$products" -v zgemm="$zgemm" -v numpy="$reference" 'BEGIN {
    printf "L=%d K=%d N=%d: %.1f us a channel; numpy %.1f, %.1f times slower; normals alone %.1f + products alone %.1f (zgemm %.1f), ratio %.2f (%.2f)\n",
           L, K, N, whole, numpy, numpy / whole, normals, products, zgemm, whole / (normals + products), whole / (normals + zgemm) }'
done
