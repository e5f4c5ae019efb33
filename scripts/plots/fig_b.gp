height_cm = 9.5; key_rows = 3; key_width = -9
load "style.gp"
array L = [8, 16, 32]
array paper = [8, 10, 15] # iterations until convergence that the paper reports
curve(surrogate, aps, y) = \
  strcol("allocation.surrogate") eq surrogate && at("network.aps", aps) ? column(y) : NaN
reported(i, y) = at("iteration", paper[i]) ? curve("fractional", L[i], y) : NaN
middle = bottom + 0.45 * (top - bottom)
set multiplot
set xrange [0:30]

set bmargin at screen middle + 0.02
set format x ""
set ylabel "sum rate, bit/s/Hz"
set yrange [10:20.5]
plot for [i = 1:3] "fig_b.csv" using "iteration":(curve("product", L[i], "mean_sum_rate_bit_s_hz")) \
       with lines linestyle i, \
     for [i = 1:3] "" using "iteration":(curve("fractional", L[i], "mean_sum_rate_bit_s_hz")) \
       with lines linestyle i dashtype (8, 4), \
     for [i = 1:3] "" using "iteration":(reported(i, "mean_sum_rate_bit_s_hz")) \
       with points linestyle i pointtype 6 pointsize 0.8

set tmargin at screen middle - 0.02
set bmargin at screen bottom
set format x "%g"
set xlabel "iteration"
set ylabel "below limit, %" offset 2
set logscale y
set format y "%g"
set ytics 1e-3, 10
set mytics 1
set yrange [1e-3:20]
plot for [i = 1:3] "fig_b.csv" using "iteration":(curve("product", L[i], "mean_below_limit_percent")) \
       with lines linestyle i, \
     for [i = 1:3] "" using "iteration":(curve("fractional", L[i], "mean_below_limit_percent")) \
       with lines linestyle i dashtype (8, 4), \
     for [i = 1:3] "" using "iteration":(reported(i, "mean_below_limit_percent")) \
       with points linestyle i pointtype 6 pointsize 0.8, \
     for [i = 1:3] keyentry with lines linestyle i title sprintf("{/:Italic L} = %d", L[i]), \
     keyentry with lines linestyle 9 title "product (default)", \
     keyentry with lines linestyle 9 dashtype (8, 4) title "fractional (paper)", \
     keyentry with points linestyle 9 pointtype 6 pointsize 0.8 title "reported by the paper"
unset multiplot
