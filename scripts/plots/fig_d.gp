height_cm = 8; key_rows = 3; key_width = -4
load "style.gp"
array B = ["own echo", "all echoes random phases", "all echoes equal phases"]
array T = ["own echo (Theorem 2)", "all echoes, random phases", "all echoes, equal phases"]
curve(i, y) = strcol("bound") eq B[i] ? column(y) : NaN
prior_db = 20 * log10(60 * pi / 180 / sqrt(3)) # what is known of an angle uniform in +-60 degrees
set xlabel "access points, {/:Italic L}"
set ylabel "largest bound, dB of 1 rad^2"
set xrange [5:105]
set yrange [-45:0]
plot prior_db with lines linecolor rgb grey linewidth 1 dashtype (2, 3), \
     for [i = 1:3] "fig_d.csv" using "network.aps":(curve(i, "p05_worst_crlb_db")):(curve(i, "p95_worst_crlb_db")) \
       with filledcurves linestyle i fillstyle transparent solid 0.2 noborder, \
     for [i = 1:3] "" using "network.aps":(curve(i, "p50_worst_crlb_db")) with linespoints linestyle i title T[i], \
     keyentry with filledcurves linecolor rgb grey fillstyle solid 0.3 noborder title "5 to 95 %, median", \
     keyentry with lines linecolor rgb grey linewidth 1 dashtype (2, 3) title "prior, ±60°"
