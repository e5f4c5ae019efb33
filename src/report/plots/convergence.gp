# The true objective after each step, of the drop and, paler, of the first twenty.
name = "convergence"; height_cm = 7; key_rows = 1; key_width = 0; foot_cm = 0
load "style.gp"
unset lmargin; unset rmargin # as wide as numbers and labels need
set tmargin at screen title_bottom
set label 9 title_text at screen 0.5, title_middle center noenhanced
set xrange [0:iterations * 1.03]
set yrange [rate_low:rate_high]
set xtics whole_step(0, iterations)
set xlabel "iteration"
set ylabel objective_label
other(d) = column("drop") == d ? column("objective_value") : NaN
plot for [d = 0:(drops < 20 ? drops : 20) - 1] "trace.csv" using "iteration":(other(d)) \
       with lines linecolor rgb "#BBBBBB" linewidth 0.8, \
     "" using "iteration":(of_drop("objective_value")) with linespoints linestyle 1, \
     keyentry with linespoints linestyle 1 title sprintf("drop %d", drop), \
     for [i = 2:drops < 3 ? drops : 2] keyentry with lines linecolor rgb "#BBBBBB" linewidth 0.8 \
       title drops > 20 ? "the first 20 drops" : "other drops"
unset output
reset
