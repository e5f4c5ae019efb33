#!/bin/bash
# cfisac plot: the four formats are what they are called and say how they were made; what cannot be drawn is told in one
# line; sweeps leave a plots.gp with the key that has most numbers along its axis.
# Usage: test_plot.sh CFISAC TOP     (pictures need gnuplot)
# shellcheck disable=SC2016 # programs of awk and words for other shells
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
top=$(realpath "$2")
cd "$work" || exit 1

# refuses CODE TEXT ARGUMENT...: plot ends so, with this one line
refuses() {
    local code=$1 text=$2
    shift 2
    expect "$code" plot "$@"
    check "plot $*: nothing is printed" test ! -s out
    check "plot $*: $text, not $(cat err)" test "$(cat err)" = "$text"
}
few='--set monte_carlo.drops=2 --set monte_carlo.realizations=0 --quiet'
# shellcheck disable=SC2086 # the words of $few
{
    expect 0 run "$top/configs/paper.json" $few --set 'name="it'\''s {/:Bold x} @a _b^c %s `touch hacked` \\"' --out run
    expect 0 sweep "$top/configs/paper.json" $few --over allocation.method=equal,heuristic --over network.aps=4,8,16 --out grid
    expect 0 sweep "$top/configs/paper.json" $few --over network.aps=8,16 --shard 1/2 --out shard
}

# ------------------------------------------------------------------------------- what is refused
refuses 3 'nowhere: cannot be read: No such file or directory' nowhere
mkdir empty
refuses 3 'empty: no results of cfisac (allowed: the directory of run --out, of sweep or of frontier)' empty
refuses 3 'shard: no plots.gp beside sweep.ndjson: a sweep that is not finished, or a shard of one (allowed: sweep --resume finishes it, merge joins shards, and both leave it)' shard
refuses 3 'run/plots.gp: no figure bouds: did you mean bounds? (allowed: map, convergence, bounds)' run bouds
refuses 3 'run/plots.gp: no figure roc (allowed: map, convergence, bounds)' run map roc
refuses 3 'run/plots.gp: no drop 2 (allowed: 0 .. 1)' run --drop 2
refuses 3 'grid/plots.gp: no drop 0: its pictures are of all drops' grid --drop 0
refuses 2 "cfisac: plot: --format jpeg: no such format (allowed: svg, png, pdf, eps); see 'cfisac help plot'" run --format jpeg
refuses 2 "cfisac: plot: DIR is missing; see 'cfisac help plot'"
mkdir older && echo 'plot x' >older/plots.gp
expect 3 plot older
check 'a drawing of another version is told' has err "older/plots.gp: no drawing of this version, without a line '# Figures: ...'"
env PATH=/nonexistent "$cfisac" plot run >out 2>err
check 'without gnuplot the exit code is that of a lost result' test $? -eq 6
check 'and the line names the package' test "$(cat err)" = 'cfisac: gnuplot is missing: pictures need the package gnuplot, and nothing else does'
check 'and no picture is there' test -z "$(find run -name 'map*')"

# ------------------------------------------------------------------------ what a sweep is drawn as
check 'the key with most numbers is the axis' has grid/plots.gp "x_key = 'network.aps'"
check 'the other one the curves' has grid/plots.gp "array curve_title = ['allocation.method=equal', 'allocation.method=heuristic']"
check 'whose points follow one another' has grid/plots.gp 'array first_point = [0, 3]'
# drawn_as TEXT ARGUMENT...: a sweep's plots.gp has the line
drawn_as() {
    local text=$1
    shift
    # shellcheck disable=SC2086
    "$cfisac" sweep "$top/configs/paper.json" $few --set allocation.method=equal "$@" --out drawn --force
    grep -qxF -- "$text" drawn/plots.gp
}
check 'numbers that span decades have a logarithmic axis' drawn_as 'in_decades = 1' --over network.aps=2,4,8,16,32,64
check 'others have none' drawn_as 'in_decades = 0' --over network.aps=10:10:100
check 'nor have some that are not positive' drawn_as 'in_decades = 0' --over sensing.crlb_threshold_db=-100,-1,0
check 'words are categories' drawn_as "array word = ['own_echo', 'noncoherent']" --over sensing.crlb_model=own_echo,noncoherent
check 'so is a single value' drawn_as "array word = ['8']" --over network.aps=8
check 'the label of the axis has all keys that vary together' drawn_as "x_label = 'network.ues with pilots.length and seed'" \
    --over network.ues+pilots.length+seed=2:1:4
check 'and their words stand beside each other' drawn_as "array word = ['equal, mr', 'heuristic, rzf']" \
    --over allocation.method+precoding.kind=equal,heuristic+mr,rzf
check 'of many curves ten are drawn, and what those have in common is told' drawn_as \
    "array note = ['10 of 24 curves', 'network.ues=1']" --over network.aps=2:1:13 --over network.ues=1,2 \
    --over power.snr_db=10:1:22 --set pilots.length=1
check 'at equal distances' has drawn/plots.gp 'array first_point = [0, 52, 78, 104, 130, 182, 208, 234, 260, 286]'
check 'infeasible drops bring their share' drawn_as 'has_shares = 1' --over sensing.crlb_threshold_db=-70,-5 \
    --set allocation.method=heuristic
check 'and means of the others' has drawn/plots.gp 'mean = "feasible_mean_sum_rate_bit_s_hz"'
check 'another objective has its own mean' drawn_as 'mean = "feasible_mean_objective_value"' --over network.aps=4,8 \
    --set allocation.objective=min_crlb --set allocation.rate_target_bit_s_hz=0.1 --set allocation.method=sca
check 'in its own unit' has drawn/plots.gp "mean_label = 'min crlb, rad^2'"
# shellcheck disable=SC2086
expect 0 sweep "$top/configs/paper.json" $few --over network.aps=8,16 --shard 2/2 --out other
expect 0 merge --out merged shard other
# shellcheck disable=SC2086
expect 0 sweep "$top/configs/paper.json" $few --over network.aps=8,16 --threads 2 --out whole
check 'merged shards leave the same drawing' cmp merged/plots.gp whole/plots.gp
# shellcheck disable=SC2086
expect 2 sweep "$top/configs/paper.json" $few --over network.aps=8,16 --out run
check 'a sweep does not replace the drawing of a run' has err 'run/plots.gp: there without a sweep.ndjson beside it, and would be replaced'

if ! command -v gnuplot >gnuplot.path; then
    conclude
    exit
fi
# ------------------------------------------------------------------------------------- pictures
version=$("$cfisac" --version | awk '$1 == "cfisac" || $1 == "git" { printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2 }')
hash=$(awk -F '"' '/scenario_sha256/ { print $4 }' grid/sweep.json)
# starts FILE BYTES
starts() { [ "$(head -c "${#2}" "$1" | tr -d '\0')" = "$2" ]; }
for format in svg png pdf eps; do
    expect 0 plot grid --format "$format"
    check "$format: the name of the file is printed" test "$(cat out)" = "grid/sweep.$format"
    check "$format: without a word" test ! -s err
    check "$format: it says what made it" grep -qaF "$version" "grid/sweep.$format"
    check "$format: and from what" grep -qaF "scenario sha256 $hash" "grid/sweep.$format"
done
check 'an SVG is one' starts grid/sweep.svg '<?xml'
check 'with a description' grep -q "^<desc>$version, " grid/sweep.svg
check 'a PNG is one' starts grid/sweep.png "$(printf '\x89PNG')"
check 'a PDF is one' starts grid/sweep.pdf '%PDF-'
check '9 cm wide' grep -qaE 'MediaBox \[ 0 0 255(\.[0-9]+)? ' grid/sweep.pdf
check 'with its fonts' grep -qa '/FontFile' grid/sweep.pdf
check 'an EPS is one' starts grid/sweep.eps '%!PS-Adobe-3.0 EPSF-3.0'
check 'of the same size' grep -qa '^%%BoundingBox: 0 0 25[56] ' grid/sweep.eps
check 'what bars are stands in the picture' grep -q 'means of 2 drops; bars: ±2 standard errors' grid/sweep.svg
expect 0 plot run --out pictures bounds map --drop 1
check 'those that were asked for, where they were asked for' test "$(cat out)" = $'pictures/bounds.svg\npictures/map.svg'
check 'the name is there as it is' grep -qF "it's {/:Bold x} @a _b^c %s" pictures/map.svg
# shellcheck disable=SC2086
expect 0 run "$top/configs/paper.json" $few --set network.aps=6 --set network.ues=2 --set network.area_m='[300,300]' --out edge
expect 0 plot edge map
dashed=$(grep -o "dasharray='1.0,1.0' *d='M[^ ]* [^ ]*" edge/map.svg)
check 'the least distance is dotted about each user' test "$(wc -l <<<"$dashed")" -ge 2
check 'and no line is drawn twice where the picture ends, dashes in the gaps of others' test -z "$(sort <<<"$dashed" | uniq -d)"
check 'and ran nothing' test -z "$(find . -name hacked)"
check 'of that drop' grep -q 'drop 1<' pictures/map.svg
check 'a map has a scale of its discs' grep -q 'a disc of [125]0* [µm]W; areas are powers' pictures/map.svg
check 'minus signs are signs' grep -q '>−[0-9]' pictures/bounds.svg
check 'symbols are italic' grep -q 'font-style="italic" >x<' pictures/map.svg
# shellcheck disable=SC2086
{
    expect 0 sweep "$top/configs/paper.json" $few --over network.aps=2:1:5 --out counts
    expect 0 sweep "$top/configs/paper.json" $few --set allocation.method=equal --over network.aps=2,4,8,16,32,64 --out decades
    expect 0 run "$top/configs/paper.json" $few --set network.aps=3 --set allocation.max_iterations=3 --out short
}
# ticks FILE: the labels of its axes, one a line
ticks() { grep -oE '>−?[0-9.]+<' "$1" | tr -d '<>'; }
expect 0 plot counts
check 'what counts has whole ticks' test "$(ticks counts/sweep.svg | grep -xE '[2-5](\.[0-9]+)?' | tr '\n' ' ')" = '2 3 4 5 '
expect 0 plot decades
check 'two decades have more ticks than one' test "$(ticks decades/sweep.svg | grep -xE '[25]0?|10' | sort -gu | tr '\n' ' ')" = '2 5 10 20 50 '
expect 0 plot short bounds convergence
check 'so have iterations' test "$(ticks short/convergence.svg | grep -xE '[0-3](\.[0-9]+)?' | tr '\n' ' ')" = '0 1 2 3 '
check 'and access points' test "$(ticks short/bounds.svg | grep -cxE '[0-2]\.[0-9]+')" -eq 0
(cd grid && gnuplot plots.gp 2>words)
check 'gnuplot by itself draws the same' cmp <(grep -v '^<desc>\|^<title>\|^Produced' grid/sweep.svg) \
    <("$cfisac" plot grid --out again >/dev/null && grep -v '^<desc>\|^<title>' again/sweep.svg)
(cd grid && gnuplot -e 'format = "jpeg"' plots.gp 2>words)
check 'and names the formats' test "$(cat grid/words)" = 'no format jpeg (allowed: svg, png, pdf, eps)'
for name in drawn whole; do
    expect 0 plot "$name"
done
cp run/plots.gp run/mine.gp
expect 0 plot run/mine.gp map
check 'a copy is drawn, too' test "$(cat out)" = run/map.svg
sed 's/^# Figures:.*/# Figures: map other/' run/plots.gp >run/odd.gp
refuses 3 'run/odd.gp: it draws no other' run/odd.gp other
(trap '' CHLD && exec "$cfisac" plot run map) >out 2>err
check 'it is waited for where whoever started it waits for nobody' test $? -eq 0
printf '# Figures: broken\nplot x, undefined_name\n' >run/broken.gp
cp run/map.svg broken.svg && mv broken.svg run
before=$(cksum <run/broken.svg)
expect 6 plot run/broken.gp
check 'what gnuplot says is told in one line' test "$(wc -l <err)" -eq 1
check 'with its place' grep -q '^cfisac: run/broken.gp: gnuplot could not draw broken: .*undefined variable: undefined_name' err
check 'and the picture that was there stays' test "$(cksum <run/broken.svg)" = "$before"
# shellcheck disable=SC2086
expect 0 sweep "$top/configs/paper.json" $few --over network.aps=4,8 --over sensing.crlb_threshold_db=-5,-80 --out partly --force
expect 0 plot partly
check 'a curve without any feasible drop is nothing to be warned of' test ! -s err
# shellcheck disable=SC2086
expect 4 sweep "$top/configs/paper.json" $few --over sensing.crlb_threshold_db=-80,-70 --out hopeless
refuses 3 'hopeless/plots.gp: no sweep: no drop is feasible' hopeless
# shellcheck disable=SC2086
expect 0 run "$top/configs/paper.json" $few --set allocation.method=equal --out fixed
expect 0 plot fixed
check 'what a run has no picture of is told' test "$(cat err)" = 'cfisac: warning: plots.gp: no convergence: nothing was iterated'
expect 0 plot fixed --quiet
check 'unless --quiet' test ! -s err
refuses 3 'fixed/plots.gp: no convergence: nothing was iterated' fixed convergence
conclude
