height_cm = 8; key_rows = 3; key_width = 0
load "style.gp"
array L = [8, 16, 32]
curve(aps, kind) = column("network.aps") == aps && strcol("precoding.kind") eq kind ? column("paired_mean_sum_rate_bit_s_hz") : NaN
set xlabel "threshold of the bound, dB of 1 rad^2"
set ylabel "sum rate, bit/s/Hz" offset 0, 0
set ytics 10
set xrange [-32:-12.5]
set yrange [0:60]
plot for [i = 1:3] "fig_j.csv" using "sensing.crlb_threshold_db":(curve(L[i], "mr")) with lines linestyle i dashtype (8, 4), \
     for [i = 1:3] "" using "sensing.crlb_threshold_db":(curve(L[i], "zf")) with linespoints linestyle i, \
     for [i = 1:3] keyentry with linespoints linestyle i title sprintf("{/:Italic L} = %d", L[i]), \
     keyentry with linespoints linestyle 9 title "zero-forcing", \
     keyentry with lines linestyle 9 dashtype (8, 4) title "maximum ratio"
