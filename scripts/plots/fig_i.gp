height_cm = 8; key_rows = 3; key_width = 0
load "style.gp"
array P = ["mr", "rzf", "lp_mmse"]
array T = ["maximum ratio", "regularised ZF", "local MMSE"]
share(kind, method) = strcol("precoding.kind") eq kind && strcol("allocation.method") eq method ? column("share") : NaN
set xlabel "rate of a user, bit/s/Hz"
set ylabel "share of users below"
set xrange [0:14]
set yrange [0:1]
width(i) = i == 2 ? 3.5 : 1.5 # wide, since local MMSE lies on it
plot for [i = 1:3] "fig_i.csv" using "rate_bit_s_hz":(share(P[i], "sca")) with lines linestyle i linewidth width(i) title T[i], \
     for [i = 1:3] "" using "rate_bit_s_hz":(share(P[i], "fractional")) with lines linestyle i linewidth width(i) dashtype (8, 4), \
     keyentry with lines linestyle 9 title "sum rate maximised", \
     keyentry with lines linestyle 9 dashtype (8, 4) title "fractional powers"
