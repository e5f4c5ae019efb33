#!/usr/bin/env bash
# Refuses two functions or constants of one name in two files of src: a reader who searches for a name finds one thing. What a header
# declares and one of several files provides, by the build (MPI or not), is one thing as well.
#   names.sh TOP               checks the sources below TOP
#   names.sh TOP --self-test   plants names in a copy and expects each to be found, or let pass, for the right reason
set -euo pipefail
# shellcheck source=tests/complain.sh
. "$(dirname "${BASH_SOURCE[0]}")/complain.sh"
top=$1

# check DIR: a line for each name that stands in two files; fails when there is one, or nothing to check.
# A definition is what stands from a line that starts with a letter or an attribute to a line that is a lone brace: its
# name is the last word before the first parenthesis (of the attribute, none), the third argument of CLONES, or what
# WIDE_NAME (src/base/width.h) is of. Constants are what an enum lists, a `static const` that starts a line, and a macro without
# arguments that stands for something; WIDTH is none, with which a file includes its loops for each width (src/base/width.h).
# shellcheck disable=SC2016 # the program of awk
check() {
  (cd "$1" && find src -name '*.[ch]' 2>/dev/null | sort | xargs -r awk '
    BEGIN {
      # chosen by the build, never both
      alternative["src/sweep/ranks_single.c"] = "src/sweep/mpi.c"
    }
    function name_of(head,   part) {
      if (head ~ /^CLONES\(/) {
        split(head, part, /, */)
        return part[3]
      }
      if (match(head, /WIDE_NAME\([A-Za-z0-9_]*/)) return substr(head, RSTART + 10, RLENGTH - 10)
      sub(/^__attribute__\(\(.*\)\) /, "", head)
      sub(/\(.*/, "", head)
      sub(/.*[^A-Za-z0-9_]/, "", head)
      return head
    }
    function defined(name) {
      if (name == "") return
      count++
      if (name in first && first[name] != FILENAME) {
        if (alternative[FILENAME] == first[name] || alternative[first[name]] == FILENAME) return
        printf "%s:%d: %s stands in %s, too\n", FILENAME, at, name, first[name]
        bad = 1
      } else if (!(name in first)) {
        first[name] = FILENAME
      }
    }
    # without strings and comments, of which one may go on in the next line
    function code_of(text) {
      gsub(/"([^"\\]|\\.)*"/, "\"\"", text)
      if (commented) {
        if (!match(text, /\*\//)) return ""
        text = substr(text, RSTART + 2)
        commented = 0
      }
      gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, " ", text)
      if (match(text, /\/\*/)) {
        text = substr(text, 1, RSTART - 1)
        commented = 1
      }
      return text
    }
    # the names of an enum, from behind its brace: those in front of which no parenthesis is open
    function list_constants(list,   i, c, depth, word) {
      for (i = 1; i <= length(list); i++) {
        c = substr(list, i, 1)
        depth += (c == "(") - (c == ")")
        if (c == "," && !depth) {
          constant(word)
          word = ""
        } else {
          word = word c
        }
      }
      constant(word)
    }
    function constant(word) {
      gsub(/^[ \t]+|[ \t]*=.*$|[ \t]+$/, "", word)
      if (word ~ /^[A-Za-z_][A-Za-z0-9_]*$/ && word != "WIDTH") defined(word)
    }
    FNR == 1 { head = ""; commented = listing = 0 }
    {
      code = code_of($0)
      if (!listing && match(code, /(^|[^A-Za-z0-9_])enum[A-Za-z0-9_ ]*\{/)) {
        listing = 1
        list = ""
        code = substr(code, RSTART + RLENGTH)
      }
      if (listing) {
        at = FNR
        listing = !match(code, /\}/)
        list = list " " (listing ? code : substr(code, 1, RSTART - 1))
        if (!listing) list_constants(list)
      } else if (code ~ /^static const [^(]*[=;]/) {
        at = FNR
        sub(/[ \t]*[=;[].*/, "", code)
        sub(/.*[^A-Za-z0-9_]/, "", code)
        constant(code)
      } else if (code ~ /^#define [A-Za-z0-9_]+[ \t]+[^ \t]/) {
        at = FNR
        split(code, part)
        constant(part[2])
      }
    }
    /^[A-Za-z_]/ && /\(/ && !/;[ \t]*(\/\*.*)?$/ { head = $0; at = FNR }
    /^\{$/ { defined(name_of(head)); head = "" }
    END { exit bad || !count }')
}

# ------------------------------------------------------------------------------------- self-test

tried=0

# with_text FILE TEXT EXPECTED: what check says about the copy while FILE ends with TEXT ("" where it finds nothing)
with_text() {
  local file=$copy/$1 code=0 said
  tried=$((tried + 1))
  [ ! -e "$file" ] || cp "$file" "$copy/kept"
  printf '%s\n' "$2" >>"$file"
  said=$(check "$copy") || code=$?
  rm "$file"
  [ ! -e "$copy/kept" ] || mv "$copy/kept" "$file"
  if [ -z "$3" ]; then
    [ "$code" -eq 0 ] || complain "$2 in $1 was refused: $said"
  elif [ "$code" -eq 0 ] || [[ $said != "$1:"*": $3" ]]; then
    complain "$2 in $1: expected '$3', got '$said'"
  fi
}

self_test() {
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  cp -r "$top/src" "$copy"
  check "$copy" || complain 'an untouched copy is refused'
  mkdir "$copy/empty"
  ! check "$copy/empty" >/dev/null || complain 'nothing at all passes'
  local clock='clock_seconds stands in src/base/clock.c, too'
  with_text src/trial/trial.c $'static double clock_seconds(void)\n{\n}' "$clock"
  with_text src/trial/trial.c $'double clock_seconds(int a,\n                     int b)\n{\n}' "$clock"
  with_text src/trial/new.h $'static inline double clock_seconds(void)\n{\n}' "$clock"
  with_text src/trial/trial.c $'CLONES(static, void, clock_seconds, (int a), (a))\n{\n}' "$clock"
  with_text src/trial/trial.c $'__attribute__((format(printf, 1, 2))) static double clock_seconds(const char *a, ...)\n{\n}' "$clock"
  with_text src/trial/trial.c $'WIDE_CODE INLINE double *WIDE_NAME(clock_seconds)(int a)\n{\n}' "$clock"
  with_text src/trial/trial.c $'double clock_seconds(void); /* why */' ''
  with_text src/trial/trial.c $'static double unheard_of(void)\n{\n    return clock_seconds();\n}' ''
  local batch='PHILOX_BATCH stands in src/base/philox.h, too'
  with_text src/trial/trial.c 'enum { PHILOX_BATCH = 3 };' "$batch"
  with_text src/trial/trial.c $'typedef enum kind {\n    ONE = sizeof(int), /* one */\n    TWO, PHILOX_BATCH\n} kind;' "$batch"
  with_text src/trial/trial.c 'static const double PHILOX_BATCH = 1.0;' "$batch"
  with_text src/trial/trial.c 'static const char *const PHILOX_BATCH[] = {"a"};' "$batch"
  with_text src/trial/trial.c '#define PHILOX_BATCH (3)' "$batch"
  with_text src/trial/trial.c $'/* enum {\n * PHILOX_BATCH } */\nstatic const char *const words[] = {"enum { PHILOX_BATCH }"};' ''
  with_text src/trial/trial.c $'#define WIDTH 16\n#undef WIDTH' ''
  with_text src/trial/trial.c $'static int unheard_of(int a)\n{\n    return a + PHILOX_BATCH;\n}' ''
  with_text src/sweep/ranks_single.c $'void ranks_of_nothing(void)\n{\n}' ''
  [ "$failures" -eq 0 ] || exit 1
  printf 'names.sh: %d plants, each refused or allowed for the right reason\n' "$tried"
}

if [ "${2:-}" = --self-test ]; then
  self_test
else
  check "$top"
  printf 'names.sh: every function and constant has a name of its own\n'
fi
