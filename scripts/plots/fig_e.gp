height_cm = 8; key_rows = 3; key_width = 0
load "style.gp"
array M = ["equal", "heuristic", "sca"]
array T = ["equal split", "heuristic split", "SCA"]
array style = [3, 2, 1]
share(i, threshold) = \
  strcol("allocation.method") eq M[i] && at("sensing.crlb_threshold_db", threshold) ? column("share") : NaN
set xlabel "sum rate, bit/s/Hz"
set ylabel "share of networks below"
set xrange [9:21]
set yrange [0:1]
plot for [i = 1:3] "fig_e.csv" using "sum_rate_bit_s_hz":(share(i, -5)) with lines linestyle style[i] title T[i], \
     for [i = 2:3] "" using "sum_rate_bit_s_hz":(share(i, -12)) with lines linestyle style[i] dashtype (8, 4), \
     keyentry with lines linestyle 9 title "threshold −5 dB", \
     keyentry with lines linestyle 9 dashtype (8, 4) title "threshold −12 dB"
