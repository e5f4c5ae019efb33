#!/usr/bin/env bash
# One allocation with solver structured against the same SCA loop with its steps solved by ECOS: the sum of ECOS's times (set-up
# and solve) on the steps that the loop exports. Skips that without Rscript and ECOSolveR (scripts/deps.sh peers). Then the growth
# of the time in L and K, and memory at L = 4096, K = 64. CORE (the last one) is where both run.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
core=${CORE:-$(($(nproc) - 1))}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
settings() { # settings L K: the paper's scenario at another size
  echo --set "network.aps=$1" --set "network.ues=$2" --set "pilots.length=$2" --set frame.sensing_symbols=64 \
    --set network.placement=clamp --set sensing.crlb_threshold_db=10 --set monte_carlo.realizations=0
}
# milliseconds of one allocation, median over drops
structured_ms() { # structured_ms L K DROPS
  # shellcheck disable=SC2046
  taskset -c "$core" ./cfisac run "$top/configs/paper.json" $(settings "$1" "$2") --set "monte_carlo.drops=$3" \
    --set allocation.solver=structured --threads 1 --timing --json --quiet 2>/dev/null |
    sed -n 's/.*"solve_seconds": \([0-9.e-]*\).*/\1/p' | sort -g | awk '{ v[NR] = $1 } END { print 1e3 * v[int((NR + 1) / 2)] }'
}
sum_rate() { # sum_rate L K SOLVER: of the first drop
  # shellcheck disable=SC2046
  ./cfisac run "$top/configs/paper.json" $(settings "$1" "$2") --set monte_carlo.drops=1 --set "allocation.solver=$3" --csv \
    --quiet | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "sum_rate_bit_s_hz") c = i } NR == 2 { print $c }'
}
if command -v Rscript >/dev/null && Rscript -e 'library(ECOSolveR)' >/dev/null 2>&1; then
  for size in '32 4 200' '128 16 40' '512 16 20'; do
    read -r L K drops <<<"$size"
    rm -rf "$work/cbf"
    # shellcheck disable=SC2046
    ./cfisac run "$top/configs/paper.json" $(settings "$L" "$K") --set monte_carlo.drops=1 --set allocation.solver=socp \
      --export-cbf "$work/cbf" --quiet >/dev/null
    printf '%s 5\n' "$work"/cbf/*.cbf | taskset -c "$core" Rscript "$top/scripts/ecos.R" |
      awk -v ours="$(structured_ms "$L" "$K" "$drops")" -v L="$L" -v K="$K" -v structured="$(sum_rate "$L" "$K" structured)" \
        -v socp="$(sum_rate "$L" "$K" socp)" '{ s += $5 + $6 } END {
        printf "L=%d K=%d: structured %.3f ms an allocation; ECOS %.1f ms in %d steps; %.0f times faster; ", L, K, ours, 1e3 * s, NR,
               1e3 * s / ours
        printf "sum rates differ by %.1e relative\n", structured / socp - 1 }'
  done
else
  echo 'ECOS: skipped (needs Rscript and the package r-cran-ecosolver: scripts/deps.sh peers)'
fi
awk -v a="$(structured_ms 64 16 50)" -v b="$(structured_ms 4096 16 5)" 'BEGIN {
  printf "growth in L at K=16: %.3f ms at 64, %.1f ms at 4096, exponent %.2f\n", a, b, log(b / a) / log(64) }'
awk -v a="$(structured_ms 256 4 50)" -v b="$(structured_ms 256 64 10)" 'BEGIN {
  printf "growth in K at L=256: %.3f ms at 4, %.1f ms at 64, exponent %.2f\n", a, b, log(b / a) / log(16) }'
exec "$top/tests/bench/memory.sh" sca allocation.solver=structured
