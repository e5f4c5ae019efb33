#!/usr/bin/env bash
# Refuses an include that goes against the order of the rooms (docs/architecture.md).
#   layers.sh TOP               checks the sources below TOP
#   layers.sh TOP --self-test   plants violations in a copy and expects each to be found
set -euo pipefail
top=$1

# rooms each room may include, besides itself; base and linalg are open to all
declare -A sees=(
  [base]='' [linalg]='' [socp]='' [scenario]=''
  [network]='scenario' [channel]='scenario network' [metrics]='scenario network channel'
  [alloc]='scenario network channel metrics socp'
  [trial]='scenario network channel metrics socp alloc'
  [report]='scenario network channel metrics socp alloc trial'
  [sweep]='scenario network channel metrics socp alloc trial report'
  [cli]='scenario network channel metrics socp alloc trial report sweep'
)

# may ROOM FILE: whether a source of ROOM may depend on FILE (a path below TOP, or a system header)
may() {
  local room=$1 file=$2 other
  case $file in
    include/cfisac/error.h) return 0 ;; # of base
    include/cfisac/*.h) other=$(basename "$file" .h) ;;
    src/*/*) other=${file#src/}; other=${other%%/*} ;;
    */cblas.h | */lapacke.h | */lapack.h) [ "$room" = linalg ]; return ;;
    */cJSON.h) [ "$room" = scenario ] || [ "$room" = report ]; return ;;
    */mpi.h) [ "$room" = sweep ]; return ;;
    *) return 0 ;;
  esac
  case " $room base linalg ${sees[$room]} " in *" $other "*) return 0 ;; esac
  return 1
}

# check DIR [ROOM]: all rooms, or one
check() {
  local source sources room file bad=0
  cd "$1"
  mapfile -t sources < <(find "src/${2:-}" -mindepth 1 -name '*.c' ! -path src/main.c)
  for source in "${sources[@]}"; do
    source=${source//\/\//\/}
    room=${source#src/}
    room=${room%%/*}
    while read -r file; do
      if ! may "$room" "$file"; then
        printf '%s: room %s may not include %s\n' "$source" "$room" "$file"
        bad=1
      fi
    done < <(gcc -M -std=gnu11 -D_GNU_SOURCE -DCFISAC_VERSION='""' -I include -I src -MG "$source" |
             sed 's|\\||g' | tr -s ' ' '\n' | grep -v ':$' | grep .)
  done
  return "$bad"
}

# plant ROOM LINE: the check must fail on a copy in which a source of ROOM has LINE added
plant() {
  local copy source
  copy=$(mktemp -d)
  cp -r "$top/include" "$top/src" "$copy"
  source=$(find "$copy/src/$1" -name '*.c' | sort | head -n 1)
  printf '%s\n' "$2" >>"$source"
  if (check "$copy" "$1") >/dev/null; then
    printf 'layers.sh: did not find %s in room %s\n' "$2" "$1"
    rm -rf "$copy"
    return 1
  fi
  rm -rf "$copy"
}

if [ "${2:-}" = --self-test ]; then
  plant socp '#include "cfisac/scenario.h"'
  plant network '#include "cfisac/metrics.h"'
  plant scenario '#include "network/placement.h"'
  plant metrics '#include <cblas.h>'
  plant alloc '#include <cjson/cJSON.h>'
  printf 'layers.sh: every planted violation was found\n'
else
  check "$top"
  printf 'layers.sh: every include follows the order of the rooms\n'
fi
