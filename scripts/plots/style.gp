# One style for every figure: 9 cm wide, for a column of a paper; letters of 8 points; the key under the axes, never on
# data; the colours of Okabe and Ito, which colour-blind readers can tell apart. Wants `name`, the picture's height_cm,
# key_rows and key_width; `format` may be "png".
if (!exists("format")) format = "svg"
if (!exists("width_cm")) width_cm = 9
per_cm = 37.8
if (format eq "png") {
  set terminal pngcairo size 4 * width_cm * per_cm, 4 * height_cm * per_cm font "DejaVu Sans,8" fontscale 4 linewidth 4 \
    pointscale 4 background "white"
} else {
  set terminal svg size width_cm * per_cm, height_cm * per_cm font "DejaVu Sans,10.5" background "white"
}
set output name . "." . format
set encoding utf8
set datafile separator ","
set datafile missing "nan"
set datafile columnheaders

key_top = (0.15 + 0.43 * key_rows) / height_cm # in shares of the height, as gnuplot counts
bottom = key_top + 1.35 / height_cm            # of the axes: room for numbers and a label
top = 1 - 0.25 / height_cm
left = 0.145
set lmargin at screen left
set rmargin at screen 0.97
set tmargin at screen top
set bmargin at screen bottom
set key at screen left - 0.02, key_top left top Left reverse vertical maxrows key_rows samplen 2.2 spacing 1 width key_width noautotitle
set ylabel offset (format eq "png" ? 0.8 : 0.6), 0
set xlabel offset 0, 0.3

black = "#000000"; orange = "#E69F00"; sky = "#56B4E9"; green = "#009E73"; blue = "#0072B2"
red = "#D55E00"; purple = "#CC79A7"; grey = "#808080"
set border linecolor rgb black linewidth 0.7
set tics nomirror scale 0.6 format "%g"
set grid linecolor rgb "#DDDDDD" linewidth 0.5 linetype 1
set style line 1 linecolor rgb blue linewidth 1.5 pointtype 7 pointsize 0.45
set style line 2 linecolor rgb red linewidth 1.5 pointtype 5 pointsize 0.42
set style line 3 linecolor rgb green linewidth 1.5 pointtype 9 pointsize 0.55
set style line 4 linecolor rgb purple linewidth 1.5 pointtype 13 pointsize 0.55
set style line 9 linecolor rgb black linewidth 1.5 pointtype 7 pointsize 0.45
at(name, value) = column(name) == value
