#!/bin/bash
# End-to-end tests of solve: optima known by hand, certificates, what is printed.
# Usage: test_solve.sh CFISAC     (needs bash, awk and coreutils only)
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$work" || exit 1

# field KEY FILE: a scalar of the JSON
field() { sed -n "s/^  \"$1\": \(.*[^,]\),\{0,1\}\$/\1/p" "$2"; }
# vector KEY FILE: an array's numbers, a line each
vector() { field "$1" "$2" | tr -d '[] ' | tr ',' '\n'; }
# near A B TOLERANCE: relative to 1 + |B|
near() { awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; s = b < 0 ? -b : b; exit !(a != "" && d <= t * (1 + s) && -d <= t * (1 + s)) }'; }
# all_near FILE TOLERANCE VALUE...: the lines of FILE are the values
all_near() {
    local file=$1 tolerance=$2 value
    shift 2
    [ "$(wc -l <"$file")" -eq $# ] || return 1
    while read -r value; do
        near "$value" "$1" "$tolerance" || return 1
        shift
    done <"$file"
}

# accurate FILE: two residuals and the gap of the JSON, each a small number
accurate() { awk '/"(primal|dual)_residual"|"gap"/ { n++; if ($2 !~ /^[0-9]/ || $2 + 0 > 1e-8) exit 1 } END { exit n != 3 }' "$1"; }
certified() { awk '/"certificate_residual"/ { found = $2 + 0 <= 1e-8 && $2 != "null," } END { exit !found }' "$1"; }

# optimum NAME VALUE [X...]: the file on standard input has this optimum, and this solution
optimum() {
    local name=$1 value=$2
    shift 2
    cat >"$name.cbf"
    expect 0 solve "$name.cbf" --json
    check "$name: optimal" test "$(field status out)" = '"optimal"'
    check "$name: $(field primal_objective out) is $value" near "$(field primal_objective out)" "$value" 1e-7
    check "$name: the dual agrees" near "$(field dual_objective out)" "$value" 1e-7
    check "$name: residuals and gap" accurate out
    if [ $# -gt 0 ]; then
        vector x out >solution
        check "$name: x is $(tr '\n' ' ' <solution)" all_near solution 1e-6 "$@"
    fi
}

# infeasible NAME STATUS: the file on standard input has this status, with a certificate
infeasible() {
    cat >"$1.cbf"
    expect 4 solve "$1.cbf" --json
    check "$1: $2" test "$(field status out)" = "\"$2\""
    check "$1: a certificate" certified out
    check "$1: no objective" test "$(field primal_objective out)" = null
    check "$1: one line says so" test "$(wc -l <err)" -eq 1
}

# -------------------------------------------------------------------------------- known optima
# max 3 x + 5 y + 7, x <= 4, 2 y <= 12, 3 x + 2 y <= 18: 43 at (2, 6)
optimum max_with_constant 43 2 6 <<'END_CBF'
# a comment before the version

VER
4
# between items
OBJSENSE
MAX

VAR
2 1
L+ 2
CON
3 2
# inside an item
L+ 1

L- 2
OBJBCOORD
7
BCOORD
3
0 4
1 -12
2 -18
OBJACOORD
2
1 5.0e0
0 +3
ACOORD
4
2 1 2
1 1 2.
0 0 -1
2 0 .3e1
END_CBF
cp out first
sed 's/$/\r/' max_with_constant.cbf | "$cfisac" solve - --json >out 2>err
check 'line ends of DOS, and standard input' cmp <(grep -v seconds first) <(grep -v seconds out)
sed 's/^\([0-9LOV].*\)$/ \t\1  # remark/' max_with_constant.cbf >remarks.cbf
expect 0 solve remarks.cbf --json
check 'remarks and blanks on a line' cmp <(grep -v seconds first) <(grep -v seconds out)
check 'maximising is said' has out '"sense": "max"'
printf 'VER\n1\nOBJSENSE\nMIN\nVAR\n1 1\nL+ 1' | "$cfisac" solve - >out 2>err
check 'a file need not end with a line end' test $? -eq 0
check 'and is solved' grep -q '^ *status  *optimal' out

# (x0, x1, x2) with 2 x0 x1 >= x2^2 and x2 = 1: the least x0 + x1 is sqrt(2)
optimum rotated_variables 1.41421356237309505 0.70710678 0.70710678 1 <<'END_CBF'
VER
1
OBJSENSE
MIN
VAR
3 1
QR 3
CON
1 1
L= 1
OBJACOORD
2
0 1
1 1
ACOORD
1
0 2 1
BCOORD
1
0 -1
END_CBF

# 2 (2 x) (y + 1) >= 1 + (x - 1)^2 and 1 as a constant among the rest; minimise 8 x + y with y <= 3: on the boundary,
# y + 1 = (1 + (x - 1)^2) / (4 x) = f(x), 8 x + f(x) - 1 is least at 1 / (2 x^2) = 33/4
optimum rotated_rows 2.562019202317980 <<'END_CBF'
VER
2
OBJSENSE
MIN
VAR
2 1
F 2
CON
5 2
L- 1
QR 4
OBJACOORD
2
0 8
1 1
ACOORD
4
0 1 1
1 0 2
2 1 1
4 0 1
BCOORD
4
0 -3
2 1
3 1
4 -1
END_CBF

# every kind of variable: minimise -x0 + x1 + x2 + x3 + x4 with x0 <= 0, x1 = 2, x2 fixed at 0, x3 >= 0, abs(x5) <= x4, x5 = -3
optimum kinds_of_variables 5 0 2 0 0 3 -3 <<'END_CBF'
VER
3
OBJSENSE
MIN
VAR
6 6
L- 1
F 1
L= 1
L+ 1
Q 2
QR 0
CON
4 3
L= 2
F 2
L+ 0
OBJACOORD
5
0 -1
1 1
2 1
3 1
4 1
ACOORD
4
0 1 1
1 5 1
2 0 5
3 1 1
BCOORD
4
0 -2
1 3
2 1e300
3 -7
END_CBF

# cones of size one and two, on rows: x0 >= 3, x1 >= abs(x0 - 1), and x2, x3 >= 0 as a rotated cone without rest
optimum small_cones 5 3 2 0 0 <<'END_CBF'
VER
1
OBJSENSE
MIN
VAR
4 1
F 4
CON
5 3
Q 1
Q 2
QR 2
OBJACOORD
4
0 1
1 1
2 1
3 1
ACOORD
5
0 0 1
1 1 1
2 0 1
3 2 1
4 3 1
BCOORD
2
0 -3
2 -1
END_CBF

# entries given twice add up: (0.5 + 1.5) x >= 1 + 3, minimise (2 - 1) x
optimum duplicates_add_up 2 2 <<'END_CBF'
VER
1
OBJSENSE
MIN
VAR
1 1
F 1
CON
1 1
L+ 1
OBJACOORD
2
0 2
0 -1
ACOORD
2
0 0 0.5
0 0 1.5
BCOORD
2
0 -1
0 -3
END_CBF

# redundant equalities, a zero row, a zero column, a variable fixed by two inequalities
optimum degenerate 1 <<'END_CBF'
VER
1
OBJSENSE
MIN
VAR
4 1
L+ 4
CON
5 3
L= 3
L+ 1
L- 1
OBJACOORD
2
0 1
1 2
ACOORD
10
0 0 1
0 1 1
0 2 1
1 0 1
1 1 1
1 2 1
2 0 2
2 1 2
2 2 2
4 2 1
BCOORD
4
0 -1
1 -1
2 -2
3 1
END_CBF

# nothing but variables, and nothing but equalities
optimum no_constraints 0 0 <<'END_CBF'
VER
1
OBJSENSE
MIN
VAR
1 1
L+ 1
OBJACOORD
1
0 1
ACOORD
0
BCOORD
0
END_CBF
optimum no_cones 2 3 2 <<'END_CBF'
VER
1
OBJSENSE
MAX
VAR
2 1
F 2
CON
2 1
L= 2
OBJACOORD
1
1 1
ACOORD
3
0 0 2
1 0 1
1 1 4
BCOORD
2
0 -6
1 -11
END_CBF
optimum nothing_to_do -4 0 <<'END_CBF'
VER
1
OBJSENSE
MIN
VAR
1 1
F 1
CON
0 0
OBJBCOORD
-4
END_CBF

optimum sense_last 6 3 <<'END_CBF'
VER
2
VAR
1 1
F 1
OBJACOORD
1
0 2
CON
1 1
L- 1
OBJBCOORD
0
BCOORD
1
0 3
ACOORD
1
0 0 -1
OBJSENSE
MIN
END_CBF

# what a writer of the whole format leaves empty: least x >= 1 with no integers, no matrices, no power cones
optimum empty_items 1 1 <<'END_CBF'
VER
4
POWCONES
0 0
POW*CONES
0 0 # none
OBJSENSE
MIN
PSDVAR
0
VAR
1 1
F 1
INT
0
PSDCON

0
CON
1 1
L+ 1
OBJFCOORD
0
OBJACOORD
1
0 1
FCOORD
0
ACOORD
1
0 0 1
BCOORD
1
0 -1
HCOORD
0
DCOORD
0
END_CBF

# --------------------------------------------------------------------- infeasible and unbounded
infeasible contradiction primal_infeasible <<'END_CBF'
VER
1
OBJSENSE
MAX
VAR
1 1
F 1
CON
2 2
L+ 1
L- 1
OBJACOORD
1
0 1
ACOORD
2
0 0 1
1 0 1
BCOORD
1
0 -1
END_CBF
check 'no point: x is null' test "$(field x out)" = null
vector multipliers out >u # u0 >= 0 >= u1, u0 + u1 = 0, -u0 = -1
check 'the multipliers prove it' all_near u 1e-8 1 -1
infeasible zero_row primal_infeasible <<'END_CBF'
VER
1
OBJSENSE
MIN
VAR
2 1
L+ 2
CON
1 1
L= 1
BCOORD
1
0 1
END_CBF
infeasible rotated primal_infeasible <<'END_CBF'
VER
1
OBJSENSE
MIN
VAR
3 1
QR 3
CON
2 1
L= 2
ACOORD
3
0 2 1
1 0 1
1 1 1
BCOORD
2
0 -2
1 -1
END_CBF
vector multipliers out >u # -A'u = -(u1, u1, u0) in QR, 2 u0 + u1 = 1 follows from b'u = -1
prove() {
    awk '{ u[NR] = $1 } END { one = 2 * u[1] + u[2]
        exit !(NR == 2 && one > 1 - 1e-8 && one < 1 + 1e-8 && u[2] < 0 && 2 * u[2] * u[2] >= u[1] * u[1] - 1e-8) }' u
}
check 'its multipliers prove it' prove
infeasible unbounded_min dual_infeasible <<'END_CBF'
VER
1
OBJSENSE
MIN
VAR
2 1
Q 2
OBJACOORD
1
1 1.5
END_CBF
infeasible unbounded_max dual_infeasible <<'END_CBF'
VER
1
OBJSENSE
MAX
VAR
2 1
Q 2
CON
1 1
L= 1
OBJACOORD
1
0 2
ACOORD
2
0 0 1
0 1 -1
BCOORD
1
0 -5
END_CBF
check 'no multipliers' test "$(field multipliers out)" = null
expect 4 solve unbounded_max.cbf
check 'the table explains the ray' has out 'a ray x'

# -------------------------------------------------------------------------------------- output
expect 0 solve max_with_constant.cbf
for word in 'maximise, 2 variables, 3 constraints' 'status            optimal' 'primal objective  4' 'gap  ' 'set-up  ' 'stopped by        tolerance'; do
    check "the table has $word" has out "$word"
done
check 'the table is plain text' awk 'length > 110 || /\033/ { exit 1 } END { exit NR < 5 }' out
cp out table
expect 0 solve max_with_constant.cbf --repeat 3
check 'the table says how many' has out '(medians of 3)'
check 'a repeated solve is the same' cmp <(grep -v ' ms' table) <(grep -v ' ms' out)
expect 0 solve max_with_constant.cbf --json --repeat=2 --quiet
check 'the JSON too' cmp <(grep -v seconds first) <(grep -v seconds out)
for key in status stop_reason iterations primal_objective dual_objective primal_residual dual_residual gap x setup_seconds \
    solve_seconds; do
    check "the JSON has $key" has out "\"$key\": "
done
for options in '' --json; do
    # shellcheck disable=SC2086
    "$cfisac" solve max_with_constant.cbf $options >/dev/full 2>err
    check 'a full disk is exit 6' test $? -eq 6
    # shellcheck disable=SC2086
    "$cfisac" solve max_with_constant.cbf $options >&- 2>err
    check 'a closed standard output is exit 6' test $? -eq 6
done
expect 2 solve
expect 2 solve a.cbf b.cbf
expect 2 solve max_with_constant.cbf --repeat 0
expect 2 solve max_with_constant.cbf --csv
for limit in 0 -1 -0 1e-999 1e400 1e10 nan inf 0x10 1s 1,5 '' ' 1' '1 ' + +1 . e5 1e 1e5e5 -; do
    expect 2 solve max_with_constant.cbf --time-limit "$limit"
    check "--time-limit '$limit' is named" has err "--time-limit $limit: not a number of seconds in range (allowed: greater than 0, up to 1e+09)"
    check 'in one line' test "$(wc -l <err)" -eq 1
done
expect 2 solve max_with_constant.cbf --time-limit
expect 2 solve max_with_constant.cbf --time-limit 1 --time-limit 2
expect 2 run max_with_constant.cbf --time-limit 1
for limit in 1000 1e9 .5e4 1e+3 3000.; do
    expect 0 solve max_with_constant.cbf --json --time-limit "$limit"
    check "with --time-limit $limit the same" cmp <(grep -v seconds first) <(grep -v seconds out)
done
expect 3 solve nowhere.cbf
expect 3 solve .
check 'a folder is no file' has err '.: cannot be read'

conclude
