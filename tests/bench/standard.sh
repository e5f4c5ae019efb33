#!/usr/bin/env bash
# Drops of the usual network (configs/standard.json): drawn, closed form, sum rate maximised; wall and CPU seconds on 2 threads. Maximum
# ratio for DROPS (200), a tenth of them by precoders whose statistics are simulated from 1,000 channels.
#   standard.sh [DROPS]
# shellcheck source=tests/bench/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"
drops=${1:-200}
TIMEFORMAT='%R s, CPU %U s'
measure() { # measure DROPS KIND
  printf '%s, %d drops: ' "$2" "$1"
  time OMP_NUM_THREADS=2 ./cfisac run "$top/configs/standard.json" --set "monte_carlo.drops=$1" --set "precoding.kind=$2" --quiet >/dev/null
}
measure "$drops" mr
for kind in rzf lp_mmse; do measure $(((drops + 9) / 10)) "$kind"; done
