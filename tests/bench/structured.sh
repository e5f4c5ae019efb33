#!/usr/bin/env bash
# One allocation with solver structured against the SCA loop with its steps solved by ECOS: the sum of ECOS's times (set-up and
# solve) on the steps that the loop exports. Skips that without Rscript and ECOSolveR (scripts/deps.sh peers). Then the growth
# of the time in L and K, and memory at L = 4096, K = 64. CORE (the last one) is where both run.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
core=${CORE:-$(($(nproc) - 1))}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
settings() { # settings L K: the paper's scenario at another size
  echo "network.aps=$1" "network.ues=$2" "pilots.length=$2" frame.sensing_symbols=64 network.placement=clamp \
    sensing.crlb_threshold_db=10 monte_carlo.realizations=0
}
set_options() { # set_options L K: the same for the program
  local setting
  for setting in $(settings "$1" "$2"); do echo --set "$setting"; done
}
# milliseconds of one allocation: median over drops of medians over repetitions, as ECOS's times are
structured_ms() { # structured_ms L K DROPS REPETITIONS
  # shellcheck disable=SC2046
  taskset -c "$core" tests/bench_allocation "$top/configs/paper.json" "$3" "$4" $(settings "$1" "$2") allocation.solver=structured
}
sum_rate() { # sum_rate L K SOLVER: of the first drop
  # shellcheck disable=SC2046
  ./cfisac run "$top/configs/paper.json" $(set_options "$1" "$2") --set monte_carlo.drops=1 --set "allocation.solver=$3" --csv \
    --quiet | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "sum_rate_bit_s_hz") c = i } NR == 2 { print $c }'
}
if command -v Rscript >/dev/null && Rscript -e 'library(ECOSolveR)' >/dev/null 2>&1; then
  for size in '32 4 100 50' '128 16 40 20' '512 16 20 10'; do
    read -r L K drops repetitions <<<"$size"
    rm -rf "$work/cbf"
    # shellcheck disable=SC2046
    ./cfisac run "$top/configs/paper.json" $(set_options "$L" "$K") --set monte_carlo.drops=1 --set allocation.solver=socp \
      --export-cbf "$work/cbf" --quiet >/dev/null
    printf '%s 5\n' "$work"/cbf/*.cbf | taskset -c "$core" Rscript "$top/scripts/ecos.R" |
      awk -v ours="$(structured_ms "$L" "$K" "$drops" "$repetitions")" -v L="$L" -v K="$K" -v structured="$(sum_rate "$L" "$K" structured)" \
        -v socp="$(sum_rate "$L" "$K" socp)" '{ s += $5 + $6 } END {
        printf "L=%d K=%d: structured %.3f ms an allocation; ECOS %.1f ms in %d steps; %.0f times faster; ", L, K, ours, 1e3 * s, NR,
               1e3 * s / ours
        printf "sum rates differ by %.1e relative\n", structured / socp - 1 }'
  done
else
  echo 'ECOS: skipped (needs Rscript and the package r-cran-ecosolver: scripts/deps.sh peers)'
fi
awk -v a="$(structured_ms 64 16 40 20)" -v b="$(structured_ms 4096 16 3 3)" 'BEGIN {
  printf "growth in L at K=16: %.3f ms at 64, %.1f ms at 4096, exponent %.2f\n", a, b, log(b / a) / log(64) }'
awk -v a="$(structured_ms 256 4 40 20)" -v b="$(structured_ms 256 64 5 5)" 'BEGIN {
  printf "growth in K at L=256: %.3f ms at 4, %.1f ms at 64, exponent %.2f\n", a, b, log(b / a) / log(16) }'
exec "$top/tests/bench/memory.sh" sca allocation.solver=structured
