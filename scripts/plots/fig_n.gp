height_cm = 8; key_rows = 3; key_width = 0
load "style.gp"
array O = ["sum_rate", "proportional_fair", "max_min_rate"]
array T = ["sum rate", "proportional fairness", "max-min"]
share(objective, whose) = strcol("allocation.objective") eq objective && strcol("whose") eq whose ? column("share") : NaN
set xlabel "rate, bit/s/Hz"
set ylabel "share below"
set xrange [0:3.5]
set yrange [0:1]
plot for [i = 1:3] "fig_n.csv" using "rate_bit_s_hz":(share(O[i], "all users")) with lines linestyle i title T[i], \
     for [i = 1:3] "" using "rate_bit_s_hz":(share(O[i], "weakest")) with lines linestyle i dashtype (8, 4), \
     keyentry with lines linestyle 9 title "all users", \
     keyentry with lines linestyle 9 dashtype (8, 4) title "weakest user"
