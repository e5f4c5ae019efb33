# The sensing bound of each access point, its threshold, and the simulated bound's interval of +-2 standard errors.
name = "bounds"; height_cm = 7.5; key_rows = 2; key_width = -4; foot_cm = 0.43
load "style.gp"
unset lmargin; unset rmargin # as wide as numbers and labels need
set tmargin at screen title_bottom
set label 1 "bars: ±2 standard errors of the simulation" at screen 0.03, 0.23 / height_cm
set label 9 title_text at screen 0.5, title_middle center noenhanced
set xrange [-0.5:aps - 0.5]
set yrange [bound_db_low:bound_db_high]
set xtics whole_step(0, aps - 1)
set xlabel "access point"
set ylabel "bound, dB of 1 rad^2"
db(y) = 10 * log10(of_drop(y))
simulated(side) = 10 * log10(of_drop("crlb_own_echo_monte_carlo_rad2") + side * 2 * column("crlb_own_echo_std_error_rad2"))
plot "aps.csv" using (column("ap") - 0.5):(db("crlb_threshold_rad2")):(1):(0) \
       with vectors nohead linecolor rgb black linewidth 1, \
     "" using "ap":(db("crlb_own_echo_rad2")) with points linestyle 1, \
     "" using "ap":(db("crlb_multistatic_rad2")) with points linestyle 3, \
     "" using "ap":(simulated(-1)):(0):(simulated(1) - simulated(-1)) with vectors nohead linestyle 2, \
     keyentry with points linestyle 1 title "own echo", \
     keyentry with points linestyle 3 title "all echoes", \
     keyentry with lines linecolor rgb black linewidth 1 title "threshold", \
     keyentry with lines linestyle 2 title "own echo, simulated"
unset output
reset
