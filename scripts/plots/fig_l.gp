height_cm = 9.5; key_rows = 3; key_width = 0
load "style.gp"
array L = [8, 16, 32]
curve(aps, model, y) = at("network.aps", aps) && strcol("sensing.crlb_model") eq model ? column(y) : NaN
middle = bottom + 0.32 * (top - bottom)
set multiplot
set logscale x
set xrange [0.1:90]
set mxtics 1

set bmargin at screen middle + 0.02
set format x ""
set ylabel "sum rate, bit/s/Hz"
set yrange [10:21]
plot for [i = 1:3] "fig_l.csv" using "sensing.position_threshold_m":(curve(L[i], "own_echo", "paired_mean_sum_rate_bit_s_hz")) \
       with lines linestyle i dashtype (8, 4), \
     for [i = 1:3] "" using "sensing.position_threshold_m":(curve(L[i], "noncoherent", "paired_mean_sum_rate_bit_s_hz")) \
       with linespoints linestyle i

set tmargin at screen middle - 0.02
set bmargin at screen bottom
set format x "%g"
set xlabel "largest position error allowed, m"
set ylabel "feasible share"
set yrange [0:1.1]
set ytics 0.5
plot for [i = 1:3] "fig_l.csv" using "sensing.position_threshold_m":(curve(L[i], "own_echo", "feasible_share")) \
       with lines linestyle i dashtype (8, 4), \
     for [i = 1:3] "" using "sensing.position_threshold_m":(curve(L[i], "noncoherent", "feasible_share")) with lines linestyle i, \
     for [i = 1:3] keyentry with linespoints linestyle i title sprintf("{/:Italic L} = %d", L[i]), \
     keyentry with linespoints linestyle 9 title "non-coherent", \
     keyentry with lines linestyle 9 dashtype (8, 4) title "own echoes"
unset multiplot
