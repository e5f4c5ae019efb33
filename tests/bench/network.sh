#!/usr/bin/env bash
# Drawing a network against version 0.1.0's drawing, built beside it from its commit: the same networks, the two taking turns, medians
# of ROUNDS (9) ratios; whether both drew the same to the bit. CORE (the last one) is where both run.
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
rounds=${1:-9}
core=${CORE:-$(($(nproc) - 1))}
commit=25e754b
old=$top/build/bench-0.1.0
sources=("$top"/tests/bench/{network.c,reading.h,timing.h})

build_old() { # the tree of the commit with this bench in the place of its own
  rm -rf "$old"
  mkdir -p "$old"
  git -C "$top" archive "$commit" | tar -x -C "$old"
  cp "${sources[@]}" "$old/tests/bench/"
  printf 'add_executable(bench_network bench/network.c)\ntarget_link_libraries(bench_network PRIVATE cfisac_network)\n' \
    >>"$old/tests/bench.cmake"
  cmake -S "$old" -B "$old/build" -G Ninja -DCMAKE_BUILD_TYPE=Release && cmake --build "$old/build" --target bench_network
}

if ! git -C "$top" cat-file -e "$commit^{commit}" 2>/dev/null; then
  echo "skipped: version 0.1.0 (commit $commit) is not in this repository"
  exit 0
fi
if ! [ -x "$old/build/tests/bench_network" ] ||
   ! cmp -s <(cat "${sources[@]}") <(cd "$old/tests/bench" && cat network.c reading.h timing.h); then
  build_old >build-0.1.0.log 2>&1 </dev/null || { tail -n 30 build-0.1.0.log >&2; exit 1; }
fi

draw() { # draw PROGRAM DROPS [KEY=VALUE]...
  taskset -c "$core" "$1" "$top/configs/paper.json" "$2" 9 "${@:3}"
}
# compare NAME DROPS [KEY=VALUE]...
compare() {
  for ((i = 0; i < rounds; i++)); do
    echo "$(draw tests/bench_network "${@:2}") $(draw "$old/build/tests/bench_network" "${@:2}")"
  done | awk -v name="$1" '
    function median(v, n,    i, j, t) {
      for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
      return v[int((n + 1) / 2)]
    }
    { ours[NR] = $1; theirs[NR] = $3; ratio[NR] = $1 / $3; same = $2 == $4 }
    END { printf "%s: %.1f us, 0.1.0 %.1f us, ratio %.3f, %s\n", name, median(ours, NR), median(theirs, NR), median(ratio, NR),
                 same ? "the same networks" : "OTHER NETWORKS" }'
}
compare 'L=32 K=4 (the paper)' 200
compare 'L=128 K=16, 500 m square' 40 network.aps=128 network.ues=16 'network.area_m=[500, 500]'
compare 'L=1024 K=16, 500 m square' 10 network.aps=1024 network.ues=16 'network.area_m=[500, 500]'
compare 'L=32 K=4, clamp' 200 network.placement=clamp
compare 'L=128 K=16, clamp' 40 network.aps=128 network.ues=16 network.placement=clamp
compare 'L=1024 K=16, clamp' 10 network.aps=1024 network.ues=16 network.placement=clamp
compare 'L=32 K=8, next to no room' 20 network.ues=8
