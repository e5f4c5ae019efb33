#!/bin/bash
# Every figure is drawn from few networks, holds data, and its curves have their known order; a second run uses what is
# there. The pictures that plots.gp draws of a run.
# Usage: test_figures.sh CFISAC TOP     (needs gnuplot, jq)
# shellcheck disable=SC2016 # programs of awk and words for other shells
# shellcheck source=tests/cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
top=$(realpath "$2")
cd "$work" || exit 1
export CFISAC=$cfisac
figures=$top/scripts/figures.sh

# picture FILE: SVG or PNG, whole, more than an empty frame
picture() {
    case $1 in
        *.svg) grep -qx '</svg>' "$1" && grep -q '<path' "$1" && [ "$(wc -c <"$1")" -gt 5000 ] ;;
        *.png) [ "$(head -c 4 "$1" | tail -c 3)" = PNG ] && [ "$(wc -c <"$1")" -gt 10000 ] ;;
    esac
}

# holds FILE CONDITION: for every row of the CSV file (and there is one); columns go by their names in braces
holds() {
    local program
    program=${2//\{/\$(at[\"}
    program=${program//\}/\"])}
    awk -F, "NR == 1 { for (i = 1; i <= NF; i++) at[\$i] = i; next }
             { rows++ }
             !($program) { bad++; if (bad == 1) print FILENAME \": not \" \$0 }
             END { exit bad > 0 || rows == 0 }" "$1"
}

rows() { tail -n +2 "$1" | wc -l; }

# ------------------------------------------------------------------------------- the command
"$figures" --drops 6 --out few >out 2>err
check 'every figure is drawn' test $? -eq 0
[ -s few/fig_h.png ] || cat err
for figure in a b c d e f g h i j k l n o p q; do
    for format in svg png; do
        check "figure $figure is a picture, $format" picture "few/fig_$figure.$format"
    done
    check "figure $figure has its table" test "$(rows "few/fig_$figure.csv")" -ge 4
    check "figure $figure says how it was made" grep -q '^# Made by: cfisac [a-z]* configs/' "few/fig_$figure.gp"
    check 'so does its SVG' grep -q '<desc>cfisac [a-z]* configs/' "few/fig_$figure.svg"
    check 'so does its PNG' grep -qa 'iTXtDescription.*cfisac [a-z]* configs/' "few/fig_$figure.png"
    check 'its table has numbers only where it should' holds "few/fig_$figure.csv" \
        "!/(nan|null|inf)/ || \"$figure\" == \"l\" && {paired_drops} < 2 && {paired_mean_sum_rate_bit_s_hz} > 0"
done
for format in svg png; do
    check "figure m is a picture, $format" picture "few/fig_m.$format"
done
check 'gnuplot draws it again' bash -c 'cd few && rm fig_a.svg && gnuplot fig_a.gp && [ -s fig_a.svg ]'

# ------------------------------------------------------------------------- what the curves say
check '(a) has every point' test "$(rows few/fig_a.csv)" -eq 40
check '(a) Theorem 1 is above the exact form where pilots overlap' holds few/fig_a.csv \
    '{pilots.length} == 4 || {mean_theorem1_bit_s_hz} > 1.05 * {mean_exact_bit_s_hz}'
check '(a) and equal to it where they do not' holds few/fig_a.csv \
    '{pilots.length} == 2 || ({mean_theorem1_bit_s_hz} - {mean_exact_bit_s_hz}) ^ 2 < 1e-18'
for figure in a h; do
    check "($figure) Monte Carlo lies within five of its errors of the exact form" holds "few/fig_$figure.csv" \
        '({mean_monte_carlo_bit_s_hz} - {mean_exact_bit_s_hz}) ^ 2 < 25 * {simulation_error_bit_s_hz} ^ 2'
done
check '(a) the published curve is within 10 %' holds few/fig_a_published.csv '{difference_percent} ^ 2 < 100'
check '(b) has both surrogates' test "$(rows few/fig_b.csv)" -eq $((2 * 3 * 41))
check '(b) the objective never falls' awk -F, '
    NR > 1 && $3 > 0 { n++; if ($5 < last - 1e-9) exit 1 } { last = $5 } END { exit n != 2 * 3 * 40 }' few/fig_b.csv
check '(b) and rises at first' awk -F, 'NR > 1 && $3 == 1 { n++; if (!($5 > last + 0.1)) exit 1 } { last = $5 } END { exit n != 6 }' \
    few/fig_b.csv
check '(b) product is no slower than fractional' awk -F, '
    $1 == "product" { rate[$2, $3] = $5 } $1 == "fractional" { n++; if ($5 > rate[$2, $3] + 1e-6) exit 1 }
    END { exit n != 3 * 41 }' few/fig_b.csv
check '(c) the allocation is not below the heuristic split' holds few/fig_c.csv '{paired_drops} > 0 &&
    {paired_mean_sum_rate_bit_s_hz} >= {paired_mean_sum_rate_heuristic_bit_s_hz}'
check '(c) a looser threshold costs nothing' awk -F, '
    NR > 1 && $1 == aps { n++; if (!($6 >= last - 1e-6)) exit 1 } { aps = $1; last = $6 } END { exit n != 3 * 20 }' few/fig_c.csv
check '(d) all echoes with equal phases tell more than the own echo' awk -F, '
    $1 == "own echo" { own[$2] = $5 } $1 ~ /equal/ { all[$2] = $5 }
    END { for (l in own) { n++; if (!(all[l] < own[l] - 10)) exit 1 } exit n != 10 }' few/fig_d.csv
check '(e) equal below heuristic below sca where the threshold is loose' awk -F, '
    $1 == -5 { rate[$2, $4] = $5 }
    END { for (i = 0; i <= 100; i++) { p = i / 100
              if (!(rate["equal", p] < rate["heuristic", p] && rate["heuristic", p] < rate["sca", p])) exit 1 } }' \
    few/fig_e.csv
check '(f) shares are shares, and the powers are the budget' awk -F, '
    NR > 1 { sum += $5; if ($6 < 0 || $6 > 1) exit 1 } END { exit !(sum > 0.999e-3 && sum < 1.001e-3) }' few/fig_f.csv
check '(g) the rate ends near zero at the edge and all power senses' awk -F, '
    NR > 1 && $1 != aps { n++; if ($3 > 0.1 || $5 < 0.99) exit 1 } { aps = $1 } END { exit n != 3 }' few/fig_g.csv
check '(g) the allocation is not below the heuristic split' holds few/fig_g.csv \
    '{sum_rate_bit_s_hz} >= {sum_rate_heuristic_bit_s_hz} - 1e-9'
check '(h) Theorem 1 grows, the exact rate saturates under reuse' awk -F, '
    $1 == 2 { exact[$2] = $7; theorem[$2] = $8 }
    END { exit !(theorem[1024] > theorem[256] + 7 && exact[1024] < exact[256] + 0.5) }' few/fig_h.csv

check '(i) has every user of 12 networks' holds few/fig_i.csv '{users} == 12 * 40'
check '(i) rates are of the usual size: medians of fractional powers, and maximum ratio far below' awk -F, '
    $4 == 0.5 { rate[$1, $2] = $5 }
    END { exit !(rate["mr", "fractional"] > 1.7 && rate["mr", "fractional"] < 2.3 &&
                 rate["lp_mmse", "fractional"] > 1.7 * rate["mr", "fractional"]) }' few/fig_i.csv
check '(i) maximising the sum rate raises its mean' awk -F, '
    NR > 1 { sum[$1, $2] += $5 }
    END { for (key in sum) { split(key, name, SUBSEP); n += sum[name[1], "sca"] > sum[name[1], "fractional"] } exit n != 6 }' few/fig_i.csv
check '(j) both precoders have the same feasible networks' awk -F, '
    $2 == "mr" { feasible[$1, $3] = $5 } $2 == "zf" { n++; if (feasible[$1, $3] != $5) exit 1 } END { exit n != 3 * 26 }' few/fig_j.csv
check '(j) zero-forcing is far above where thresholds are loose' awk -F, '
    $3 == -19 && $1 == 8 { rate[$2] = $7 } END { exit !(rate["zf"] > 2 * rate["mr"]) }' few/fig_j.csv
check '(k) estimates meet the bound of one block where that is small' holds few/fig_k.csv \
    '{power.snr_db} < 50 || ({rms_estimate} > 0.8 * {bound_block} && {rms_estimate} < 1.25 * {bound_block})'
check '(k) and are worse than a guess where it is large, which the bounds say too late' holds few/fig_k.csv \
    '{power.snr_db} > 0 || {rms_estimate} > ({estimated} == "angle" ? 34.6 : 102)'
check '(k) a block tells less than blocks in the mean' holds few/fig_k.csv '{bound_block} >= {bound_averaged}'
check '(k) the threshold region is where they leave it' holds few/fig_k_region.csv \
    '{low_snr_db} > 10 && {high_snr_db} < 45 && {low_snr_db} < {high_snr_db}'
check '(l) more error allowed costs nothing' awk -F, '
    NR > 1 && $1 == aps && $2 == model { n++; if (!($7 >= last - 1e-5)) exit 1 } { aps = $1; model = $2; last = $7 }
    END { exit n != 6 * 8 }' few/fig_l.csv
check '(l) all echoes locate better than own ones: as many networks at half the error' awk -F, '
    $2 == "own_echo" && $5 > 0.5 && !($1 in own) { own[$1] = $3 } $2 == "noncoherent" && $5 > 0.5 && !($1 in all) { all[$1] = $3 }
    END { for (aps in own) { n++; if (!(all[aps] < own[aps] / 2)) exit 1 } exit n != 3 }' few/fig_l.csv
check '(m) the ellipse is the bound: the root of the sum of both squared deviations' holds few/fig_m_ellipses.csv \
    '({ellipse_error_m} - {position_error_bound_m}) ^ 2 < 1e-12 &&
    (({major_m} ^ 2 + {minor_m} ^ 2) / (4 * 5.9914645) - {position_error_bound_m} ^ 2) ^ 2 < 1e-12'
check '(m) and the allocation keeps its threshold' awk -F, '$1 == "sca" { e = $8 - 2; exit !(e < 1e-6) }' few/fig_m_ellipses.csv
check '(p) has every network' holds few/fig_p.csv '{networks} == 12 && {relative} >= 0'
check 'each of which SCA is proved to be within a gap of the optimum of, the heuristic split not' awk -F, '
    NR > 1 { n[$1]++; if ($4 > most[$1] + 0) most[$1] = $4; if (!($1 in least) || $4 < least[$1]) least[$1] = $4 }
    END { exit !(n["proof"] == 12 && most["proof"] <= 1e-4 && most["product"] < 1e-5 && most["fractional"] < 1e-4 &&
                 least["heuristic"] > 0.05) }' few/fig_p.csv
check '(n) has every user of 6 networks, and the weakest of each' holds few/fig_n.csv '{rates} == ({whose} == "weakest" ? 6 : 6 * 20)'
check '(n) the sum rate gives most in all, max-min most to the weakest, and proportional fairness stands between' awk -F, '
    NR > 1 { sum[$1, $2] += $5 }
    END { exit !(sum["sum_rate", "all users"] > sum["proportional_fair", "all users"] &&
                 sum["proportional_fair", "all users"] > sum["max_min_rate", "all users"] &&
                 sum["sum_rate", "weakest"] < sum["proportional_fair", "weakest"] &&
                 sum["proportional_fair", "weakest"] < sum["max_min_rate", "weakest"]) }' few/fig_n.csv
check '(o) a smaller error costs rate' awk -F, '
    NR > 1 && $1 == aps { n++; if (!($4 < rate && $6 < error)) exit 1 } { aps = $1; rate = $4; error = $6 } END { exit n != 3 * 10 }' few/fig_o.csv
check '(o) more access points have the better curve at both ends' awk -F, '
    $2 == 0 { rate[$1] = $4 } $2 == 1 { error[$1] = $6 }
    END { exit !(rate[8] < rate[16] && rate[16] < rate[32] && error[8] > error[16] && error[16] > error[32]) }' few/fig_o.csv
check '(q) nobody has a better rate and a better bound than the proved optima' awk -F, '
    $1 == "frontier" { rate[++n] = $3; error[n] = $5; next }
    NR > 1 { m++; for (i = 1; i <= n; i++) if (rate[i] > $3 && error[i] < $5) { beaten++; break } }
    END { exit !(n == 11 && m == 22 && beaten == m) }' few/fig_q.csv

# -------------------------------------------------------------------------------- a second run
mkdir before && cp few/*.csv before
stat -c '%n %Y %s %i' few/data/*/sweep.ndjson >journals
head -c 20000 few/data/a-6/sweep.ndjson >half
cp half few/data/a-6/sweep.ndjson && rm few/data/a-6/sweep.csv
"$figures" --drops 6 --out few a c 2>err
check 'a second run goes on with an interrupted sweep' test $? -eq 0
for table in before/*.csv; do
    check "and gives the same table $(basename "$table")" cmp -s "$table" "few/$(basename "$table")"
done
stat -c '%n %Y %s %i' few/data/*/sweep.ndjson >journals.after
check 'finished sweeps are left alone' cmp <(grep -v /a-6/ journals) <(grep -v /a-6/ journals.after)
check 'those of figure c are among them' test "$(grep -c '/c-[0-9]*-6/' journals.after)" -eq 3
check 'and the interrupted one was not' test "$(grep /a-6/ journals)" != "$(grep /a-6/ journals.after)"

sed -i 's/"git": "[^"]*"/"git": "another"/' few/data/g-8/sweep.json
"$figures" --out few g 2>err
check 'sweeps of another build are refused' test $? -eq 3
check 'by name' grep -q 'data/g-8/sweep.json: another build wrote this sweep, .*git another' err
check 'with the way on' grep -q -e '--fresh computes everything again' err
"$figures" --out few --fresh g 2>err
check 'which makes them anew' bash -c 'grep -q "wrote .*fig_g.svg" err && ! grep -q "another build" err'
check 'as its identity says' bash -c 'grep -q "\"git\": \"" few/data/g-8/sweep.json && ! grep -q another few/data/g-8/sweep.json'
check 'with the same table' cmp -s before/fig_g.csv few/fig_g.csv

# ------------------------------------------------------------------------------------- errors
# refuses CODE TEXT ARGUMENT...
refuses() {
    local code=$1 text=$2 got
    shift 2
    "$figures" "$@" >out 2>err
    got=$?
    [ "$got" -eq "$code" ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$text" err
}
check 'an unknown figure' refuses 2 "unknown figure 'z' (allowed: a b c d e f g h i j k l m n o p q)" z
check 'an unknown option' refuses 2 "unknown option '--drop'" --drop 6
check 'a wrong number' refuses 2 '--drops 0: not a number' --drops 0
check 'a missing value' refuses 2 '--out needs a value' --out
check 'a place where files cannot be made' refuses 6 'few/fig_a.csv/x: files cannot be made here' --out few/fig_a.csv/x a
check 'a missing program' env CFISAC=nothing bash -c '"$0" a 2>err; [ $? -eq 2 ] && grep -q "CFISAC=nothing" err' "$figures"
mkdir bin
for tool in bash dirname basename cat mkdir awk sed jq; do ln -s "$(command -v "$tool")" bin; done
check 'no gnuplot' env PATH="$work/bin" bash -c '"$0" --out few a 2>err; [ $? -eq 2 ] && [[ $(<err) == *"gnuplot is missing"* ]]' \
    "$figures"

# --------------------------------------------------------------------------- plots.gp of a run
# draws NAME PICTURES ARGUMENT...: a run into NAME; plots.gp draws these pictures and no other, without a word of gnuplot's
draws() {
    local name=$1 pictures=$2
    shift 2
    "$cfisac" run "$@" --out "$name" --quiet >/dev/null 2>&1
    (cd "$name" && gnuplot plots.gp 2>words) || return 1
    [ "$(cd "$name" && echo *.svg)" = "$pictures" ] && ! grep -qv '^plots.gp: no ' "$name/words"
}
set='--set monte_carlo.drops=2 --set monte_carlo.realizations=10'
all='bounds.svg convergence.svg map.svg'
# shellcheck disable=SC2086 # the words of $set
{
    check 'a run' draws run "$all" "$top/configs/paper.json" $set
    check 'sensing beams' draws tight "$all" "$top/configs/paper.json" $set --set sensing.crlb_threshold_db=-13
    check 'a single user' draws single "$all" "$top/configs/paper.json" $set --set network.ues=1 --set network.aps=3
    check 'a single access point, too' draws one "$all" "$top/configs/paper.json" $set --set network.aps=1 \
        --set network.ues=1 --set pilots.length=1
    check 'nothing feasible' draws hopeless 'map.svg' "$top/configs/paper.json" $set --set sensing.crlb_threshold_db=-60
    check 'nothing iterated' draws equal 'bounds.svg map.svg' "$top/configs/paper.json" $set --set allocation.method=equal
    check 'no sensing information' draws blind 'map.svg' "$top/configs/paper.json" $set --set network.tx_antennas=1 \
        --set network.rx_antennas=1 --set allocation.method=equal
    check 'no channels' draws closed "$all" "$top/configs/paper.json" --set monte_carlo.drops=1 \
        --set monte_carlo.realizations=0
    check 'gains without positions' draws gains 'bounds.svg convergence.svg' "$top/configs/paper.json" $set \
        --set network.aps=2 --set network.ues=2 --set 'propagation.gain=[[1, 0.5], [0.2, 0.9]]'
    check 'a wrapped area' draws wrapped "$all" "$top/configs/paper.json" $set --set network.wrap_around=true
    check 'a target at a place' draws target "$all roc.svg" "$top/configs/position.json" $set
    check 'with copies' draws target_wrapped "$all roc.svg" "$top/configs/position.json" $set --set network.wrap_around=true
    check 'nothing kept apart' draws near "$all" "$top/configs/paper.json" $set --set network.placement=none
    check 'an odd name' draws odd "$all" "$top/configs/paper.json" $set \
        --set 'name="<&> it'\''s \"x\" `touch hacked` $(touch hacked) \n @a _b^c {/Symbol é} %s \\"'
}
# discs DIR: areas about the users of its map
discs() { grep -o 'fill-opacity *= *.0\.06' "$1/map.svg" | wc -l; }
check 'a wrapped area has discs of the users beyond its edges' test "$(discs run)" -eq 4 -a "$(discs wrapped)" -gt 4
check 'a target has its echoes in the key' bash -c 'grep -qF ">echo</tspan>" target/map.svg && grep -qF ">target</tspan>" target/map.svg'
check 'in the place of directions' bash -c '! grep -qF "direction</tspan>" target/map.svg && grep -qF "direction</tspan>" run/map.svg'
check 'which other maps have' bash -c '! grep -qF ">echo</tspan>" run/map.svg'
check 'a least distance is in the key' grep -qF '>least distance</tspan>' run/map.svg
check 'of a map that has one' test -z "$(grep -F '>least distance</tspan>' near/map.svg)"
for file in run/*.svg one/*.svg hopeless/*.svg odd/*.svg wrapped/*.svg near/*.svg target/*.svg target_wrapped/*.svg; do
    check "$file is a picture" picture "$file"
done
check 'the name is in the picture' grep -qF "&lt;&amp;> it's" odd/map.svg
check 'and ran nothing' test "$(find odd -type f | wc -l)" -ge 11 -a -z "$(find . -name hacked)"
# same TABLE COLUMN PATH: the rows of drop 1 are the vector of results.json, number by number
same() {
    paste -d , <(awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $1 == 1 { print $at[name] }' "run/$1.csv") \
        <(jq ".drops[1].$3[]" run/results.json) | awk -F, '$1 + 0 != $2 + 0 || $1 == "" || $2 == "" { exit 1 } END { exit NR == 0 }'
}
check 'aps.csv has the powers of results.json' same aps power_w allocation.ap_power_w
check 'aps.csv has its bounds' same aps crlb_own_echo_rad2 closed_form.crlb_own_echo_rad2
check 'aps.csv has its simulated bounds' same aps crlb_multistatic_monte_carlo_rad2 monte_carlo.crlb_multistatic_rad2
check 'its sensing power is the share in drops.csv' awk -F, '
    FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    FNR > 1 && FILENAME ~ /aps/ { sensing[$1] += $at["sensing_power_w"]; all[$1] += $at["power_w"] }
    FNR > 1 && FILENAME ~ /drops/ { n++; e = sensing[$1] - $at["sensing_power_share"] * all[$1]
                                    if (e * e > 1e-24 * all[$1] ^ 2) exit 1 }
    END { exit n != 2 }' tight/aps.csv tight/drops.csv
check 'ues.csv has its rates' same ues rate_exact_bit_s_hz closed_form.rate_exact_bit_s_hz
check 'trace.csv has its trace' same trace objective_value allocation.objective.trace
# shellcheck disable=SC2086
"$cfisac" replay "$top/configs/paper.json" $set --drop 1 --quiet >run/replay.json
check 'aps.csv has the positions of replay' test "$(jq -r '.network.ap_positions_m[3][0]' run/replay.json)" = \
    "$(awk -F, '$1 == 1 && $2 == 3 { print $3 }' run/aps.csv)"
(cd run && gnuplot -e 'drop = 1; format = "png"' plots.gp)
check 'another drop, as PNG' picture run/map.png
cp run/map.svg map.svg
for drop in 2 -1 0.5; do
    (cd run && gnuplot -e "drop = $drop" plots.gp 2>words)
    check "no drop $drop: told" grep -qF -- "no drop $drop (allowed: 0 .. 1)" run/words
done
check 'and no picture is lost' cmp -s map.svg run/map.svg
"$cfisac" run "$top/configs/paper.json" --set monte_carlo.drops=3 --set monte_carlo.realizations=10 --set network.aps=8 \
    --set sensing.crlb_threshold_db=-19.4 --out mixed --quiet
check 'of these one is infeasible' test "$(jq -c '[.drops[].status]' mixed/results.json)" = '["ok","ok","infeasible"]'
check 'which is drawn, too' bash -c 'cd mixed && gnuplot -e "drop = 2" plots.gp 2>words && [ ! -s words ]'
check 'as a map' picture mixed/map.svg

conclude
