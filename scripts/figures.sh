#!/usr/bin/env bash
# Draws the paper's figures (a, b, c) and further ones (d to q), each as SVG and PNG beside the table it shows.
# Run it with --help for the options; docs/figures.md says what each figure shows.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
plots=$top/scripts/plots

usage() {
  cat <<'END'
Usage: scripts/figures.sh [--drops N] [--full] [--out DIR] [--fresh] [FIGURE...]

Figures (all by default):
  a   sum rate against the number of access points: Monte Carlo, exact form, published Theorem 1
  b   convergence of the power allocation
  c   sum rate against the sensing threshold, allocated and heuristic, and the feasible share
  d   sensing bounds against the number of access points: own echo, all echoes
  e   distribution of the sum rate over networks
  f   map of a network with the allocated powers
  g   what a sensing threshold costs one network, to the edge of feasibility
  h   exact rate and Theorem 1 under pilot reuse as antennas grow
  i   distribution of the users' rates for three precoders in the usual network of user-centric work, 2 N networks
  j   sum rate against the sensing threshold with 8 antennas, maximum ratio and zero-forcing
  k   errors of maximum likelihood against the SNR, beside the bounds and a guess
  l   sum rate against the position error that is allowed, own echoes and all of them without phases
  m   map of a network that locates a target, and the target's error ellipses
  n   distribution of the users' rates for three objectives: sum rate, proportional fairness, least rate
  o   frontier of the least user rate against the position error
  p   how far the heuristic split and SCA are from the proved optimum of the sum rate, 2 N networks
  q   a network that serves users and locates a target, and what one costs the other, beside powers that nobody optimised

  --drops N   networks a point (default: 100)
  --full      the same as --drops 1000
  --out DIR   where the files go (default: out/figures)
  --fresh     compute everything again; without it, what is computed already is used and what was interrupted goes on

DIR/fig_X.svg, fig_X.png   the figure
DIR/fig_X*.csv             what it shows
DIR/fig_X.gp               draws it again, and holds the commands that made it; so do the pictures
DIR/data                   the sweeps

The environment variable CFISAC names a program to use; without it a release is built.
END
}

say() { printf 'figures.sh: %s\n' "$*" >&2; }
die() {
  local code=$1
  shift
  say "$*"
  exit "$code"
}

# -------------------------------------------------------------------------------- command line

drops=100
out=out/figures
fresh=
figures=()

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage; exit 0 ;;
      --full) drops=1000 ;;
      --fresh) fresh=force ;;
      --drops | --out)
        [ -n "${2:-}" ] || die 2 "$1 needs a value"
        if [ "$1" = --drops ]; then drops=$2; else out=${2%/}; fi
        shift
        ;;
      -*) die 2 "unknown option '$1' (allowed: --drops, --full, --out, --fresh, --help)" ;;
      [a-q]) figures+=("$1") ;;
      *) die 2 "unknown figure '$1' (allowed: a b c d e f g h i j k l m n o p q)" ;;
    esac
    shift
  done
  [[ $drops =~ ^[1-9][0-9]{0,6}$ ]] || die 2 "--drops $drops: not a number of networks (allowed: 1 .. 9999999)"
  [ "${#figures[@]}" -gt 0 ] || figures=(a b c d e f g h i j k l m n o p q)
}

# ------------------------------------------------------------------------------------- running

# run_cfisac ARGUMENT...: the program, and the command as a user would type it at the top of the project in commands[]
run_cfisac() {
  local words=() word code=0
  for word in "$@"; do
    word=${word#"$top"/}
    [[ $word =~ ^[A-Za-z0-9_./:=,+-]+$ ]] || word="'$word'"
    words+=("$word")
  done
  commands+=("cfisac ${words[*]}")
  "$cfisac" "$@" || code=$?
  [ "$code" -ne 130 ] || interrupted
  [ "$code" -eq 0 ] || die "$code" "exit code $code (--fresh computes everything again): cfisac ${words[*]}"
}

interrupted() { die 130 'interrupted; the same command goes on from here'; }

# sweep NAME SCENARIO OPTION...: into $data/NAME
sweep() {
  local name=$1 scenario=$2
  shift 2
  say "sweep $name"
  run_cfisac sweep "$top/configs/$scenario.json" "$@" --out "$data/$name" "--${fresh:-resume}" --quiet
}

# table_as NAME PROGRAM FILE...: NAME.csv from journals (or other JSON) in $data by PROGRAM.jq
table_as() {
  local name=$1 program=$2
  shift 2
  (cd "$data" && jq -rs -L "$plots" -f "$plots/$program.jq" "$@") >"$out/$name.csv" || die 6 "$out/$name.csv could not be written"
}

# table PROGRAM FILE...: PROGRAM.csv
table() { table_as "$1" "$@"; }

# columns FILE...: of CSV files with one header, the columns whose names stand on standard input
columns() {
  awk -F, -v OFS=, -v wanted="$(tr '\n' ' ')" '
    BEGIN { n = split(wanted, name, " ") }
    FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    FNR > 1 || NR == 1 { for (i = 1; i <= n; i++) printf "%s%s", $at[name[i]], i < n ? OFS : ORS }' "$@"
}

# draw FIGURE: fig_X.gp with the commands in front; then the pictures, whose metadata have the commands, too
draw() {
  local name=fig_$1 format
  {
    printf '# Drawn by scripts/figures.sh; gnuplot %s.gp draws it again, from what these commands computed.\n' "$name"
    printf '# Figures: %s\n' "$name"
    printf '# Made by: %s\n' "${commands[@]}" "$program"
    printf 'name = "%s"\n' "$name"
    cat "$plots/$name.gp"
  } >"$out/$name.gp"
  cp "$plots/style.gp" "$out/style.gp"
  for format in svg png; do
    "$cfisac" plot "$out/$name.gp" --format "$format" >"$data/drawn.txt" || die 1 "gnuplot could not draw $out/$name.$format"
  done
  say "wrote $out/$name.svg, .png, .csv, .gp"
}

# ------------------------------------------------------------------------------------- figures

figure_a() {
  sweep "a-$drops" fig1a --set "monte_carlo.drops=$drops" --set monte_carlo.bounds=none
  table fig_a "a-$drops/sweep.ndjson"
  # beside the readings of the published curve: N = 4, tau_p = K
  awk -F, -v OFS=, '
    NR == FNR { if ($1 == 4 && $2 == 4) { exact[$3] = $8; error[$3] = $9 }; next }
    FNR == 1 { print $0, "mean_exact_bit_s_hz", "std_error_exact_bit_s_hz", "difference_percent"; next }
    { print $0, exact[$1], error[$1], sprintf("%.2f", 100 * (exact[$1] / $2 - 1)) }' \
    "$out/fig_a.csv" "$plots/published_fig1a.csv" >"$out/fig_a_published.csv"
}

figure_b() {
  sweep "b-product-$drops" fig1b --set "monte_carlo.drops=$drops" --over allocation.surrogate=product
  sweep "b-fractional-$drops" fig1b --set "monte_carlo.drops=$drops" \
    --set allocation.max_iterations=40 --over allocation.surrogate=fractional
  table fig_b "b-product-$drops/sweep.ndjson" "b-fractional-$drops/sweep.ndjson"
}

figure_c() {
  local aps range journals=() tables=()
  for range in 8:-19.5:0.5:-9.5 16:-16.5:0.5:-6.5 32:-13.5:0.5:-3.5; do
    aps=${range%%:*}
    sweep "c-$aps-$drops" fig1c --set "monte_carlo.drops=$drops" --set allocation.solver=structured \
      --over "network.aps=$aps" --over "sensing.crlb_threshold_db=${range#*:}"
    journals+=("c-$aps-$drops/sweep.ndjson")
    tables+=("$data/c-$aps-$drops/sweep.csv")
  done
  columns "${tables[@]}" >"$out/fig_c.csv" <<'END'
network.aps sensing.crlb_threshold_db drops feasible paired_drops
paired_mean_sum_rate_bit_s_hz paired_std_error_sum_rate_bit_s_hz
paired_mean_sum_rate_heuristic_bit_s_hz paired_std_error_sum_rate_heuristic_bit_s_hz
END
  table fig_c_feasible "${journals[@]}"
}

figure_d() {
  local common=(--set "monte_carlo.drops=$drops" --set monte_carlo.realizations=0 --set allocation.method=equal)
  sweep "d-own-$drops" paper "${common[@]}" --over sensing.crlb_model=own_echo --over network.aps=10:10:100
  sweep "d-all-$drops" paper "${common[@]}" --over sensing.crlb_model=multistatic \
    --over sensing.path_phase_deg=45,random --over network.aps=10:10:100
  table fig_d "d-own-$drops/sweep.ndjson" "d-all-$drops/sweep.ndjson"
}

figure_e() {
  local networks=$((10 * drops))
  sweep "e-$networks" paper --set "monte_carlo.drops=$networks" --set monte_carlo.realizations=0 \
    --set allocation.solver=structured --over sensing.crlb_threshold_db=-12,-5
  table fig_e "e-$networks/sweep.ndjson"
}

figure_f() {
  run_cfisac replay "$top/configs/paper.json" --drop 1 --set network.aps=16 --set sensing.crlb_threshold_db=-14.5 \
    --set monte_carlo.realizations=0 --set allocation.solver=structured --quiet >"$data/f.json"
  table fig_f f.json
  table fig_f_users f.json
}

# The thresholds of figure g: from a network's own edge of feasibility upwards, rounded up at four decimals.
thresholds_above() {
  jq -nr --argjson edge "$1" '
    ($edge * 10000 | ceil) as $edge
    | [0, 0.001, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.75, range(1; 4; 0.5), range(4; 10.5; 1)]
    | map($edge + . * 10000 | round / 10000 | tostring) | join(",")'
}

figure_g() {
  local aps edge journals=()
  for aps in 8 16 32; do
    run_cfisac run "$top/configs/paper.json" --csv --set "network.aps=$aps" --set monte_carlo.drops=1 \
      --set monte_carlo.realizations=0 --set allocation.method=equal --quiet >"$data/g-$aps.csv"
    edge=$(columns "$data/g-$aps.csv" <<<least_feasible_threshold_db | tail -n 1)
    sweep "g-$aps" paper --set monte_carlo.drops=1 --set monte_carlo.realizations=0 \
      --set allocation.solver=structured --over "network.aps=$aps" \
      --over "sensing.crlb_threshold_db=$(thresholds_above "$edge")"
    journals+=("g-$aps/sweep.ndjson")
  done
  table fig_g "${journals[@]}"
}

figure_h() {
  local networks=$(((drops + 4) / 5))
  sweep "h-$networks" pilot_reuse --set "monte_carlo.drops=$networks" --set monte_carlo.realizations=50 \
    --set monte_carlo.bounds=none --set allocation.method=equal --set frame.coherence_symbols=0 \
    --over pilots.length=2,4 --over network.tx_antennas=4,8,16,32,64,128,256,512,1024
  table fig_h "h-$networks/sweep.ndjson"
}

# rate_quantiles TABLE HEAD [COLUMN]: shares of the rows of all networks, in hundredths, and the rate that so many have at most;
# of the users' rates unless another column is named
rate_quantiles() {
  columns "$1" <<<"${3:-rate_exact_bit_s_hz}" | tail -n +2 | sort -g | awk -v OFS=, -v head="$2" '
    { rate[NR - 1] = $1 }
    END { for (i = 0; i <= 100; i++) { at = i / 100 * (NR - 1); low = int(at)
            print head, NR, i / 100, rate[low] + (low + 1 < NR ? (at - low) * (rate[low + 1] - rate[low]) : 0) } }'
}

figure_i() {
  local networks=$((2 * drops)) kind method name
  echo 'precoding.kind,allocation.method,users,share,rate_bit_s_hz' >"$out/fig_i.csv"
  for method in fractional sca; do
    for kind in mr rzf lp_mmse; do
      name=i-$kind-$method-$networks
      say "run $name"
      run_cfisac run "$top/configs/standard.json" --set "monte_carlo.drops=$networks" --set "precoding.kind=$kind" \
        --set precoding.realizations=100 --set "allocation.method=$method" --out "$data/$name" --force --quiet >"$data/$name.txt"
      rate_quantiles "$data/$name/ues.csv" "$kind,$method" >>"$out/fig_i.csv"
    done
  done
}

figure_j() {
  local aps range kind tables=()
  for range in 8:-31.5:0.5:-19 16:-28.5:0.5:-16 32:-25.5:0.5:-13; do
    aps=${range%%:*}
    for kind in mr zf; do
      sweep "j-$aps-$kind-$drops" fig1c --set "monte_carlo.drops=$drops" --set allocation.solver=structured \
        --set network.tx_antennas=8 --set network.rx_antennas=8 --over "network.aps=$aps" --over "precoding.kind=$kind" \
        --over "sensing.crlb_threshold_db=${range#*:}"
      tables+=("$data/j-$aps-$kind-$drops/sweep.csv")
    done
  done
  columns "${tables[@]}" >"$out/fig_j.csv" <<'END'
network.aps precoding.kind sensing.crlb_threshold_db drops feasible paired_drops
paired_mean_sum_rate_bit_s_hz paired_std_error_sum_rate_bit_s_hz
END
}

# Where estimates come down to a guess, and to 1.1 times the bound of one block: the ends of the threshold region, by straight
# lines between the points of fig_k.csv, errors in logarithms; the last crossing of each.
threshold_region() {
  awk -F, -v OFS=, '
    function crossed(what, key, y) { # above 0 at the point before, and no more
      if ((key, "y") in last && last[key, "y"] > 0 && y <= 0) {
        at[key] = last[key, "x"] + ($2 - last[key, "x"]) * last[key, "y"] / (last[key, "y"] - y)
      }
      last[key, "x"] = $2; last[key, "y"] = y
    }
    BEGIN { prior["angle"] = 60 / sqrt(3); prior["position"] = 250 / sqrt(6) }
    NR > 1 { crossed($1, $1 " low", log($4 / prior[$1])); crossed($1, $1 " high", log($4 / (1.1 * $7))) }
    END { print "estimated", "low_snr_db", "high_snr_db"
          for (what in prior) printf "%s,%.2f,%.2f\n", what, at[what " low"], at[what " high"] }' "$out/fig_k.csv"
}

figure_k() {
  local ring='[[0,0],[125,0],[250,0],[250,125],[250,250],[125,250],[0,250],[0,125]]' journals=() information options
  for information in averaged block; do # estimates do not depend on it
    options=(--set "monte_carlo.drops=$drops" --set allocation.method=equal --set monte_carlo.bounds=none
      --over "sensing.information=$information" --over power.snr_db=-10:5:60)
    if [ "$information" = averaged ]; then
      options+=(--set monte_carlo.estimator=ml --set monte_carlo.realizations=25)
    else
      options+=(--set monte_carlo.estimator=none --set monte_carlo.realizations=0)
    fi
    sweep "k-angle-$information-$drops" paper --set network.aps=1 --set sensing.crlb_threshold_db=null "${options[@]}" \
      --over sensing.geometry=angles
    sweep "k-position-$information-$drops" position --set network.aps=8 --set "network.ap_positions_m=$ring" \
      --set network.array_orientation_deg=inward --set sensing.position_threshold_m=null "${options[@]}" --over sensing.geometry=target
    journals+=("k-angle-$information-$drops/sweep.ndjson" "k-position-$information-$drops/sweep.ndjson")
  done
  table fig_k "${journals[@]}"
  threshold_region >"$out/fig_k_region.csv"
}

figure_l() {
  local aps model values journals=()
  while read -r aps model values; do
    sweep "l-$aps-$model-$drops" position --set "monte_carlo.drops=$drops" --set monte_carlo.realizations=0 \
      --set monte_carlo.estimator=none --over "network.aps=$aps" --over "sensing.crlb_model=$model" \
      --over "sensing.position_threshold_m=$values"
    journals+=("l-$aps-$model-$drops/sweep.ndjson")
  done <<'END'
8 own_echo 3.5,4.5,6,8,11,16,25,40,70
8 noncoherent 1.2,1.6,2.1,2.9,4,6,10,20,70
16 own_echo 1.1,1.4,1.9,2.6,3.7,5.5,9,16,30
16 noncoherent 0.37,0.48,0.65,0.9,1.3,2,3.5,8,30
32 own_echo 0.4,0.5,0.7,1,1.4,2,3.5,6,10
32 noncoherent 0.125,0.16,0.22,0.3,0.45,0.7,1.3,3,10
END
  table fig_l "${journals[@]}"
}

figure_m() {
  local method
  for method in sca equal; do
    run_cfisac replay "$top/configs/position.json" --drop 6 --set network.aps=16 --set monte_carlo.realizations=0 \
      --set monte_carlo.estimator=none --set "allocation.method=$method" --quiet >"$data/m-$method.json"
  done
  table fig_m m-sca.json
  table fig_m_users m-sca.json
  table fig_m_ellipses m-sca.json m-equal.json
}

figure_n() {
  local objective name
  echo 'allocation.objective,whose,rates,share,rate_bit_s_hz' >"$out/fig_n.csv"
  for objective in sum_rate proportional_fair max_min_rate; do
    name=n-$objective-$drops
    say "run $name"
    run_cfisac run "$top/configs/max_min.json" --set "monte_carlo.drops=$drops" --set "allocation.objective=$objective" \
      --out "$data/$name" --force --quiet >"$data/$name.txt"
    rate_quantiles "$data/$name/ues.csv" "$objective,all users" >>"$out/fig_n.csv"
    rate_quantiles "$data/$name/drops.csv" "$objective,weakest" least_user_rate_bit_s_hz >>"$out/fig_n.csv"
  done
}

# position_frontier APS: of the least user rate against the position error, into $data/o-APS-N
position_frontier() {
  say "frontier o-$1-$drops"
  run_cfisac frontier "$top/configs/position.json" --between max_min_rate,position_error --set "monte_carlo.drops=$drops" \
    --set "network.aps=$1" --set sensing.position_threshold_m=null --set monte_carlo.realizations=0 \
    --set monte_carlo.estimator=none --out "$data/o-$1-$drops" "--${fresh:-resume}" --quiet >"$data/o-$1-$drops.txt"
}

figure_o() {
  local aps
  for aps in 8 16 32; do
    position_frontier "$aps"
    awk -v OFS=, -v aps="$aps" 'NR > 1 { print aps, $0 } NR == 1 && aps == 8 { print "network.aps", $0 }' \
      "$data/o-$aps-$drops/frontier_mean.csv"
  done >"$out/fig_o.csv"
}

# distance_quantiles: of lines "bound,certified,...", sum rates of networks: how far each column is below the best of its
# line, and the bound above it, relative, sorted
distance_quantiles() {
  awk -F, -v OFS=, -v names="proof,certified,heuristic,product,fractional" '
    BEGIN { n = split(names, name, ",") }
    { best = 0
      for (i = 2; i <= n; i++) if ($i > best) best = $i
      print name[1], $1 / best - 1
      for (i = 3; i <= n; i++) print name[i], 1 - $i / best }' |
    sort -t , -k 1,1 -k 2g | awk -F, -v OFS=, -v networks="$1" '
    { at[$1]++; print $1, networks, at[$1] / networks, $2 }'
}

figure_p() {
  local networks=$((2 * drops)) how setting name columns=()
  while read -r how setting; do
    name=p-$how-$networks
    say "run $name"
    run_cfisac run "$top/configs/paper.json" --set "monte_carlo.drops=$networks" --set monte_carlo.realizations=0 --set "$setting" \
      --out "$data/$name" --force --quiet >"$data/$name.txt"
    columns "$data/$name/drops.csv" <<<objective_value >"$data/$name.csv"
    columns+=("$data/$name.csv")
  done <<'END'
certified allocation.certify=true
heuristic allocation.method=heuristic
product allocation.surrogate=product
fractional allocation.surrogate=fractional
END
  echo 'what,networks,share,relative' >"$out/fig_p.csv"
  paste -d , <(columns "$data/p-certified-$networks/drops.csv" <<<upper_bound) "${columns[@]}" | tail -n +2 |
    distance_quantiles "$networks" >>"$out/fig_p.csv"
}

figure_q() {
  run_cfisac replay "$top/configs/position.json" --drop 0 --set network.aps=16 --set monte_carlo.realizations=0 \
    --set monte_carlo.estimator=none --set allocation.objective=max_min_rate --quiet >"$data/q.json"
  table_as fig_q_map fig_m q.json
  table_as fig_q_users fig_m_users q.json
  table_as fig_q_target fig_m_ellipses q.json
  position_frontier 16
  sweep "q-$drops" position --set network.aps=16 --set "monte_carlo.drops=$drops" --set monte_carlo.realizations=0 \
    --set monte_carlo.estimator=none --set sensing.position_threshold_m=null \
    --over allocation.method=equal,fractional --over allocation.sensing_fraction=0:0.1:1
  {
    echo 'powers,networks,least_user_rate_bit_s_hz,least_user_rate_std_error_bit_s_hz,position_error_m,position_error_std_error_m'
    awk -F, -v OFS=, 'NR > 1 { print "frontier", $2, $3, $4, $5, $6 }' "$data/o-16-$drops/frontier_mean.csv"
    columns "$data/q-$drops/sweep.csv" <<'END' | tail -n +2
allocation.method feasible
feasible_mean_least_user_rate_bit_s_hz feasible_std_error_least_user_rate_bit_s_hz
feasible_mean_position_error_bound_own_echo_m feasible_std_error_position_error_bound_own_echo_m
END
  } >"$out/fig_q.csv"
}

# ---------------------------------------------------------------------------------------- main

main() {
  local tool figure
  read_options "$@"
  if [ -n "${CFISAC:-}" ]; then
    cfisac=$CFISAC
    [ -x "$cfisac" ] || die 2 "CFISAC=$cfisac: no such program"
  else
    cfisac=$("$top/scripts/build.sh" figures)
  fi
  program=$("$cfisac" --version | awk '$1 == "cfisac" || $1 == "git" { printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2 }')
  for tool in gnuplot jq; do
    command -v "$tool" >/dev/null || die 2 "$tool is missing: scripts/deps.sh figures installs it"
  done
  if mkdir -p "$out/data" 2>/dev/null; then out=$(cd "$out" && pwd); fi
  data=$out/data
  if [ ! -d "$data" ] || [ ! -w "$out" ] || [ ! -w "$data" ]; then
    die 6 "$out: files cannot be made here"
  fi
  trap interrupted INT TERM

  for figure in "${figures[@]}"; do
    commands=()
    "figure_$figure"
    draw "$figure"
  done
}

main "$@"
