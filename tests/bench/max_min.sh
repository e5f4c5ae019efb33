#!/usr/bin/env bash
# A whole max_min_rate allocation with solver structured against bisection with ECOS, one cone problem a step, to 1e-4 relative
# (max_min_ecos.R has the problem), under the budget and with limits per access point: the sum of ECOS's own times. Agreement: our rate
# lies within ECOS's bracket, or as far outside as the last column says, and beside our own bound. Skips ECOS without Rscript and
# ECOSolveR (scripts/deps.sh peers). CORE (the last one) is where both run; SIZES: "L K" lines.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
core=${CORE:-$(($(nproc) - 1))}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
peer=true
if ! { command -v Rscript && Rscript -e 'library(ECOSolveR)'; } >/dev/null 2>&1; then
  echo 'ECOS: skipped (needs Rscript and the package r-cran-ecosolver: scripts/deps.sh peers)'
  peer=false
fi
while read -r L K; do
  for limits in '' yes; do
    settings=("network.aps=$L" "network.ues=$K" "pilots.length=$K" frame.sensing_symbols=64 network.placement=clamp
      sensing.crlb_threshold_db=10 monte_carlo.realizations=0 allocation.objective=max_min_rate allocation.solver=auto)
    if [ -n "$limits" ]; then # twice the equal share
      settings+=("power.ap_limit_dbm=$(awk -v L="$L" 'BEGIN { printf "%.12g", 10 * log(2 / L) / log(10) }')")
    fi
    taskset -c "$core" tests/bench_max_min "$top/configs/paper.json" 0 "${settings[@]}" >"$work/data"
    read -r _ _ _ _ rate bound ms <"$work/data"
    printf 'L=%d K=%d %s: structured %.3f ms, rate %.8f, bound - rate %.1e; ' "$L" "$K" "${limits:+limits}" "$ms" "$rate" \
      "$(awk -v a="$rate" -v b="$bound" 'BEGIN { print b / a - 1 }')"
    if $peer; then
      taskset -c "$core" Rscript "$top/tests/bench/max_min_ecos.R" <"$work/data" |
        awk -v ms="$ms" -v rate="$rate" '{ out = rate < $1 ? $1 / rate - 1 : rate > $2 ? rate / $2 - 1 : 0
          printf "ECOS %.1f ms in %d steps (%d not optimal), rate in [%.6f, %.6f]; %.0f times faster; outside by %.1e\n",
                 1e3 * $4, $3, $5, $1, $2, 1e3 * $4 / ms, out }'
    else
      echo
    fi
  done
done <<<"${SIZES:-32 4
128 16
1024 16}"
