# Sourced by the end-to-end tests: a folder to work in, and checks that are counted.
# shellcheck shell=bash
set -u

cfisac=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cases=0
# shellcheck source=tests/complain.sh
. "$(dirname "${BASH_SOURCE[0]}")/../complain.sh"

# check NAME COMMAND...: the command must succeed.
check() {
    local name=$1
    shift
    cases=$((cases + 1))
    "$@" || complain "$name"
}

# fits_page FILE: no line has more than 80 characters
fits_page() { ! LC_ALL=C.UTF-8 grep -q '.\{81\}' "$1"; }

# expect CODE ARGUMENT...: runs cfisac into out and err and compares its exit code. Tables for people fit a page.
expect() {
    local code=$1 got
    shift
    cases=$((cases + 1))
    "$cfisac" "$@" >out 2>err </dev/null
    got=$?
    [ "$got" -eq "$code" ] || complain "cfisac $* ended with $got, not $code: $(head -c 300 err)"
    case " $* " in
    *" --json "* | *" --csv "*) ;;
    " run "* | " solve "* | " compare "* | " frontier "* | " sweep "*) fits_page out || complain "cfisac $* prints lines of more than 80" ;;
    esac
}

# expect_line CODE TEXT ARGUMENT...: the same; nothing on standard output, one line with TEXT on standard error
expect_line() {
    local code=$1 text=$2
    shift 2
    expect "$code" "$@"
    if [ -s out ] || [ "$(wc -l <err)" -ne 1 ] || ! has err "$text"; then
        complain "cfisac $*: no single line with '$text' but: $(head -c 300 err)"
    fi
}

has() { grep -qF -- "$2" "$1"; }

# columns_apart FILE...: no two columns of a CSV table have one name
columns_apart() {
    local file
    for file in "$@"; do
        [ -s "$file" ] && [ -z "$(head -n 1 "$file" | tr ',' '\n' | sort | uniq -d)" ] || return 1
    done
}

# refused_by_commands SCENARIO TEXT: the scenario, from a file, ends every command that reads it with one line that has the
# text, and leaves nothing.
refused_by_commands() {
    printf '%s' "$1" >bad.json
    local command
    for command in "run bad.json --out results" "run bad.json --json" "sweep bad.json --over seed=1,2 --out results" \
        "replay bad.json --drop 0" "validate bad.json"; do
        # shellcheck disable=SC2086 # words
        expect 3 $command
        check "$command of $1: nothing else is printed" test ! -s out
        check "$command of $1: one line, $(cat err)" test "$(wc -l <err)" -eq 1
        check "$command of $1: says $2, not $(cat err)" has err "bad.json: $2"
        check "$command of $1: no results" test ! -e results
    done
}

# same DIR [REFERENCE]: the files of the sweep in DIR are those of the reference (whole), and none is half-written.
same() {
    local file
    for file in sweep.ndjson sweep.csv plots.gp sweep.json scenario.json; do
        cmp "${2:-whole}/$file" "$1/$file" || return 1
    done
    [ -z "$(find "$1" -name '*.tmp')" ]
}

# lines DIR: how many the journal in DIR has.
lines() { { wc -l <"$1/sweep.ndjson"; } 2>/dev/null || echo 0; }

# use_clock CLOCK.so: the clock of ticking; ends the test as skipped where the program keeps its own
use_clock() {
    clock=$(realpath "$1")
    if grep -aq __interceptor_clock_gettime "$cfisac"; then # clang's sanitizers
        echo "$(basename "$0"): skipped (the sanitizers of this build keep another clock out)"
        exit 77
    fi
}

# ticking [NAME=VALUE]... ARGUMENT...: runs cfisac with that clock, into out and err; its exit code
ticking() {
    local settings=()
    while [[ $1 == *=* ]]; do
        settings+=("$1")
        shift
    done
    env --default-signal=INT,TERM LD_PRELOAD="$clock" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" \
        "${settings[@]}" "$cfisac" "$@" >out 2>err </dev/null
}

# conclude: the counts, and the exit code
conclude() {
    printf '%d cases, %d failures\n' "$cases" "$failures"
    [ "$failures" -eq 0 ]
}
