height_cm = 8; key_rows = 2; key_width = -6
load "style.gp"
array P = [4, 2]
curve(pilots, y) = at("pilots.length", pilots) ? column(y) : NaN
set xlabel "transmit antennas of an access point, {/:Italic N}"
set ylabel "sum rate, bit/s/Hz"
set logscale x 2
set xrange [3.5:1170]
set yrange [0:50]
set ytics 10
error = "std_error_monte_carlo_bit_s_hz"
low(i) = curve(P[i], "mean_monte_carlo_bit_s_hz") - 2 * column(error)
plot for [i = 1:2] "fig_h.csv" using "network.tx_antennas":(curve(P[i], "mean_exact_bit_s_hz")) with lines linestyle i, \
     "" using "network.tx_antennas":(curve(2, "mean_theorem1_bit_s_hz")) with lines linestyle 2 dashtype (8, 4), \
     for [i = 1:2] "" using "network.tx_antennas":(curve(P[i], "mean_monte_carlo_bit_s_hz")) with points linestyle i, \
     for [i = 1:2] "" using "network.tx_antennas":(low(i)):(0):(column(error) * 4) with vectors nohead linestyle i, \
     keyentry with linespoints linestyle 1 title "{/:Italic τ}_p = {/:Italic K}", \
     keyentry with linespoints linestyle 2 title "{/:Italic τ}_p = {/:Italic K}/2, exact", \
     keyentry with lines linestyle 2 dashtype (8, 4) title "{/:Italic τ}_p = {/:Italic K}/2, Theorem 1", \
     keyentry with points linestyle 9 title "Monte Carlo, ±2 s.e."
