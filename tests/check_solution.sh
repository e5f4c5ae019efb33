#!/usr/bin/env bash
# tests/bench/check_solution on answers written by hand, right and falsified, and tests/bench/sets.sh on a directory of them.
#   check_solution.sh TOP BUILD
set -euo pipefail
top=$1
export BIN=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# minimise x0 + x1, x0 + 2 x1 >= 2, x >= 0: 1 at (0, 1), multiplier 1/2
printf '%s\n' 'VER' 1 'OBJSENSE' MIN 'VAR' '2 1' 'L+ 2' 'CON' '1 1' 'L+ 1' 'OBJACOORD' 2 '0 1' '1 1' 'ACOORD' 2 '0 0 1' '0 1 2' \
  'BCOORD' 1 '0 -2' >set_line.cbf
# minimise t + 3, 2 t 1 >= x^2, x >= 2: 5 at (2, 2); multipliers 2 of x >= 2, (1, 2, -2) of the cone; the rows come out of order
printf '%s\n' '# a comment' 'VER' 1 'OBJSENSE' MIN 'VAR' '2 1' 'F 2' 'CON' '4 2' 'QR 3' 'L+ 1' 'OBJACOORD' 1 '1 1' 'OBJBCOORD' 3 'ACOORD' 3 \
  '0 1 1' '2 0 1' '3 0 1' 'BCOORD' 2 '1 1' '3 -2' >set_square.cbf
# maximise x, x <= 1: 1, multiplier -1 of x - 1 <= 0 for the minimisation of -x
printf '%s\n' 'VER' 1 'OBJSENSE' MAX 'VAR' '1 1' 'F 1' 'CON' '1 1' 'L- 1' 'OBJACOORD' 1 '0 1' 'ACOORD' 1 '0 0 1' 'BCOORD' 1 '0 -1' >set_most.cbf
# x >= 0, -x - 1 >= 0: nothing; multiplier 1
printf '%s\n' 'VER' 1 'OBJSENSE' MIN 'VAR' '1 1' 'L+ 1' 'CON' '1 1' 'L+ 1' 'OBJACOORD' 1 '0 1' 'ACOORD' 1 '0 0 -1' 'BCOORD' 1 '0 -1' >set_none.cbf
# minimise -x, x >= 0: a ray
printf '%s\n' 'VER' 1 'OBJSENSE' MIN 'VAR' '1 1' 'L+ 1' 'CON' '1 1' 'L+ 1' 'OBJACOORD' 1 '0 -1' 'ACOORD' 1 '0 0 1' >set_ray.cbf

tests=0
# expect VERDICT FILE ANSWER OBJECTIVE STATUS X MULTIPLIERS VALUE
expect() {
  tests=$((tests + 1))
  echo "{\"status\": \"$5\", \"iterations\": 1, \"x\": $6, \"multipliers\": $7, \"primal_objective\": $8, \"setup_seconds\": 0, \"solve_seconds\": 0}" \
    >answer.json
  local line
  line=$("$BIN/tests/check_solution" "$2.cbf" answer.json "$3" "$4")
  if [ "${line%%$'\t'*}" != "$1" ]; then
    echo "check_solution.sh: not $1, but: $line" >&2
    cat answer.json >&2
    exit 1
  fi
}
expect right set_line optimal 1 optimal '[0, 1]' '[0.5]' 1
expect wrong set_line optimal 1.1 optimal '[0, 1]' '[0.5]' 1
expect right set_line optimal '' optimal '[0, 1]' '[0.5]' 1
expect wrong set_line primal_infeasible '' optimal '[0, 1]' '[0.5]' 1
expect wrong set_line optimal 1 primal_infeasible null '[0.5]' null
expect loose set_line optimal 1 optimal '[0, 1]' '[0.5]' 1.001       # says another objective than its point has
expect loose set_line optimal 1 optimal '[2e-5, 0.99998]' '[0.5]' 1  # 2e-5 below a row of size 5
expect loose set_line optimal 1 optimal '[-3e-6, 1.0000015]' '[0.5]' 0.9999985
expect loose set_line optimal 1 optimal '[0, 1]' '[0.50001]' 1       # a reduced cost of -2e-5
expect loose set_line optimal 1 optimal '[0, 1]' '[0.4999]' 1        # a gap of 1e-4
expect loose set_line optimal 1 optimal '[0, 1]' null 1
expect inaccurate set_line optimal 1 inaccurate '[2e-5, 0.99998]' '[0.5]' 1
expect loose set_line optimal 1 inaccurate '[0, 0.99]' '[0.5]' 0.99
expect limit set_line optimal 1 iteration_limit '[0, 1]' '[0.5]' 1
expect failed set_line optimal 1 failed '[0, 1]' '[0.5]' 1
expect right set_square optimal 5 optimal '[2, 2]' '[1, 2, -2, 2]' 5
expect loose set_square optimal 5 optimal '[2, 1.99999]' '[1, 2, -2, 2]' 4.99999   # below the square
expect loose set_square optimal 5 optimal '[2, 2]' '[1, 1.999, -2, 2]' 5           # multipliers outside the cone
expect loose set_square optimal 5 optimal '[2, 2]' '[1, 2, 2, 2]' 5                # of the wrong sign
expect right set_most optimal 1 optimal '[1]' '[-1]' 1
expect loose set_most optimal 1 optimal '[1]' '[1]' 1
expect right set_none primal_infeasible '' primal_infeasible null '[1]' null
expect loose set_none primal_infeasible '' primal_infeasible null '[-1]' null
expect loose set_none primal_infeasible '' primal_infeasible null '[0]' null
expect right set_ray dual_infeasible '' dual_infeasible '[1]' null null
expect loose set_ray dual_infeasible '' dual_infeasible '[-1]' null null
expect wrong set_ray dual_infeasible '' primal_infeasible null '[0]' null

# sets.sh, with the program itself
gzip ./*.cbf
heading=file,answer,objective,cfisac_0.1.0
good="set_line,optimal,1,solved
set_square,optimal,5,solved
set_most,optimal,1,failed
set_none,primal_infeasible,,solved
set_ray,dual_infeasible,,solved"
# run PATTERN CODE LINES: what sets.sh prints has the pattern, and it ends with the code
run() {
  tests=$((tests + 1))
  local code=0
  printf '%s\n' "$heading" "$3" >reference.csv
  "$top/tests/bench/sets.sh" "$work" >out 2>&1 || code=$?
  if [ "$code" -ne "$2" ] || ! grep -Eq "$1" out; then
    echo "check_solution.sh: sets.sh ended with $code, not $2, or did not print $1" >&2
    cat out >&2
    exit 1
  fi
}
run '^set +5 +5 +0 .* 0 +100\.0$' 0 "$good"
run 'wrong: set_line' 1 "${good/optimal,1,solved/optimal,1.01,solved}"
run 'wrong: set_square' 1 "${good/set_square,optimal,5/set_square,primal_infeasible,}"
gunzip set_most.cbf.gz
run 'set_most +failed +no_file' 0 "$good" # not lost: 0.1.0 did not solve it
run 'lost: set_most \(failed\)' 1 "${good/failed/solved}"
rm reference.csv
"$top/tests/bench/sets.sh" "$work" | grep -q skipped
echo "check_solution.sh: $tests passed"
