#!/usr/bin/env bash
# One drop of a city: wall seconds of drawing, link, the two splits, the allocation and the closed forms on 1 and on 2 threads, the peak
# of memory in arrays of K L doubles, and whether both gave the same bytes; growth in L and in K up to 16,384 access points and 1,024
# users, then with 64 pilots. The least of ROUNDS (1) runs.
#   city.sh [METHOD [ROUNDS [KEY=VALUE]...]]     allocation.method (equal, heuristic, sca; default: sca)
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
method=${1:-sca}
rounds=${2:-1}
shift $(($# < 2 ? $# : 2))
# measure L K PILOTS THREADS [KEY=VALUE]...: the parts' seconds, their sum, arrays, checksum, steps
measure() {
  for ((i = 0; i < rounds; i++)); do
    tests/bench_city "$top/configs/paper.json" "$4" "network.aps=$1" "network.ues=$2" network.tx_antennas=8 \
      'network.area_m=[4000, 4000]' "pilots.length=$3" frame.coherence_symbols=2000 frame.sensing_symbols=1024 \
      sensing.crlb_threshold_db=20 "allocation.method=$method" "${@:5}"
  done | sort -g -k 6 | head -n 1
}
printf '%6s %5s %6s %7s %7s %7s %7s %7s %7s %7s %7s %6s\n' L K pilots threads draw link splits powers forms sum arrays steps
# row L K PILOTS [KEY=VALUE]...
row() {
  local threads one=
  for threads in 1 2; do
    read -r draw link splits powers forms sum arrays hash steps < <(measure "$1" "$2" "$3" "$threads" "${@:4}")
    printf '%6d %5d %6d %7d %7.3f %7.3f %7.3f %7.3f %7.3f %7.3f %7.2f %6d\n' \
      "$1" "$2" "$3" "$threads" "$draw" "$link" "$splits" "$powers" "$forms" "$sum" "$arrays" "$steps"
    [ "${one:-$hash}" = "$hash" ] || echo "OTHER BYTES on $threads threads"
    one=$hash
  done
}
for size in '1024 64' '4096 64' '16384 64' '16384 256' '16384 1024'; do
  read -r L K <<<"$size"
  row "$L" "$K" "$K" "$@"
done
row 16384 1024 64 "$@"
