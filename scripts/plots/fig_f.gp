height_cm = 10.7; key_rows = 3; key_width = -2; foot_cm = 0.5
load "style.gp"
stats "fig_f.csv" using "power_w" name "power" nooutput
scale_w = round_below(power_max)
radius(w) = 12 * sqrt(w / power_max) # area by power
sector(share) = share < 0.999 ? 90 + 359.9 * (1 - share) : NaN # of sensing
reach(w) = radius(w) + 12
dx(w, deg) = reach(w) * sin(deg * pi / 180)
dy(w, deg) = reach(w) * cos(deg * pi / 180)
set size ratio -1
set xrange [-25:275]
set yrange [-25:275]
set xlabel "{/:Italic x}, m"
set ylabel "{/:Italic y}, m"
set xtics 50
set ytics 50
unset grid
set object 2 circle at screen 0.075, 0.32 / height_cm size first radius(scale_w) front fillcolor rgb sky fillstyle solid border linecolor rgb black
set label 1 "a disc of " . watts(scale_w) . "; areas are powers" at screen 0.135, 0.32 / height_cm left
set object 1 rectangle from 0, 0 to 250, 250 behind fillstyle empty border linecolor rgb grey
plot "fig_f_users.csv" using "x_m":"y_m":(100) \
       with circles fillcolor rgb green fillstyle transparent solid 0.06 noborder, \
     "" using "x_m":"y_m":(100) with circles linecolor rgb green linewidth 0.5 dashtype (4, 4) fillstyle empty, \
     "fig_f.csv" using "x_m":"y_m":(dx(column("power_w"), column("angle_deg"))) \
                             :(dy(column("power_w"), column("angle_deg"))) \
       with vectors head size 4, 20 filled linecolor rgb black linewidth 0.8, \
     "" using "x_m":"y_m":(radius(column("power_w"))) with circles fillcolor rgb sky fillstyle solid noborder, \
     "" using "x_m":"y_m":(radius(column("power_w"))):(90):(sector(column("communication_share"))) \
       with circles fillcolor rgb orange fillstyle solid noborder, \
     "" using "x_m":"y_m":(radius(column("power_w"))) with circles linecolor rgb black linewidth 0.5 fillstyle empty, \
     "fig_f_users.csv" using "x_m":"y_m" with points pointtype 9 pointsize 0.8 linecolor rgb green, \
     keyentry with points pointtype 7 pointsize 1 linecolor rgb sky title "communication power", \
     keyentry with points pointtype 7 pointsize 1 linecolor rgb orange title "sensing power", \
     keyentry with vectors head size 4, 20 filled linecolor rgb black linewidth 0.8 title "target's direction", \
     keyentry with points pointtype 9 pointsize 0.8 linecolor rgb green title "user", \
     keyentry with lines linecolor rgb green linewidth 0.5 dashtype (4, 4) title "100 m disc"
