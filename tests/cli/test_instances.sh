#!/bin/bash
# The public instances, where they are: their published optima, from the command line.
# Usage: test_instances.sh CFISAC TOP     (ends with 77, skipped, without TOP/../shared/instances)
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
instances=$(realpath "$2")/../shared/instances
cd "$work" || exit 1
[ -d "$instances" ] || { printf 'skipped: no %s\n' "$instances"; exit 77; }

# near A B TOLERANCE: relative to 1 + |B|
near() { awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; s = b < 0 ? -b : b; exit !(a != "" && d <= t * (1 + s) && -d <= t * (1 + s)) }'; }
# two residuals and the gap, each a small number
accurate() { awk '/"(primal|dual)_residual"|"gap"/ { n++; if ($2 !~ /^[0-9]/ || $2 + 0 > 1e-8) exit 1 } END { exit n != 3 }' out; }

# optimum FILE VALUE TOLERANCE
optimum() {
    local file=$instances/$1 reader=(cat)
    [ -r "$file" ] || { complain "$1 is not there"; return; }
    [[ $file == *.gz ]] && reader=(gunzip -c)
    "${reader[@]}" "$file" | "$cfisac" solve - --json >out 2>err
    check "$1: exit 0" test "${PIPESTATUS[1]}" -eq 0
    check "$1: optimum" near "$(sed -n 's/^  "primal_objective": \(.*\),$/\1/p' out)" "$2" "$3"
    check "$1: residuals and gap" accurate
}

optimum alloc_L8_K4.cbf -1.59934428 1e-7
optimum alloc_L32_K4.cbf -1.86240979 1e-7
optimum alloc_L32_K16.cbf -1.88481183 1e-7
optimum alloc_L128_K16.cbf -2.19455694 1e-7
optimum cblib/sambal.cbf.gz 3.968220 1e-5
optimum cblib/nb.cbf.gz -0.05070309 1e-5
optimum cblib/nb_L1.cbf.gz -13.01226 1e-5
optimum cblib/nql30.cbf.gz -0.946028 1e-5
optimum cblib/qssp30.cbf.gz -6.496676 1e-5
optimum cblib/chainsing_1000_1.cbf.gz 30.180157 1e-5
optimum cblib/sched_50_50_scaled.cbf.gz 7.85203844 1e-5
conclude
