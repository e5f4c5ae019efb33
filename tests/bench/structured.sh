#!/usr/bin/env bash
# One allocation with solver structured against the SCA loop with its steps solved by ECOS: the sum of ECOS's times (set-up and
# solve) on the steps that the loop exports of the same drops. Both take turns (turns.sh), ours after each of ECOS's steps; a ratio is
# the median over ROUNDS (5) and drops, and what it lies between in them. Skips that without Rscript and ECOSolveR (scripts/deps.sh
# peers). Then the growth of the time in L and K, and memory at L = 4096, K = 64. CORE (the last one) is where both run; SIZES:
# "L K DROPS" lines.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
core=${CORE:-$(($(nproc) - 1))}
rounds=${ROUNDS:-5}
answer=
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/bench/turns.sh
source "$top/tests/bench/turns.sh"
settings() { # settings L K: the paper's scenario at another size
  echo "network.aps=$1" "network.ues=$2" "pilots.length=$2" frame.sensing_symbols=64 network.placement=clamp \
    sensing.crlb_threshold_db=10 monte_carlo.realizations=0
}
set_options() { # set_options L K DROPS: the same for the program
  local setting
  for setting in $(settings "$1" "$2") "monte_carlo.drops=$3"; do echo --set "$setting"; done
}
sum_rates() { # sum_rates L K DROPS SOLVER
  # shellcheck disable=SC2046
  ./cfisac run "$top/configs/paper.json" $(set_options "$1" "$2" "$3") --set "allocation.solver=$4" --csv --quiet |
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "sum_rate_bit_s_hz") c = i } NR > 1 { print $c }'
}
export_steps() { # export_steps L K DROPS
  rm -rf "$work/cbf"
  # shellcheck disable=SC2046
  ./cfisac run "$top/configs/paper.json" $(set_options "$1" "$2" "$3") --set allocation.solver=socp --export-cbf "$work/cbf" \
    --quiet >/dev/null
}
ecos_ms() { # ecos_ms FILE SOLVES: set-up and solve, to `ms`
  local setup solve
  ask ecos "$1 $2"
  read -r _ _ _ _ setup solve <<<"$answer"
  ms=$(awk -v a="$setup" -v b="$solve" 'BEGIN { print 1e3 * (a + b) }')
}
take_turns() { # take_turns DROPS: a line a round and drop to $work/rounds
  local drop round ours_solves file ms
  local -A ecos_solves
  ask ours 0 10 # cold
  : >"$work/turns"
  for ((drop = 0; drop < $1; drop++)); do
    ask ours "$drop" 10
    ours_solves=$(solves "$answer")
    for ((round = -1; round < rounds; round++)); do # the first says how many solves are a turn
      for file in "$work"/cbf/drop"$(printf '%05d' "$drop")"_*.cbf; do
        ecos_ms "$file" "${ecos_solves[$file]:-1}"
        ecos_solves[$file]=${ecos_solves[$file]:-$(solves "$ms")}
        ask ours "$drop" "$ours_solves"
        ((round < 0)) || echo "$round/$drop $answer $ms" >>"$work/turns"
      done
    done
  done
  sum_rounds <"$work/turns" >"$work/rounds"
}
if has_ecos; then
  while read -r L K drops; do
    export_steps "$L" "$K" "$drops"
    # shellcheck disable=SC2046
    start ours tests/bench_allocation "$top/configs/paper.json" turns $(settings "$L" "$K") allocation.solver=structured
    start_ecos "$top/scripts/ecos.R"
    take_turns "$drops"
    stop ours
    stop ecos
    printf 'L=%d K=%d, %d drops: structured %.4f ms an allocation; ECOS %.1f ms in %.1f steps; %.0f times faster (%.0f to %.0f); ' "$L" \
      "$K" "$drops" "$(column "$work/rounds" 1 median)" "$(column "$work/rounds" 2 median)" \
      "$(awk -v n="$((rounds * drops))" 'END { print NR / n }' "$work/turns")" "$(column "$work/rounds" 3 median)" \
      "$(column "$work/rounds" 3 least)" "$(column "$work/rounds" 3 most)"
    paste <(sum_rates "$L" "$K" "$drops" structured) <(sum_rates "$L" "$K" "$drops" socp) | awk '{
      d = $1 / $2 - 1; if (d < 0) d = -d; if (d > most) most = d } END { printf "sum rates differ by at most %.1e relative\n", most }'
  done <<<"${SIZES:-32 4 5
128 16 3
512 16 1}"
fi
structured_ms() { # structured_ms L K DROPS REPETITIONS: median over drops of medians over repetitions
  # shellcheck disable=SC2046
  taskset -c "$core" tests/bench_allocation "$top/configs/paper.json" "$3" "$4" $(settings "$1" "$2") allocation.solver=structured
}
growth() { # growth FORMAT RATIO SMALL LARGE: of sizes in that ratio, each "L K DROPS REPETITIONS", which take turns
  local round
  rm -f "$work"/small "$work"/large
  for ((round = 0; round < rounds; round++)); do
    # shellcheck disable=SC2086
    structured_ms $3 >>"$work/small"
    # shellcheck disable=SC2086
    structured_ms $4 >>"$work/large"
  done
  paste -d ' ' "$work/small" "$work/large" | awk -v ratio="$2" '{ print $1, $2, log($2 / $1) / log(ratio) }' >"$work/growth"
  printf "growth in $1, exponent %.2f\n" "$(column "$work/growth" 1 median)" "$(column "$work/growth" 2 median)" \
    "$(column "$work/growth" 3 median)"
}
growth 'L at K=16: %.3f ms at 64, %.2f ms at 4096' 64 '64 16 20 20' '4096 16 3 3'
growth 'K at L=256: %.3f ms at 4, %.2f ms at 64' 16 '256 4 20 20' '256 64 5 5'
exec "$top/tests/bench/memory.sh" sca allocation.solver=structured
