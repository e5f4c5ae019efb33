#!/bin/bash
# End-to-end tests of solve: every file that is no CBF file, or not of the part that is supported, is refused with its line.
# Usage: test_solve_refusals.sh CFISAC     (needs bash and coreutils only)
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$work" || exit 1

# refused TEXT: the file on standard input is exit 3, one line with TEXT
refused() {
    cat >bad.cbf
    expect_line 3 "$1" solve bad.cbf --json
}

head='VER\n1\nOBJSENSE\nMIN\nVAR\n2 1\nF 2\n'   # seven lines
rows=${head}'CON\n3 2\nL= 1\nL+ 2\n'            # eleven
# line TEXT FILE: the file, a format of printf, is refused with TEXT
line() {
    # shellcheck disable=SC2059
    refused "$1" < <(printf "$2")
}

line 'bad.cbf:1: the file ends without OBJSENSE' ''
line 'bad.cbf:1: ' 'hello\n'
line 'no keyword' 'VER\n1\nobjsense\nMIN\n'
line 'before the version (allowed: VER' 'OBJSENSE\nMIN\nVER\n1\n'
line 'bad.cbf:2: version 5 of the format (allowed: 1 .. 4)' 'VER\n5\n'
line 'bad.cbf:2: version 0' 'VER\n0\n'
line 'bad.cbf:2: version ' 'VER\n1.5\n'
line 'the file ends in VER' 'VER\n'
line "sense 'min' (allowed: MIN, MAX)" 'VER\n1\nOBJSENSE\nmin\n'
line 'without OBJSENSE' 'VER\n1\nVAR\n1 1\nF 1\n'
line 'without VAR' 'VER\n1\nOBJSENSE\nMIN\n'
line 'bad.cbf:8: VER a second time' "$head"'VER\n1\n'
line 'bad.cbf:8: VAR a second time' "$head"'VAR\n1 1\nF 1\n'
line 'VAR and CON come before the data' 'VER\n1\nOBJACOORD\n1\n0 1\nOBJSENSE\nMIN\nVAR\n2 1\nF 2\n'
line 'bad.cbf:6: VAR without variables' 'VER\n1\nOBJSENSE\nMIN\nVAR\n0 0\n'
line 'announces 3, but its cones have 2' 'VER\n1\nOBJSENSE\nMIN\nVAR\n3 1\nF 2\n'
line 'bad.cbf:7: the cones of VAR have more than the variables it announces' 'VER\n1\nOBJSENSE\nMIN\nVAR\n2 1\nF 3\n'
line 'announces 2 lines' 'VER\n1\nOBJSENSE\nMIN\nVAR\n2 2\nF 2\n'
line "number of scalars '99999999999'" 'VER\n1\nOBJSENSE\nMIN\nVAR\n99999999999 1\nF 1\n'
line "number of scalars '-2'" 'VER\n1\nOBJSENSE\nMIN\nVAR\n-2 1\nF 1\n'
line 'number of scalars' 'VER\n1\nOBJSENSE\nMIN\nVAR\n99999999999999999999999999 1\nF 1\n'
line 'announces 4000000000 lines' "$head"'ACOORD\n4000000000\n0 0 1\n'
line 'number of lines' "$head"'ACOORD\n18446744073709551616\n0 0 1\n'
line "'extra' is too much on this line" 'VER\n1 extra\n'
line "'1' is too much on this line" "$rows"'OBJACOORD\n1\n0 1 1\n'
line 'bad.cbf:14: coefficient is missing' "$rows"'ACOORD\n1\n0 1\n0 0 1\n'
line 'bad.cbf:16: the file ends in ACOORD' "$rows"'ACOORD\n2\n0 1 1\n            \n'
line "bad.cbf:14: row '3' (allowed: a whole number 0 .. 2)" "$rows"'ACOORD\n1\n3 0 1\n'
line "bad.cbf:14: variable '2' (allowed: a whole number 0 .. 1)" "$rows"'ACOORD\n1\n0 2 1\n'
line "variable '-1'" "$rows"'OBJACOORD\n1\n-1 1\n'
line 'VAR and CON come before the data' "$head"'ACOORD\n1\n0 0 1\n'
line 'VAR and CON come before the data' "$head"'BCOORD\n1\n0 1\n'
for number in nan inf -inf 1e400 0x10 1,5 1e 1e+ . - + 1.2.3 1d5 '1 2' 12a --1; do
    line 'bad.cbf:14: ' "$rows"'OBJACOORD\n1\n0 '"$number"'\n'
done
line 'not finite' "$rows"'OBJACOORD\n2\n0 1e308\n0 1e308\n'
for cone in EXP 'EXP*' '@0:POW' SVECPSD q 'L' LE; do
    line "bad.cbf:7: cone '$cone' is not supported (allowed: cones F, L=, L+, L-, Q, QR)" \
        'VER\n1\nOBJSENSE\nMIN\nVAR\n3 1\n'"$cone"' 3\n'
done
line 'a cone QR of size 1 (allowed: 2 or more)' 'VER\n1\nOBJSENSE\nMIN\nVAR\n1 1\nQR 1\n'
for item in PSDVAR PSDCON INT OBJFCOORD FCOORD HCOORD DCOORD POWCONES 'POW*CONES' CHANGE; do
    line "bad.cbf:12: $item: " "$rows$item"'\n1\n3\n'
done
for item in PSDVAR PSDCON INT OBJFCOORD FCOORD HCOORD DCOORD; do
    line "bad.cbf:13: '0' is too much on this line" "$rows$item"'\n0 0\n'
    line "bad.cbf:13: number of lines '-1'" "$rows$item"'\n-1\n'
    line "bad.cbf:12: the file ends in $item" "$rows$item"
    line "bad.cbf:15: $item a second time" "$rows$item"'\n0\n\n'"$item"'\n0\n'
    line "bad.cbf:14: '3' is no keyword" "$rows$item"'\n0\n3\n'
done
for item in POWCONES 'POW*CONES'; do
    line "bad.cbf:12: $item: " "$rows$item"'\n0 3\n'
    line 'bad.cbf:13: number of lines is missing' "$rows$item"'\n0\n'
done
line 'bad.cbf:12: CHANGE: ' "$rows"'CHANGE\n'
line 'INT before the version' 'INT\n0\nVER\n1\n'
line 'gunzip' '\037\213\010\000'
line 'bad.cbf:3: ' 'VER\n1\nOBJ\000SENSE\nMIN\n'

conclude
