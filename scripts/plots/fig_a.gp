height_cm = 8.5; key_rows = 4; key_width = -7
load "style.gp"
set xlabel "access points, {/:Italic L}"
set ylabel "sum rate, bit/s/Hz"
set xrange [5:105]
set yrange [5:26]
array N = [8, 4, 8, 4]
array P = [4, 4, 2, 2]
array style = [3, 1, 4, 2]
label(i) = sprintf("{/:Italic N} = %d, {/:Italic τ}_p = {/:Italic K}%s", N[i], P[i] == 4 ? "" : "/2")
curve(i, y) = at("network.tx_antennas", N[i]) && at("pilots.length", P[i]) ? column(y) : NaN
error = "std_error_monte_carlo_bit_s_hz"
low(i) = curve(i, "mean_monte_carlo_bit_s_hz") - 2 * column(error)
plot for [i = 1:4] "fig_a.csv" using "network.aps":(curve(i, "mean_theorem1_bit_s_hz")) \
       with lines linestyle style[i] linewidth 1 dashtype (8, 4), \
     for [i = 1:4] "" using "network.aps":(curve(i, "mean_exact_bit_s_hz")) with lines linestyle style[i], \
     for [i = 1:4] "" using "network.aps":(curve(i, "mean_monte_carlo_bit_s_hz")) with points linestyle style[i], \
     for [i = 1:4] "" using "network.aps":(low(i)):(0):(column(error) * 4) \
       with vectors nohead linestyle style[i], \
     "fig_a_published.csv" using "network.aps":"published_sum_rate_bit_s_hz" \
       with points pointtype 2 pointsize 0.6 linewidth 1.2 linecolor rgb black, \
     "" using "network.aps":(column("published_sum_rate_bit_s_hz") - column("reading_error_bit_s_hz")):(0) \
              :(2 * column("reading_error_bit_s_hz")) with vectors nohead linecolor rgb black linewidth 0.6, \
     for [i = 1:4] keyentry with linespoints linestyle style[i] title label(i), \
     keyentry with points linestyle 9 title "Monte Carlo, ±2 s.e.", \
     keyentry with lines linestyle 9 title "exact form", \
     keyentry with lines linestyle 9 linewidth 1 dashtype (8, 4) title "published Theorem 1", \
     keyentry with points pointtype 2 pointsize 0.6 linewidth 1.2 linecolor rgb black title "published, ±reading"
