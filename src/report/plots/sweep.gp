# The mean over the drops of each point with two standard errors, a curve for each value of the other keys; below it,
# where drops are infeasible, the share that is not.
name = "sweep"; key_width = 0; foot_cm = 0.43 * (1 + (notes > 0 ? |note| : 0))
height_cm = 5.6 + 0.43 * key_rows + foot_cm + word_room_cm + (has_shares ? 2.4 : 0)
load "style.gp"
array colour[10] = [blue, red, green, purple, orange, sky, black, grey, "#8B5A2B", "#6A3D9A"]
array shape[10] = [7, 5, 9, 13, 11, 6, 4, 8, 12, 10]
beside(c) = curves > 1 ? 0.4 * ((c - 1.0) / (curves - 1) - 0.5) : 0 # curves over words stand beside each other
x_of(c) = in_words ? (column("point") - first_point[c]) / stride + beside(c) : column(x_key)
bottom = bottom + word_room_cm / height_cm
set bmargin at screen bottom
unset lmargin; unset rmargin # as wide as numbers and labels need
set label 1 foot at screen 0.03, (foot_cm - 0.2) / height_cm noenhanced
do for [i = 1:|note|] { set label 1 + i note[i] at screen 0.03, (foot_cm - 0.2 - 0.43 * i) / height_cm noenhanced }
set ylabel mean_label
set xrange [x_low:x_high]
if (in_decades) { set logscale x; eval log_ticks(x_low, x_high) }
if (whole && !in_decades) { set xtics whole_step(x_low, x_high) }
if (in_words) {
  set grid noxtics
  set xtics noenhanced
  if (words_turned) { set xtics rotate by 60 right }
  set xtics (word[1] word_at[1])
  do for [i = 2:|word|] { set xtics add (word[i] word_at[i]) }
}
if (has_shares) { # the numbers of both panels must find room: those of the first follow from its range
  set table $nowhere
  plot for [c = 1:curves] "sweep.csv" every stride::first_point[c]::last_point[c] \
    using (x_of(c)):(column(mean)):(2 * column(error)) with yerrorbars
  unset table
  margin = 0.04 * (GPVAL_Y_MAX - GPVAL_Y_MIN)              # so that no bar ends at the frame
  set yrange [GPVAL_Y_MIN - margin:GPVAL_Y_MAX + margin]
  set lmargin at screen left_of(GPVAL_Y_MIN - margin, GPVAL_Y_MAX + margin)
  set rmargin at screen 0.95
  middle = bottom + 2.2 / height_cm
  set multiplot
  set bmargin at screen middle
  set format x ""
} else {
  set xlabel x_label noenhanced
}
plot for [c = 1:in_words ? 0 : curves] "sweep.csv" every stride::first_point[c]::last_point[c] \
       using (x_of(c)):(column(mean)) with lines linewidth 1.5 linecolor rgb colour[c], \
     for [c = 1:curves] "sweep.csv" every stride::first_point[c]::last_point[c] \
       using (x_of(c)):(column(mean) - 2 * column(error)):(0):(4 * column(error)) \
       with vectors nohead linecolor rgb colour[c], \
     for [c = 1:curves] "sweep.csv" every stride::first_point[c]::last_point[c] \
       using (x_of(c)):(column(mean)) with points linecolor rgb colour[c] pointtype shape[c] pointsize 0.5, \
     for [c = 1:titles] keyentry with linespoints linecolor rgb colour[c] linewidth in_words ? 0 : 1.5 pointtype shape[c] pointsize 0.5 \
       title curve_title[c] noenhanced
if (has_shares) {
  set tmargin at screen middle - 0.2 / height_cm
  set bmargin at screen bottom
  unset label
  set format x "%h"
  set xlabel x_label noenhanced
  set ylabel "feasible share"
  set yrange [0:1.1]
  set ytics 0.5
  plot for [c = 1:curves] "sweep.csv" every stride::first_point[c]::last_point[c] \
    using (x_of(c)):(column("feasible") / column("drops")) with linespoints linecolor rgb colour[c] pointtype shape[c] pointsize 0.5
  unset multiplot
}
unset output
reset
