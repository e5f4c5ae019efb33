height_cm = 13; key_rows = 4; key_width = 0
load "style.gp"
array W = ["angle", "position"]
array prior = [60 / sqrt(3), 250 / sqrt(6)] # of a guess: an angle uniform in +-60 degrees, a place in a square of 250 m
array name_of[2]; name_of[1] = "error of {/:Italic θ}, degrees"; name_of[2] = "error of the position, m"
middle = bottom + 0.5 * (top - bottom)
estimated(i, y) = strcol("estimated") eq W[i] ? column(y) : NaN
end(i, sign) = estimated(i, "rms_estimate") + sign * 2 * column("std_error_estimate")
set multiplot
set logscale y
set xrange [-13:63]
set xtics 10
set mytics 1
do for [i = 1:2] {
  stats "fig_k_region.csv" using (estimated(i, "low_snr_db")) name "low" nooutput
  stats "fig_k_region.csv" using (estimated(i, "high_snr_db")) name "high" nooutput
  set object i rectangle from first low_max, graph 0 to first high_max, graph 1 behind fillcolor rgb grey fillstyle solid 0.15 noborder
  set label i "threshold\nregion" at first (low_max + high_max) / 2, graph 0.12 center font ",7" textcolor rgb grey
  if (i == 1) { set bmargin at screen middle + 0.012; set format x "" }
  if (i == 2) { unset object 1; unset label 1; set tmargin at screen middle - 0.012; set bmargin at screen bottom; set format x "%g"
                set xlabel "SNR, dB" }
  set ylabel "rms " . name_of[i] offset (i == 2 ? 1.5 : 0), 0
  set yrange [(i == 1 ? 0.2 : 0.3):(i == 1 ? 200 : 1000)]
  plot prior[i] with lines linecolor rgb grey linewidth 1.2 dashtype (2, 3), \
       "fig_k.csv" using "power.snr_db":(estimated(i, "bound_block")) with lines linestyle 2 linewidth 3.5, \
       "" using "power.snr_db":(estimated(i, "bound_averaged")) with lines linestyle 1 dashtype (8, 4), \
       "" using "power.snr_db":(estimated(i, "rms_estimate")) with points linestyle 9, \
       "" using "power.snr_db":(end(i, -1)):(0):(end(i, 1) - end(i, -1)) with vectors nohead linestyle 9, \
       for [n = 2:i] keyentry with points linestyle 9 title "maximum likelihood, ±2 standard errors", \
       for [n = 2:i] keyentry with lines linestyle 2 linewidth 3.5 title "bound of one block", \
       for [n = 2:i] keyentry with lines linestyle 1 dashtype (8, 4) title "bound averaged over blocks", \
       for [n = 2:i] keyentry with lines linecolor rgb grey linewidth 1.2 dashtype (2, 3) title "blind guess, by the prior alone"
}
unset multiplot
