# Sourced, after build.sh, by the benches that time an allocation beside ECOS: both stay on one core ($core) and take turns, told line
# by line, so that the clock of a virtual machine, which changes by a half for seconds at a time, is the same for both. A turn of either
# is as many solves as take $turn_ms, at least one, and counts with their median. All times are CPU times: ECOS's own, by cpu_clock.c.
# shellcheck shell=bash
: "${work:?}" "${core:?}"
turn_ms=${TURN_MS:-20}
declare -A to from process

has_ecos() {
  { command -v Rscript && Rscript -e 'library(ECOSolveR)'; } >/dev/null 2>&1 && return
  echo 'ECOS: skipped (needs Rscript and the package r-cran-ecosolver: scripts/deps.sh peers)'
  return 1
}

start() { # start NAME COMMAND...: a program that answers each line by one
  local name=$1 in out
  mkfifo "$work/$name.in" "$work/$name.out"
  ( # without the ends of what was started before, which could not see them closed
    for in in "${to[@]}"; do exec {in}>&-; done
    exec taskset -c "$core" "${@:2}"
  ) <"$work/$name.in" >"$work/$name.out" &
  process[$name]=$!
  exec {in}>"$work/$name.in" {out}<"$work/$name.out"
  to[$name]=$in
  from[$name]=$out
}

start_ecos() { # start_ecos SCRIPT [ARGUMENT]...
  start ecos env LD_PRELOAD="$PWD/tests/libbench_cpu_clock.so" Rscript "$@"
}

# shellcheck disable=SC2034 # answer: of who sources this
ask() { # ask NAME WORD...: what it answers goes to `answer`
  echo "${*:2}" >&"${to[$1]}"
  read -r -u "${from[$1]}" answer
}

stop() { # stop NAME
  local in=${to[$1]} out=${from[$1]}
  exec {in}>&- {out}<&-
  unset "to[$1]" "from[$1]"
  wait "${process[$1]}"
  rm "$work/$1.in" "$work/$1.out"
}

solves() { # solves MS: how many of a solve that takes MS a turn has
  awk -v ms="$1" -v turn="$turn_ms" 'BEGIN { n = int(turn / ms); print n < 1 ? 1 : n }'
}

column() { # column FILE NUMBER least|median|most
  cut -d ' ' -f "$2" "$1" | sort -g | awk -v which="$3" '{ t[NR] = $1 } END {
    print which == "least" ? t[1] : which == "most" ? t[NR] : t[int((NR + 1) / 2)] }'
}

# Lines ROUND OURS ECOS (ms), a line a problem of ECOS's with ours right after it, to a line a round: ours (the mean), ECOS's in sum,
# and how many times ours fits into ECOS's, each problem by the turn beside it.
sum_rounds() {
  awk '{ ours[$1] += $2; count[$1]++; ecos[$1] += $3; ratio[$1] += $3 / $2 }
       END { for (i in ours) printf "%.6g %.6g %.6g\n", ours[i] / count[i], ecos[i], ratio[i] }'
}
