#!/usr/bin/env bash
# A whole max_min_rate allocation with solver structured against bisection with ECOS, one cone problem a step, to 1e-4 relative
# (max_min_ecos.R has the problem), under the budget and with limits per access point. Both take turns (turns.sh), ours after each of
# ECOS's steps; the ratio is the median over ROUNDS (3) bisections, and what it lies between in them. Agreement: our rate lies within
# ECOS's bracket, or as far outside as the last column says, and beside our own bound. Skips ECOS without Rscript and ECOSolveR
# (scripts/deps.sh peers). CORE (the last one) is where both run; SIZES: "L K" lines.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
core=${CORE:-$(($(nproc) - 1))}
rounds=${ROUNDS:-3}
answer=
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/bench/turns.sh
source "$top/tests/bench/turns.sh"
peer=true
has_ecos || peer=false
bisect() { # bisect ROUND OURS_SOLVES: lines to $work/turns, what ECOS ends with to `answer`
  local ecos_solves=1 ms
  while ask ecos "$ecos_solves" && [[ $answer != end* ]]; do
    ms=${answer#step }
    ecos_solves=$(solves "$ms")
    ask ours "0 $2"
    echo "$1 $answer $ms" >>"$work/turns"
  done
}
while read -r L K; do
  for limits in '' yes; do
    settings=("network.aps=$L" "network.ues=$K" "pilots.length=$K" frame.sensing_symbols=64 network.placement=clamp
      sensing.crlb_threshold_db=10 monte_carlo.realizations=0 allocation.objective=max_min_rate allocation.solver=auto)
    if [ -n "$limits" ]; then # twice the equal share
      settings+=("power.ap_limit_dbm=$(awk -v L="$L" 'BEGIN { printf "%.12g", 10 * log(2 / L) / log(10) }')")
    fi
    taskset -c "$core" tests/bench_max_min "$top/configs/paper.json" 0 "${settings[@]}" >"$work/data"
    read -r _ _ _ _ rate bound <"$work/data"
    start ours tests/bench_allocation "$top/configs/paper.json" turns "${settings[@]}"
    ask ours 0 10
    ours_solves=$(solves "$answer")
    ask ours 0 "$ours_solves"
    ours=$answer
    : >"$work/turns"
    if $peer; then
      start_ecos "$top/tests/bench/max_min_ecos.R" "$work/data"
      for ((round = 0; round < rounds; round++)); do bisect "$round" "$ours_solves"; done
      read -r _ low high steps odd <<<"$answer"
      stop ecos
      sum_rounds <"$work/turns" >"$work/rounds"
      ours=$(column "$work/rounds" 1 median)
    fi
    stop ours
    printf 'L=%d K=%d %s: structured %.4f ms, rate %.8f, bound - rate %.1e' "$L" "$K" "${limits:+limits}" "$ours" "$rate" \
      "$(awk -v a="$rate" -v b="$bound" 'BEGIN { print b / a - 1 }')"
    if $peer; then
      printf '; ECOS %.1f ms in %d steps (%d not optimal), rate in [%.6f, %.6f]; %.0f times faster (%.0f to %.0f); outside by %.1e' \
        "$(column "$work/rounds" 2 median)" "$steps" "$odd" "$low" "$high" "$(column "$work/rounds" 3 median)" \
        "$(column "$work/rounds" 3 least)" "$(column "$work/rounds" 3 most)" \
        "$(awk -v rate="$rate" -v low="$low" -v high="$high" 'BEGIN { print rate < low ? low / rate - 1 : rate > high ? rate / high - 1 : 0 }')"
    fi
    echo
  done
done <<<"${SIZES:-32 4
128 16
1024 16}"
