height_cm = 8; key_rows = 2; key_width = 0
load "style.gp"
array W = ["heuristic", "fractional", "product", "proof"]
array T = ["heuristic split", "SCA, fractional", "SCA, product", "proved bound"]
array style = [2, 3, 1, 9]
least = 1e-9 # what is nearer to the best stands here
share(what) = strcol("what") eq what ? column("share") : NaN
shown(relative) = relative > least ? relative : least
set xlabel "off the best known sum rate, relative"
set ylabel "share of networks"
set logscale x
set xrange [least / 10:1]
set xtics 1e-10, 100, 1 format "10^{%L}"
set yrange [0:1]
plot for [i = 1:4] "fig_p.csv" using (shown(column("relative"))):(share(W[i])) with lines linestyle style[i] title T[i]
