#!/usr/bin/env bash
# One allocation with solver structured against the same SCA loop with its steps solved by ECOS: the sum of ECOS's times (set-up
# and solve) on the exported steps. Needs Rscript with ECOSolveR and the script ECOS_R (default: ../shared/peers/ecos.R); skips
# without. Then the growth of the time in L and K, and memory at L = 4096, K = 64.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
peer=${ECOS_R:-$top/../shared/peers/ecos.R}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
settings() { # settings L K: the paper's scenario at another size
  echo --set "network.aps=$1" --set "network.ues=$2" --set "pilots.length=$2" --set frame.sensing_symbols=64 \
    --set network.placement=clamp --set sensing.crlb_threshold_db=10 --set monte_carlo.realizations=0
}
# milliseconds of one allocation, mean over many drops after the first
structured_ms() { # structured_ms L K DROPS
  # shellcheck disable=SC2046
  ./cfisac run "$top/configs/paper.json" $(settings "$1" "$2") --set "monte_carlo.drops=$3" --set allocation.solver=structured \
    --threads 1 --timing --json --quiet 2>/dev/null |
    awk -F': ' '/"solve_seconds"/ { gsub(",", "", $2); t[++n] = $2 } END { for (i = 1; i <= n; i++) s += t[i]; print 1e3 * s / n }'
}
if command -v Rscript >/dev/null && [ -f "$peer" ] && Rscript -e 'library(ECOSolveR)' >/dev/null 2>&1; then
  for size in '32 4 200' '128 16 40' '512 16 20'; do
    read -r L K drops <<<"$size"
    rm -rf "$work/cbf"
    # shellcheck disable=SC2046
    ./cfisac run "$top/configs/paper.json" $(settings "$L" "$K") --set monte_carlo.drops=1 --export-cbf "$work/cbf" --quiet >/dev/null
    steps=("$work"/cbf/*.cbf)
    for step in "${steps[@]}"; do Rscript "$peer" "$step" 5; done | sed 's/.*"total_s":\([0-9.e-]*\).*/\1/' |
      awk -v ours="$(structured_ms "$L" "$K" "$drops")" -v L="$L" -v K="$K" '{ s += $1 } END {
        printf "L=%d K=%d: structured %.3f ms an allocation; ECOS %.1f ms in %d steps; %.0f times faster\n", L, K, ours, 1e3 * s, NR, 1e3 * s / ours }'
  done
else
  echo 'ECOS: skipped (needs Rscript, the package r-cran-ecosolver, and ECOS_R)'
fi
awk -v a="$(structured_ms 64 16 50)" -v b="$(structured_ms 4096 16 3)" 'BEGIN {
  printf "growth in L at K=16: %.3f ms at 64, %.1f ms at 4096, exponent %.2f\n", a, b, log(b / a) / log(64) }'
awk -v a="$(structured_ms 256 4 50)" -v b="$(structured_ms 256 64 10)" 'BEGIN {
  printf "growth in K at L=256: %.3f ms at 4, %.1f ms at 64, exponent %.2f\n", a, b, log(b / a) / log(16) }'
exec "$top/tests/bench/memory.sh" sca allocation.solver=structured
