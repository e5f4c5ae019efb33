height_cm = 15.5; key_rows = 4; key_width = -2; foot_cm = 0.5
load "style.gp"
stats "fig_m.csv" using "power_w" name "power" nooutput
stats "fig_m_ellipses.csv" using "x_m" name "target_x" nooutput
stats "fig_m_ellipses.csv" using "y_m" name "target_y" nooutput
zoom = 6 # m, to each side of the target
scale_w = round_below(power_max)
radius(w) = 12 * sqrt(w / power_max) # area by power
sector(share) = share < 0.999 ? 90 + 359.9 * (1 - share) : NaN # of sensing
echo_x(y) = column(y) * cos(column("bearing_deg") * pi / 180)
echo_y(y) = column(y) * sin(column("bearing_deg") * pi / 180)
drawn(method, y) = strcol("allocation.method") eq method ? column(y) : NaN
middle = bottom + 0.36 * (top - bottom)
set multiplot
set size ratio -1
unset grid

set bmargin at screen middle + 0.02
set xrange [-10:260]
set yrange [-10:260]
set xtics 50
set ytics 50
set ylabel "{/:Italic y}, m"
set object 1 rectangle from 0, 0 to 250, 250 behind fillstyle empty border linecolor rgb grey
set object 2 circle at screen 0.075, 0.32 / height_cm size first radius(scale_w) front fillcolor rgb sky fillstyle solid border linecolor rgb black
set label 2 "a disc of " . watts(scale_w) . "; areas are powers" at screen 0.135, 0.32 / height_cm left
plot "fig_m.csv" using "x_m":"y_m":(echo_x("range_m")):(echo_y("range_m")) \
       with vectors nohead linecolor rgb red linewidth 0.5 dashtype (8, 5), \
     "" using "x_m":"y_m":(radius(column("power_w"))) with circles fillcolor rgb sky fillstyle solid noborder, \
     "" using "x_m":"y_m":(radius(column("power_w"))):(90):(sector(column("communication_share"))) \
       with circles fillcolor rgb orange fillstyle solid noborder, \
     "" using "x_m":"y_m":(radius(column("power_w"))) with circles linecolor rgb black linewidth 0.5 fillstyle empty, \
     "fig_m_users.csv" using "x_m":"y_m" with points pointtype 9 pointsize 0.8 linecolor rgb green, \
     "fig_m_ellipses.csv" using "x_m":"y_m" with points pointtype 13 pointsize 1 linecolor rgb red

unset object 1; unset object 2; unset label 2
set tmargin at screen middle - 0.045
set bmargin at screen bottom
set xrange [target_x_max - 2 * zoom:target_x_max + 2 * zoom]
set yrange [target_y_max - zoom:target_y_max + zoom]
set xtics 5
set ytics 5
set ylabel offset 0, 0
set xlabel "{/:Italic x}, m"
set label 1 "95 % of normal errors of the bound's size are inside" at graph 0.5, 0.93 center font ",6.5" textcolor rgb grey
plot "fig_m_ellipses.csv" using (drawn("equal", "x_m")):"y_m":"major_m":"minor_m":"turned_deg" \
       with ellipses units xx linecolor rgb grey linewidth 1.2 dashtype (8, 4) fillstyle empty, \
     "" using (drawn("sca", "x_m")):"y_m":"major_m":"minor_m":"turned_deg" \
       with ellipses units xx linecolor rgb red linewidth 1.5 fillstyle empty, \
     "" using "x_m":"y_m" with points pointtype 13 pointsize 1 linecolor rgb red, \
     keyentry with points pointtype 7 pointsize 1 linecolor rgb sky title "communication power", \
     keyentry with points pointtype 7 pointsize 1 linecolor rgb orange title "sensing power", \
     keyentry with points pointtype 9 pointsize 0.8 linecolor rgb green title "user", \
     keyentry with points pointtype 13 pointsize 1 linecolor rgb red title "target", \
     keyentry with lines linecolor rgb red linewidth 0.5 dashtype (8, 5) title "own echo", \
     keyentry with lines linecolor rgb red linewidth 1.5 title "95 %, allocated", \
     keyentry with lines linecolor rgb grey linewidth 1.2 dashtype (8, 4) title "95 %, equal split"
unset multiplot
