# The curve of each drop, thin, and their mean at equal relative positions between the ends, with two standard errors.
name = "frontier"; height_cm = 7.5; key_rows = 2; key_width = 0; foot_cm = 0
load "style.gp"
unset lmargin; unset rmargin # as wide as numbers and labels need
set tmargin at screen title_bottom
set label 9 title_text at screen 0.5, title_middle center noenhanced
if (in_decades) { set logscale x; eval log_ticks(cost_low, cost_high) }
set xrange [cost_low:cost_high]
set yrange [rate_low:rate_high]
set xlabel cost_label
set ylabel rate_label
set errorbars small
shown(x) = in_decibel ? 10 * log10(column(x) * factor) : column(x)
of_drop(d, y) = column("drop") == d ? column(y) : NaN
plot for [d = 0:(drops < 50 ? drops : 50) - 1] "frontier.csv" using (shown(cost)):(of_drop(d, rate)) \
       with lines linecolor rgb "#BBBBBB" linewidth 0.7, \
     "frontier_mean.csv" using cost_mean:rate_mean:(2 * column(cost_error)):(2 * column(rate_error)) \
       with xyerrorbars linestyle 1 linewidth 1, \
     "" using cost_mean:rate_mean with lines linestyle 1, \
     keyentry with linespoints linestyle 1 title mean_title, \
     keyentry with lines linecolor rgb "#BBBBBB" linewidth 0.7 title drop_title
unset output
reset
