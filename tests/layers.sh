#!/usr/bin/env bash
# Refuses an include that goes against the order of the rooms (docs/architecture.md), in every source and header of src
# and include, whether it stands in the file itself or is reached through a header; and a name that a file must not know:
# closed forms and allocation read a link, never the network, Monte Carlo the network, never a link; the allocation adds no row of a cone problem without a name. The lines are read as
# they stand: no compiler decides by its search path or by an #ifdef which of them count. Refuses, too, includes that go
# round in a circle; a source and its header count as one file there.
#   layers.sh TOP               checks the sources below TOP
#   layers.sh TOP --self-test   plants violations in a copy and expects each to be found, by file, line, room and header
set -euo pipefail
# shellcheck source=tests/complain.sh
. "$(dirname "${BASH_SOURCE[0]}")/complain.sh"
top=$1

# check DIR: a line for each violation; fails when there is one, or nothing to check
# shellcheck disable=SC2016 # the program of awk
check() {
  (cd "$1" && find src include -name '*.[ch]' -o -name '*.inc' 2>/dev/null | sort | xargs -r awk '
    BEGIN {
      # the rooms each room may include, besides itself, base and linalg
      sees["base"] = sees["linalg"] = sees["socp"] = sees["scenario"] = ""
      sees["network"] = "scenario"
      sees["channel"] = sees["network"] " network"
      sees["link"] = sees["channel"] " channel"
      sees["metrics"] = sees["link"] " link"
      sees["alloc"] = sees["metrics"] " metrics socp"
      sees["trial"] = sees["alloc"] " alloc"
      sees["report"] = sees["trial"] " trial"
      sees["sweep"] = sees["report"] " report"
      sees["cli"] = sees["sweep"] " sweep"
      # headers made by the build
      made["completion_text.h"] = "cli"
      made["git_version.h"] = made["citation_text.h"] = made["plots_text.h"] = "report"
    }
    function room_of(file,   part) {
      if (file == "src/main.c") return "cli"
      if (file == "include/cfisac/error.h") return "base"
      split(file, part, "/")
      if (part[1] == "src") return part[2]
      sub(/(\.h|_[a-z]*\.inc)$/, "", part[3])
      return part[3]
    }
    function one_of(word, words) { return index(" " words " ", " " word " ") > 0 }
    function sees_room(room, other) {
      return room == other || other == "base" || (other == "linalg" && room != "base") || one_of(other, sees[room])
    }
    # the library of a header that not every room may include, or ""; its folder and its quotes do not matter
    function library(header,   name) {
      name = header
      sub(/^.*\//, "", name)
      if (name ~ /^mpi[a-z_-]*\.h$/) return "mpi"
      if (name ~ /^cJSON/) return "cjson"
      if (header ~ /^suitesparse\// || name ~ /^(amd|SuiteSparse)/) return "amd"
      return name ~ /(cblas|lapack|f77blas|openblas|gsl_blas)/ ? "blas" : ""
    }
    function may_use(file, header,   which) {
      which = library(header)
      if (which == "mpi") return file == "src/sweep/mpi.c"
      if (which == "cjson") return one_of(room_of(file), "scenario report")
      if (which == "amd") return room_of(file) == "socp"
      if (which == "blas") return room_of(file) == "linalg"
      return !(header in made) || room_of(file) == made[header]
    }
    function complain(at, text) { printf "%s: %s\n", at, text; bad = 1 }

    # What stands left of the link, for those that read a link only; the link itself, for the Monte Carlo, which checks it;
    # rows that no map of an exported problem would name, for who puts problems together.
    function forbidden_name(file) {
      if (file ~ /^src\/alloc\// && file != "src/alloc/program_map.c")
        return "(cfi_network|network_[a-z_]+|cfi_channel[a-z_]*|channel_[a-z_]+|socp_add_[a-z]+)"
      if (file ~ /^src\/alloc\// || file ~ /^src\/metrics\/(closed_form|coherent|sensing)\.[ch]$/)
        return "(cfi_network|network_[a-z_]+|cfi_channel[a-z_]*|channel_[a-z_]+)"
      if (file ~ /^src\/metrics\/(mc_[a-z_]+|sums|simulation|monte_carlo|estimable|jackknife)\.[ch]$/)
        return "(cfi_link|link_[a-z_]+)"
      return ""
    }

    FNR == 1 { file[++files] = FILENAME; known[FILENAME] = 1; filled[room_of(FILENAME)] = 1; forbidden = forbidden_name(FILENAME) }
    forbidden != "" && match(" " $0, "[^A-Za-z0-9_]" forbidden) {
      complain(FILENAME ":" FNR, "may not name " substr(" " $0, RSTART + 1, RLENGTH - 1))
    }
    /^[ \t]*(#|%:|\?\?=)[ \t]*(include|import)/ {
      line = $0
      sub(/^[ \t]*(#|%:|\?\?=)[ \t]*(include_next|include|import)[ \t]*/, "", line)
      if (line !~ /^(<[^>]+>|"[^"]+")/) { complain(FILENAME ":" FNR, "an include that names no file: " line); next }
      quoted = substr(line, 1, 1) == "\""
      sub(/^["<]/, "", line)
      sub(/[">].*$/, "", line)
      n = ++includes[FILENAME]
      header[FILENAME, n] = line
      at[FILENAME, n] = FILENAME ":" FNR
      is_quoted[FILENAME, n] = quoted
    }

    # the file of the project that a header is, or "" for another one
    function project_file(from, name,   own) {
      own = from
      sub(/[^\/]*$/, name, own)
      if (own in known) return own
      if (("src/" name) in known) return "src/" name
      return ("include/" name) in known ? "include/" name : ""
    }
    # target: the file of the project that an include is. leads: whether a header that not every room may include is
    # reached from a file; few are, and only they are walked through.
    function resolve(   f, i, name, more) {
      for (f = 1; f <= files; f++)
        for (i = 1; i <= includes[file[f]]; i++) {
          name = header[file[f], i]
          target[file[f], i] = project_file(file[f], name)
          if (target[file[f], i] == "" && (library(name) || name in made)) leads[file[f]] = 1
        }
      for (more = 1; more;) {
        more = 0
        for (f = 1; f <= files; f++)
          for (i = 1; i <= includes[file[f]] && !(file[f] in leads); i++)
            if (target[file[f], i] in leads) more = leads[file[f]] = 1
      }
    }
    # what FILE includes itself
    function check_file(file,   i, room, name, to) {
      room = room_of(file)
      if (!(room in sees)) { complain(file, "room " room " is not one that docs/architecture.md knows"); return }
      for (i = 1; i <= includes[file]; i++) {
        name = header[file, i]
        to = target[file, i]
        if (to == "" && is_quoted[file, i] && !library(name) && !(name in made)) {
          complain(at[file, i], "there is no " name)
        } else if (to == "" ? !may_use(file, name) : !sees_room(room, room_of(to))) {
          complain(at[file, i], "room " room " may not include " name)
        }
      }
    }
    # the library that ORIGIN reaches through HERE, a header of the project that may have it. Headers of rooms need no
    # such search: what a room sees, every room that sees it sees too.
    function check_reach(origin, here,   i, name) {
      if (!(here in leads) || (origin, here) in reached) return
      reached[origin, here] = 1
      for (i = 1; i <= includes[here]; i++) {
        name = header[here, i]
        if (target[here, i] != "") check_reach(origin, target[here, i])
        else if (may_use(here, name) && !may_use(origin, name))
          complain(origin, "room " room_of(origin) " may not include " name ", which it does through " here)
      }
    }
    # circles: a walk over what FILE includes comes back to FILE. Looked for where the rooms are in order.
    function node_of(file) { sub(/\.[a-z]*$/, "", file); return file }
    function note_edge(from, to) {
      if (from == to || (from, to) in edge) return
      edge[from, to] = 1
      follows[from, ++followers[from]] = to
    }
    # LOCAL arguments: i, to. state: 1 on the way, 2 done
    function walk(node, path,   i, to) {
      state[node] = 1
      for (i = 1; i <= followers[node]; i++) {
        to = follows[node, i]
        if (state[to] == 1) {
          sub("^.*" to "( |$)", to " ", path)
          complain(to, "goes round: " path "-> " to)
        } else if (!state[to]) walk(to, path "-> " to " ")
      }
      state[node] = 2
    }
    function check_circles(   f, i) {
      for (f = 1; f <= files; f++)
        for (i = 1; i <= includes[file[f]]; i++)
          if (target[file[f], i] != "") note_edge(node_of(file[f]), node_of(target[file[f], i]))
      for (f = 1; f <= files; f++) if (!state[node_of(file[f])]) walk(node_of(file[f]), node_of(file[f]) " ")
    }
    END {
      for (room in sees) if (!(room in filled)) complain("src", "room " room " has no files")
      resolve()
      for (f = 1; f <= files; f++) check_file(file[f])
      for (f = 1; f <= files; f++) check_reach(file[f], file[f])
      if (!bad) check_circles()
      exit bad || !files
    }') && [ -n "$(find "$1/src" -name '*.c' 2>/dev/null)" ]
}

# ------------------------------------------------------------------------------------- self-test

tried=0

# with_line FILE LINE: what check says about the copy while FILE, there or new, ends with LINE; its exit code is in `code`
with_line() {
  local file=$copy/$1
  code=0
  tried=$((tried + 1))
  [ ! -e "$file" ] || cp "$file" "$copy/kept"
  printf '%s\n' "$2" >>"$file"
  line_number=$(wc -l <"$file")
  check "$copy" >"$copy/said" || code=$?
  rm "$file"
  [ ! -e "$copy/kept" ] || mv "$copy/kept" "$file"
}

# expect_said TEXT WHAT: check failed and said TEXT and nothing else
expect_said() {
  if [ "$code" -eq 0 ]; then
    complain "did not find $2"
  elif [ "$(cat "$copy/said")" != "$1" ]; then
    complain "$2 was found for a wrong reason: $(cat "$copy/said")"
  fi
}

# refused FILE LINE HEADER
refused() {
  local room=${1#*/}
  room=${room%%/*}
  case $1 in
    include/cfisac/error.h) room=base ;;
    include/*) room=$(basename "$1" .h) ;;
  esac
  with_line "$1" "$2"
  expect_said "$1:$line_number: room $room may not include $3" "$2 in $1"
}

# allowed FILE LINE
allowed() {
  with_line "$1" "$2"
  [ "$code" -eq 0 ] || complain "$2 in $1 was refused: $(cat "$copy/said")"
}

# plant_libraries: every spelling of every library's header, where it may stand and where it may not
plant_libraries() {
  local room spelling
  for spelling in mpi.h openmpi/mpi.h; do
    for room in metrics/sensing cli/cli sweep/sweep sweep/plan; do
      refused "src/$room.c" "#include <$spelling>" "$spelling"
    done
    refused src/sweep/ranks.h "#include <$spelling>" "$spelling"
    refused include/cfisac/sweep.h "#include \"$spelling\"" "$spelling"
    allowed src/sweep/mpi.c "#include <$spelling>"
  done
  for spelling in cJSON.h cjson/cJSON.h; do
    for room in alloc/alloc sweep/journal cli/options; do
      refused "src/$room.c" "#include <$spelling>" "$spelling"
    done
    refused src/alloc/lanes.h "#include \"$spelling\"" "$spelling"
    allowed src/report/json.c "#include <$spelling>"
    allowed src/scenario/keys.c "#include \"$spelling\""
  done
  for spelling in amd.h suitesparse/amd.h suitesparse/camd.h SuiteSparse_config.h; do
    for room in network/network linalg/linalg alloc/step; do
      refused "src/$room.c" "#include <$spelling>" "$spelling"
    done
    refused include/cfisac/network.h "#include \"$spelling\"" "$spelling"
    allowed src/socp/ldl.c "#include <$spelling>"
  done
  for spelling in cblas.h lapacke.h openblas/cblas.h x86_64-linux-gnu/cblas.h lapack.h gsl/gsl_cblas.h; do
    for room in metrics/sensing socp/kkt base/arena; do
      refused "src/$room.c" "#include <$spelling>" "$spelling"
    done
    refused src/metrics/sums.h "#include <$spelling>" "$spelling"
    allowed src/linalg/products.c "#include <$spelling>"
  done
}

# plant_rooms: rooms to the right, in sources, headers and public headers, new files too
plant_rooms() {
  refused src/socp/ldl.c '#include "cfisac/scenario.h"' cfisac/scenario.h
  refused src/network/network.c '#include "cfisac/metrics.h"' cfisac/metrics.h
  refused src/scenario/tree.h '#include "network/placement.h"' network/placement.h
  refused src/linalg/linalg.c '#include "cfisac/socp.h"' cfisac/socp.h
  refused src/base/arena.c '#include <cfisac/linalg.h>' cfisac/linalg.h
  refused src/trial/trial.c '#include "cfisac/report.h"' cfisac/report.h
  refused include/cfisac/trial.h '#include "cfisac/report.h"' cfisac/report.h
  refused include/cfisac/error.h '#include "cfisac/sweep.h"' cfisac/sweep.h
  refused src/metrics/new.c '#include "alloc/problem.h"' alloc/problem.h
  refused src/link/link.c '#include "cfisac/metrics.h"' cfisac/metrics.h
  refused src/channel/precoder.c '#include "cfisac/link.h"' cfisac/link.h
  allowed src/metrics/new.c '#include "cfisac/link.h"'
  allowed src/sweep/new.h '#include "cfisac/trial.h"'
  allowed src/alloc/new.c '#include "cfisac/socp.h"'
}

# named FILE LINE NAME: a name that the file must not know
named() {
  with_line "$1" "$2"
  expect_said "$1:$line_number: may not name $3" "$2 in $1"
}

# plant_names: closed forms and allocation read a link only, Monte Carlo never does
plant_names() {
  named src/alloc/splits.c 'static double a(const cfi_network *n);' cfi_network
  named src/alloc/new.h 'double x = network_path_power(n, 0, 0);' network_path_power
  named src/alloc/step_gain.c '  size_t row = socp_add_cone(model->builder, 3);' socp_add_cone
  named src/metrics/closed_form.c '  channel_mmse_variance(n, x);' channel_mmse_variance
  named src/metrics/mc_rate.c 'static double a(const cfi_link *link);' cfi_link
  named src/metrics/simulation.c '  link_coherent(l, 0, 1, 2);' link_coherent
  allowed src/metrics/sensing.c 'static double a(const cfi_link *link);'
  allowed src/metrics/estimable.c 'static double a(const cfi_network *network);'
  allowed src/link/link.c 'static double a(const cfi_network *network);'
}

# plant_spellings: an include is found however it is written, and what is not an include is not
plant_spellings() {
  refused src/metrics/sensing.c $'  #\tinclude\t<mpi.h> /* why */' mpi.h
  refused src/metrics/sensing.c '#include<mpi.h>' mpi.h
  refused src/metrics/sensing.c '%:include <mpi.h>' mpi.h
  refused src/metrics/sensing.c '#include_next <mpi.h>' mpi.h
  refused src/metrics/sensing.c $'#ifdef NOWHERE\n#endif\n#include <mpi.h>' mpi.h
  allowed src/metrics/sensing.c '/* see <mpi.h>: #include "mpi.h" */'
  allowed src/metrics/sensing.c '#include <stdio.h>'
  with_line src/metrics/sensing.c '#include HEADER'
  expect_said "src/metrics/sensing.c:$line_number: an include that names no file: HEADER" 'an include by a macro'
  with_line src/metrics/sensing.c '#include "metrics/nowhere.h"'
  expect_said "src/metrics/sensing.c:$line_number: there is no metrics/nowhere.h" 'an include of nothing'
  with_line src/network/network.c '#include "scenario/value.h"'
  expect_said 'src/network/network.c: room network may not include cjson/cJSON.h, which it does through src/scenario/value.h' \
    'cJSON through a header that may have it'
  mkdir "$copy/src/elsewhere"
  with_line src/elsewhere/a.c 'int a;'
  expect_said 'src/elsewhere/a.c: room elsewhere is not one that docs/architecture.md knows' 'a room that is not known'
  rmdir "$copy/src/elsewhere"
}

# plant_circles: two files, three files, a header that its own header's user includes
plant_circles() {
  with_line src/scenario/tree.h '#include "scenario/grid.h"'
  expect_said 'src/scenario/grid: goes round: src/scenario/grid -> src/scenario/tree -> src/scenario/grid' 'a circle of two'
  with_line src/scenario/value.c '#include "scenario/model.h"'
  grep -q '^src/scenario/[a-z]*: goes round: .*src/scenario/model .*src/scenario/value' "$copy/said" ||
    complain "a circle of several files was found for a wrong reason: $(cat "$copy/said")"
  [ "$code" -ne 0 ] || complain 'did not find a circle of several files'
  with_line include/cfisac/error.h '#include "cfisac/base.h"'
  expect_said 'include/cfisac/base: goes round: include/cfisac/base -> include/cfisac/error -> include/cfisac/base' \
    'a circle of public headers'
  allowed src/scenario/place.h '#include "scenario/wording.h"'
  allowed src/scenario/new.c '#include "scenario/model.h"'
}

self_test() {
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  cp -r "$top/include" "$top/src" "$copy"
  # what was planted is looked for a hundred times: of each file its first line and its includes
  find "$copy/src" "$copy/include" -type f -exec sed -i -n '1p; /include/p' {} +
  check "$copy" || complain 'an untouched copy is refused'
  mkdir "$copy/empty"
  ! check "$copy/empty" >/dev/null || complain 'nothing at all passes'
  plant_libraries
  plant_rooms
  plant_names
  plant_spellings
  plant_circles
  check "$copy" || complain 'the copy is not what it was'
  [ "$failures" -eq 0 ] || exit 1
  printf 'layers.sh: %d plants, each refused or allowed for the right reason\n' "$tried"
}

if [ "${2:-}" = --self-test ]; then
  self_test
else
  check "$top"
  printf 'layers.sh: every include follows the order of the rooms\n'
fi
