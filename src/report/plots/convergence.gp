# The true objective after each step, of the drop and, paler, of the first twenty.
name = "convergence"; height_cm = 7; key_rows = 1; key_width = 0
load "style.gp"
set tmargin at screen title_bottom(height_cm)
set title title_text noenhanced offset 0, -0.5
set xrange [0:iterations * 1.03]
set yrange [rate_low:rate_high]
set xlabel "iteration"
set ylabel objective_label noenhanced
other(d) = column("drop") == d ? column("objective_value") : NaN
plot for [d = 0:19] "trace.csv" using "iteration":(other(d)) with lines linecolor rgb "#BBBBBB" linewidth 0.8, \
     "" using "iteration":(of_drop("objective_value")) with linespoints linestyle 1, \
     keyentry with linespoints linestyle 1 title sprintf("drop %d", drop), \
     keyentry with lines linecolor rgb "#BBBBBB" linewidth 0.8 title "other drops"
unset output
reset
