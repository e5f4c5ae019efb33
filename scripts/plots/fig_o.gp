height_cm = 8; key_rows = 1; key_width = 0; foot_cm = 0.43
load "style.gp"
array L = [8, 16, 32]
of(aps, y) = at("network.aps", aps) ? column(y) : NaN
set logscale x
set xrange [0.4:48]
eval log_ticks(0.4, 48)
set xlabel "position error bound, m"
set ylabel "least user rate, bit/s/Hz"
set yrange [0:5.5]
set errorbars small
set label 1 "means; bars: ±2 standard errors" at screen 0.03, 0.23 / height_cm
plot for [i = 1:3] "fig_o.csv" using "position_error_m":(of(L[i], "max_min_rate_bit_s_hz")) with lines linestyle i, \
     for [i = 1:3] "" using "position_error_m":(of(L[i], "max_min_rate_bit_s_hz")) \
              :(2 * column("position_error_std_error_m")):(2 * column("max_min_rate_std_error_bit_s_hz")) \
       with xyerrorbars linestyle i linewidth 0.8, \
     for [i = 1:3] keyentry with linespoints linestyle i title sprintf("{/:Italic L} = %d", L[i])
