height_cm = 9.5; key_rows = 3; key_width = 0
load "style.gp"
array L = [8, 16, 32]
curve(aps, y) = at("network.aps", aps) ? column(y) : NaN
middle = bottom + 0.32 * (top - bottom)
set multiplot
set xrange [-22:-3]

set bmargin at screen middle + 0.02
set format x ""
set ylabel "sum rate, bit/s/Hz"
set yrange [0:21]
plot for [i = 1:3] "fig_g.csv" using "sensing.crlb_threshold_db":(curve(L[i], "sum_rate_heuristic_bit_s_hz")) \
       with lines linestyle i dashtype (8, 4), \
     for [i = 1:3] "" using "sensing.crlb_threshold_db":(curve(L[i], "sum_rate_bit_s_hz")) with linespoints linestyle i

set tmargin at screen middle - 0.02
set bmargin at screen bottom
set format x "%g"
set xlabel "threshold of the bound, dB of 1 rad^2"
set ylabel "sensing share"
set yrange [0:1.1]
set ytics 0.5
plot for [i = 1:3] "fig_g.csv" using "sensing.crlb_threshold_db":(curve(L[i], "sensing_power_share")) \
       with lines linestyle i, \
     for [i = 1:3] keyentry with linespoints linestyle i title sprintf("{/:Italic L} = %d", L[i]), \
     keyentry with linespoints linestyle 9 title "SCA", \
     keyentry with lines linestyle 9 dashtype (8, 4) title "heuristic split"
unset multiplot
