# One style for every figure: 9 cm wide, for a column of a paper; letters of 8 points; the key under the axes, never on
# data; the colours of Okabe and Ito, which colour-blind readers can tell apart. Wants `name`, the picture's height_cm,
# key_rows and key_width, and foot_cm where lines stand under the key; `format` may be "svg", "png", "pdf" or "eps". With
# `piped` the picture goes to standard output.
if (!exists("format")) { format = "svg" }
if (!exists("width_cm")) { width_cm = 9 }
if (strstrt(" svg png pdf eps ", " " . format . " ") == 0) {
  print "no format " . format . " (allowed: svg, png, pdf, eps)"
  exit status 3
}
per_cm = 37.8
if (format eq "svg") {
  set terminal svg size width_cm * per_cm, height_cm * per_cm font "DejaVu Sans,10.5" background "white"
}
if (format eq "png") { # four times as large, for screens and slides
  set terminal pngcairo size 4 * width_cm * per_cm, 4 * height_cm * per_cm font "DejaVu Sans,8" fontscale 4 linewidth 4 \
    pointscale 4 background "white"
}
# letters of 8 points, lines as wide as those of the SVG
if (format eq "pdf") {
  set terminal pdfcairo size width_cm cm, height_cm cm font "DejaVu Sans,8" fontscale 0.75 linewidth 1.5 \
    pointscale 0.75 background "white"
}
if (format eq "eps") {
  set terminal epscairo size width_cm cm, height_cm cm font "DejaVu Sans,8" fontscale 0.75 linewidth 3 \
    pointscale 0.75 background "white"
}
if (!exists("piped")) { set output name . "." . format }
set encoding utf8
set minussign
set datafile separator ","
set datafile missing "nan"
set datafile columnheaders

if (!exists("foot_cm")) { foot_cm = 0 }
key_top = (0.15 + foot_cm + 0.43 * key_rows) / height_cm # in shares of the height, as gnuplot counts
bottom = key_top + 1.35 / height_cm                      # of the axes: room for numbers and a label
top = 1 - 0.25 / height_cm
title_middle = 1 - 0.42 / height_cm
title_bottom = 1 - 0.8 / height_cm                       # of the axes, where a title stands above them
left = 0.145
# between the ticks of an axis that counts: 1, 2 or 5 and zeros, so that no more than nine stand on it
round_above(w) = (zeros = 10.0 ** floor(log10(w)), w <= zeros ? zeros : w <= 2 * zeros ? 2 * zeros : w <= 5 * zeros ? 5 * zeros : 10 * zeros)
whole_step(low, high) = high - low > 8 ? round_above((high - low) / 8.0) : 1
# the ticks of a logarithmic axis of up to two decades: 1, 2 and 5 and zeros; longer ones have those of gnuplot
decade_ticks(power, last) = sprintf("%g, %g, %g", 10.0 ** power, 2 * 10.0 ** power, 5 * 10.0 ** power) \
  . (power < last ? ", " . decade_ticks(power + 1, last) : "")
log_ticks(low, high) = high < 200 * low ? "set mxtics 1; set xtics (" . decade_ticks(floor(log10(low)), floor(log10(high))) . ")" : "set mxtics 1"
# the left end of the axes where panels have the same, with room for the numbers from low to high
step_of(low, high) = 10 ** floor(log10((high - low) / 8.0))
number_of(value, step) = strlen(sprintf("%g", floor(value / step) * step))
longer(a, b) = a > b ? a : b
left_of(low, high) = longer(left, 0.055 + 0.021 * longer(number_of(low, step_of(low, high)), number_of(high, step_of(low, high))))
set lmargin at screen left
set rmargin at screen 0.97
set tmargin at screen top
set bmargin at screen bottom
set key at screen 0.03, key_top left top Left reverse vertical maxrows key_rows samplen 2.2 spacing 1 width key_width noautotitle
set xlabel offset 0, 0.3

black = "#000000"; orange = "#E69F00"; sky = "#56B4E9"; green = "#009E73"; blue = "#0072B2"
red = "#D55E00"; purple = "#CC79A7"; grey = "#808080"
set border linecolor rgb black linewidth 0.7
set tics nomirror scale 0.6 format "%h"
set grid linecolor rgb "#DDDDDD" linewidth 0.5 linetype 1
set style line 1 linecolor rgb blue linewidth 1.5 pointtype 7 pointsize 0.45
set style line 2 linecolor rgb red linewidth 1.5 pointtype 5 pointsize 0.42
set style line 3 linecolor rgb green linewidth 1.5 pointtype 9 pointsize 0.55
set style line 4 linecolor rgb purple linewidth 1.5 pointtype 13 pointsize 0.55
set style line 9 linecolor rgb black linewidth 1.5 pointtype 7 pointsize 0.45
# the scale of discs whose areas are powers: 1, 2 or 5 and zeros, no more than w; and a power as text
round_below(w) = 10 ** floor(log10(w)) * (w >= 5 * 10 ** floor(log10(w)) ? 5 : w >= 2 * 10 ** floor(log10(w)) ? 2 : 1)
prefix(w) = gprintf("%c", w) eq "u" ? "µ" : gprintf("%c", w)
watts(w) = gprintf("%.0s ", w) . prefix(w) . "W"
at(name, value) = column(name) == value
