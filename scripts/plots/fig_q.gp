width_cm = 18; height_cm = 8.5; key_rows = 2; key_width = -1; foot_cm = 0.5
load "style.gp"
stats "fig_q_map.csv" using "power_w" name "power" nooutput
scale_w = round_below(power_max)
radius(w) = 14 * sqrt(w / power_max) # area by power
sector(share) = share < 0.999 ? 90 + 359.9 * (1 - share) : NaN # of sensing
echo_x(y) = column(y) * cos(column("bearing_deg") * pi / 180)
echo_y(y) = column(y) * sin(column("bearing_deg") * pi / 180)
of(what, y) = strcol("powers") eq what ? column(y) : NaN
map_left = 0.07
trade_left = 0.52
set multiplot

set size ratio -1
unset grid
set lmargin at screen map_left
set rmargin at screen 0.41
set key at screen map_left - 0.02, key_top left top Left reverse vertical maxrows key_rows samplen 1 spacing 1 width key_width noautotitle
set xrange [-12:262]
set yrange [-12:262]
set xtics 50
set ytics 50
set xlabel "{/:Italic x}, m"
set ylabel "{/:Italic y}, m"
set object 1 rectangle from 0, 0 to 250, 250 behind fillstyle empty border linecolor rgb grey
set object 2 circle at screen map_left, 0.32 / height_cm size first radius(scale_w) front fillcolor rgb sky fillstyle solid border linecolor rgb black
set label 1 "a disc of " . watts(scale_w) . "; areas are powers" at screen map_left + 0.035, 0.32 / height_cm left
plot "fig_q_map.csv" using "x_m":"y_m":(echo_x("range_m")):(echo_y("range_m")) \
       with vectors nohead linecolor rgb red linewidth 0.5 dashtype (8, 5), \
     "" using "x_m":"y_m":(radius(column("power_w"))) with circles fillcolor rgb sky fillstyle solid noborder, \
     "" using "x_m":"y_m":(radius(column("power_w"))):(90):(sector(column("communication_share"))) \
       with circles fillcolor rgb orange fillstyle solid noborder, \
     "" using "x_m":"y_m":(radius(column("power_w"))) with circles linecolor rgb black linewidth 0.5 fillstyle empty, \
     "fig_q_users.csv" using "x_m":"y_m" with points pointtype 9 pointsize 0.9 linecolor rgb green, \
     "fig_q_target.csv" using "x_m":"y_m" with points pointtype 13 pointsize 1.2 linecolor rgb red, \
     keyentry with points pointtype 7 pointsize 1 linecolor rgb sky title "communication power", \
     keyentry with points pointtype 7 pointsize 1 linecolor rgb orange title "sensing power", \
     keyentry with points pointtype 9 pointsize 0.9 linecolor rgb green title "user", \
     keyentry with points pointtype 13 pointsize 1.2 linecolor rgb red title "target, echoes"
unset object 1; unset object 2; unset label 1
set label 2 "means over networks" at screen trade_left, 0.32 / height_cm left

set size noratio
set grid linecolor rgb "#DDDDDD" linewidth 0.5 linetype 1
set lmargin at screen trade_left
set rmargin at screen 0.98
set key at screen trade_left - 0.02, key_top left top Left reverse vertical maxrows key_rows samplen 2.2 spacing 1 width key_width noautotitle
set logscale x
set xrange [2:20]
set yrange [0:4.5]
set xtics (2, 3, 4, 5, 7, 10, 20)
set ytics 1
set xlabel "position error bound, m"
set ylabel "least user rate, bit/s/Hz"
array WHAT = ["frontier", "fractional", "equal"]
array TITLE = ["proved optimum", "fractional powers", "equal powers"]
plot for [i = 1:3] "fig_q.csv" using (of(WHAT[i], "position_error_m")):"least_user_rate_bit_s_hz" with linespoints linestyle i, \
     for [i = 1:3] keyentry with linespoints linestyle i title TITLE[i]
unset multiplot
