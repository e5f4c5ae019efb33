# Probability of detection against that of a false alarm: all access points together, their mean, and the weakest.
name = "roc"; height_cm = 7.5; key_rows = 1; key_width = -2; foot_cm = 0
load "style.gp"
unset lmargin; unset rmargin # as wide as numbers and labels need
set tmargin at screen title_bottom
set label 9 title_text at screen 0.5, title_middle center noenhanced
set logscale x
set mxtics 1
set format x "10^{%T}"
set xrange [1e-8:1]
set yrange [0:1.02]
set xlabel "probability of a false alarm"
set ylabel "probability of detection"
plot "roc.csv" using "false_alarm_probability":(of_drop("detection_probability_fused")) \
       with lines linestyle 1 title "all together", \
     "" using "false_alarm_probability":(of_drop("mean_detection_probability")) \
       with lines linestyle 2 title "one, mean", \
     "" using "false_alarm_probability":(of_drop("least_detection_probability")) \
       with lines linestyle 3 title "one, least"
unset output
reset
