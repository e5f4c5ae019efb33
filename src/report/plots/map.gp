# The network: access points with their powers, users, and how far they are kept apart; the target and its echoes.
name = "map"; height_cm = 11.1; key_rows = 3; key_width = -2; foot_cm = 0.5
load "style.gp"
largest = 0
if (has_powers) {
  stats "aps.csv" using (column("drop") == drop ? column("power_w") : 0) name "ap" nooutput # 0: a drop without powers
  largest = ap_max
}
what = largest > 0 ? "communication power" : "access point"
span = x_high - x_low > y_high - y_low ? x_high - x_low : y_high - y_low
size_m = span * 0.04 * (aps > 400 ? 0.2 : aps > 16 ? sqrt(16.0 / aps) : 1)
lined = aps > 100 ? 0 : 1 # that many access points would be all arrows and outlines
arrows = has_target ? 0 : lined # echoes say more
power(y) = largest > 0 ? of_drop(y) : 0
radius(w) = largest > 0 ? size_m * sqrt(w / largest) : size_m / 2 # area by power
sector(w, sensing_w) = w > 0 && sensing_w > 1e-3 * w ? 90 + 359.9 * sensing_w / w : NaN
reach(w, side) = (radius(w) + size_m) * side
of_degrees(y) = column(y) * pi / 180
along_x(w) = reach(w, sin(of_degrees("angle_deg")))
along_y(w) = reach(w, cos(of_degrees("angle_deg")))
# from an access point to the nearest copy of the target, which stands in the area where that wraps around
echo_x(y) = column(y) * cos(of_degrees("bearing_deg"))
echo_y(y) = column(y) * sin(of_degrees("bearing_deg"))
inside(at, side) = wrapped ? at - side * floor(at / side) : at
unset lmargin; unset rmargin # as wide as numbers and labels need
set tmargin at screen title_bottom
set label 9 title_text at screen 0.5, title_middle center noenhanced
set size ratio -1
unset grid
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set xlabel "{/:Italic x}, m"
set ylabel "{/:Italic y}, m"
if (largest > 0) { # the scale of the discs, under the key
  scale_w = round_below(largest)
  set object 2 circle at screen 0.075, 0.32 / height_cm size first radius(scale_w) front fillcolor rgb sky \
    fillstyle solid border linecolor rgb black
  set label 1 "a disc of " . watts(scale_w) . "; areas are powers" at screen 0.135, 0.32 / height_cm left
}
set object 1 rectangle from 0, 0 to width_m, depth_m behind fillstyle empty border linecolor rgb grey
plot for [i = -wrapped:wrapped] for [j = -wrapped:wrapped] "ues.csv" \
       using (of_drop("x_m") + i * width_m):(column("y_m") + j * depth_m):(disc_m) \
       with circles fillcolor rgb green fillstyle transparent solid 0.06 noborder, \
     for [i = -wrapped:wrapped] for [j = -wrapped:wrapped] "ues.csv" \
       using (of_drop("x_m") + i * width_m):(column("y_m") + j * depth_m):(2 * disc_m):(2 * disc_m) \
       with ellipses linecolor rgb green linewidth 0.5 dashtype (4, 4) fillstyle empty, \
     for [n = 1:has_target] for [i = -wrapped:wrapped] for [j = -wrapped:wrapped] "aps.csv" \
       using (of_drop("x_m") + i * width_m):(column("y_m") + j * depth_m):(echo_x("range_m")):(echo_y("range_m")) \
       with vectors nohead linecolor rgb red linewidth 0.5 dashtype (8, 5), \
     for [i = 1:arrows] "aps.csv" using (of_drop("x_m")):"y_m":(along_x(power("power_w"))):(along_y(power("power_w"))) \
       with vectors head size size_m * 0.35, 20 filled linecolor rgb black linewidth 0.8, \
     "aps.csv" using (of_drop("x_m")):"y_m":(radius(power("power_w"))) with circles fillcolor rgb sky fillstyle solid noborder, \
     "" using (of_drop("x_m")):"y_m":(radius(power("power_w"))) \
            :(90):(sector(power("power_w"), power("sensing_power_w"))) \
       with circles fillcolor rgb orange fillstyle solid noborder, \
     for [i = 1:lined] "" using (of_drop("x_m")):"y_m":(radius(power("power_w"))) \
       with circles linecolor rgb black linewidth 0.5 fillstyle empty, \
     "ues.csv" using (of_drop("x_m")):"y_m" with points pointtype 9 pointsize 0.8 linecolor rgb green, \
     for [i = 1:has_target] "aps.csv" using (inside(of_drop("x_m") + echo_x("range_m"), width_m)) \
            :(inside(column("y_m") + echo_y("range_m"), depth_m)) \
       with points pointtype 13 pointsize 1.2 linecolor rgb red, \
     keyentry with points pointtype 7 pointsize 1 linecolor rgb sky title what, \
     keyentry with points pointtype 7 pointsize 1 linecolor rgb orange title "sensing power", \
     for [i = 1:arrows] keyentry with vectors head size size_m * 0.35, 20 filled linecolor rgb black linewidth 0.8 title "target's direction", \
     keyentry with points pointtype 9 pointsize 0.8 linecolor rgb green title "user", \
     for [i = 1:has_target] keyentry with points pointtype 13 pointsize 1.2 linecolor rgb red title "target", \
     for [i = 1:has_target] keyentry with lines linecolor rgb red linewidth 0.5 dashtype (8, 5) title "echo", \
     for [i = 1:disc_m > 0] keyentry with lines linecolor rgb green linewidth 0.5 dashtype (4, 4) title "least distance"
unset output
reset
