#!/usr/bin/env bash
# The cone solver against ECOS, set-up and solve, on first steps of the power allocation that this program exports, and on
# any file in the Conic Benchmark Format (cones F, L=, L+, L-, Q, QR; .gz too). Installs what is missing, builds a release.
#   bench_peers.sh [FILE | DIRECTORY]...       default: ../shared/instances, skipped when absent
# Ours and ECOS take turns on one core, several rounds; a time is the median over rounds of a round's median. Variables:
# ROUNDS (5), SECONDS_EACH (0.5: what a round of one solver takes, at least one solve), CORE (the last one).
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$top/scripts/deps.sh" peers
build=$top/build/bench
mkdir -p "$build"
if ! { cmake -S "$top" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release && cmake --build "$build" --target cfisac; } \
     >"$build/build.log" 2>&1 </dev/null; then
  tail -n 30 "$build/build.log" >&2
  exit 1
fi
rounds=${ROUNDS:-5}
each=${SECONDS_EACH:-0.5}
core=${CORE:-$(($(nproc) - 1))}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export_step() { # export_step L K: the first step of an allocation at that size
  "$build/cfisac" run "$top/configs/paper.json" --set "network.aps=$1" --set "network.ues=$2" --set "pilots.length=$2" \
    --set frame.sensing_symbols=64 --set network.placement=clamp --set sensing.crlb_threshold_db=10 \
    --set monte_carlo.realizations=0 --set monte_carlo.drops=1 --set allocation.solver=socp \
    --set allocation.max_iterations=1 --export-cbf "$work/step" --quiet >/dev/null
  local steps=("$work"/step/*.cbf)
  mv "${steps[0]}" "$work/step_L$1_K$2.cbf"
  rm -rf "$work/step"
  files+=("$work/step_L$1_K$2.cbf")
}

add_file() {
  if [[ $1 == *.gz ]]; then
    local plain
    plain=$work/$(basename "$1" .gz)
    gunzip -c "$1" >"$plain"
    files+=("$plain")
  else
    files+=("$1")
  fi
}

files=()
for size in '8 4' '32 4' '32 16' '128 16' '512 16' '1024 16' '256 64'; do
  read -r L K <<<"$size"
  export_step "$L" "$K"
done
if [ $# -eq 0 ]; then
  set -- "$top/../shared/instances"
  [ -d "$1" ] || { echo "$1: skipped (absent)"; set --; }
fi
for argument in "$@"; do
  if [ -d "$argument" ]; then
    while read -r file; do add_file "$file"; done < <(find "$argument" -name '*.cbf' -o -name '*.cbf.gz' | sort)
  else
    add_file "$argument"
  fi
done

field() { grep -o "\"$2\": *[^,}]*" <<<"$1" | sed 's/.*: *//; s/"//g'; }
ours() { # ours FILE REPETITIONS: status iterations objective residual setup solve
  local json
  json=$(taskset -c "$core" "$build/cfisac" solve "$1" --json --repeat "$2" | tr -d '\n' || true)
  echo "$(field "$json" status) $(field "$json" iterations) $(field "$json" primal_objective)" \
    "$(printf '%s\n' "$(field "$json" primal_residual)" "$(field "$json" dual_residual)" "$(field "$json" gap)" | sort -g | tail -n 1)" \
    "$(field "$json" setup_seconds) $(field "$json" solve_seconds)"
}
coproc ECOS { taskset -c "$core" Rscript "$top/scripts/ecos.R"; }
exec {to_ecos}>&"${ECOS[1]}" {from_ecos}<&"${ECOS[0]}"
ecos() {
  echo "$1 $2" >&"$to_ecos"
  read -r -u "$from_ecos" answer
  echo "$answer"
}
repetitions() { awk -v t="$1" -v each="$each" 'BEGIN { n = int(each / t); print (n < 1 ? 1 : (n > 2000 ? 2000 : n)) }'; }
total() { awk '{ print $5 + $6 }' <<<"$1"; }
median() { sort -g "$1" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

printf '%-24s %10s %10s %6s  %9s %9s  %5s %5s  %-16s %-16s %s\n' file 'ours, ms' 'ECOS, ms' ratio 'residual' 'ECOS' iter ECOS \
  objective ECOS status
for file in "${files[@]}"; do
  mine=$(ours "$file" 1)
  theirs=$(ecos "$file" 1)
  my_count=$(repetitions "$(total "$mine")")
  their_count=$(repetitions "$(total "$theirs")")
  rm -f "$work/mine" "$work/theirs"
  for ((round = 0; round < rounds; round++)); do
    mine=$(ours "$file" "$my_count")
    total "$mine" >>"$work/mine"
    theirs=$(ecos "$file" "$their_count")
    total "$theirs" >>"$work/theirs"
  done
  awk -v file="$(basename "$file" .cbf)" -v a="$(median "$work/mine")" -v b="$(median "$work/theirs")" -v mine="$mine" \
      -v theirs="$theirs" 'BEGIN {
    split(mine, m, " "); split(theirs, t, " ")
    printf "%-24s %10.3f %10.3f %6.2f  %9.1e %9s  %5d %5d  %-16.9g %-16.9g %s, %s\n", file, 1e3 * a, 1e3 * b, a / b, m[4], t[4],
           m[2], t[2], m[3], t[3], m[1], t[1] }' | tee -a "$work/table"
done
awk '{ s += log($4) } END { printf "geometric mean of the %d ratios: %.2f\n", NR, exp(s / NR) }' "$work/table"
