#!/bin/bash
# Networks that the literature shares come out with their published numbers: means over networks of independent simulations, with the
# standard errors of both. Arguments: the program, the top of the project.
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
top=$2
cd "$work" || exit 1

# agrees MEAN ERROR: so says the run before
agrees() {
    jq -e --argjson mean "$1" --argjson error "$2" '.summary.sum_rate_exact_bit_s_hz
        | (.mean / 40) as $here | (.std_error / 40) as $own
        | .count == 12 and $own < 0.02 * $here and (($here - $mean) | fabs) < 5 * (($error * $error + $own * $own) | sqrt)' \
        networks/results.json >/dev/null
}

# near WHAT MEAN ERROR SETTING...: the mean rate of a user of the usual network, with fractional powers, is MEAN within five of the
# errors of both, which are small beside it
near() {
    local what=$1 mean=$2 error=$3 settings=() setting
    shift 3
    for setting in "$@"; do settings+=(--set "$setting"); done
    expect 0 run "$top/configs/standard.json" --set allocation.method=fractional --set monte_carlo.drops=12 "${settings[@]}" --out networks --force
    check "$what" agrees "$mean" "$error"
}
near 'correlated fading, dynamic clusters' 2.01 0.013
near 'equal powers' 1.58 0.013 allocation.fractional_exponent=0
near 'every access point serves every user' 1.86 0.012 clusters.mode=all
near 'uncorrelated fading' 2.47 0.013 fading.correlation=none

# slopes LEAST MOST SETTING...: 5 % of the users of the other classic, with half of the block, are below a rate in that range
slopes() {
    local least=$1 most=$2 settings=() setting
    shift 2
    for setting in "$@"; do settings+=(--set "$setting"); done
    expect 0 run "$top/docs/examples/three_slope.json" --set monte_carlo.drops=100 "${settings[@]}" --out slopes --force
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { print $at["rate_exact_mbit_s"] / 2 }' slopes/ues.csv | sort -g |
        awk -v least="$least" -v most="$most" '{ rate[NR] = $1 } END { edge = rate[int(NR / 20)]; exit !(NR == 4000 && edge > least && edge < most) }'
}
check 'three slopes, independent shadowing: 4.7 +- 0.1' slopes 4.3 5.1
check 'three slopes, shadowing of two parts: 0.96 +- 0.05' slopes 0.75 1.2 propagation.shadowing_correlation=both \
    propagation.shadowing_decorrelation_m=100

conclude
