height_cm = 8; key_rows = 2; key_width = 0
load "style.gp"
array O = ["sum_rate", "proportional_fair", "max_min_rate"]
array T = ["sum rate", "proportional fairness", "max-min"]
share(objective) = strcol("allocation.objective") eq objective ? column("share") : NaN
set xlabel "rate of a user, bit/s/Hz"
set ylabel "share of users below"
set xrange [0:3.5]
set yrange [0:1]
plot for [i = 1:3] "fig_n.csv" using "rate_bit_s_hz":(share(O[i])) with lines linestyle i title T[i]
