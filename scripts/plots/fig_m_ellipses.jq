# Of replayed drops the ellipse that holds 95 % of normal errors with the covariance J^-1, J = sum_l e_l e_l^T / CRLB_l of own
# echoes: diameters along both axes, and how the longer one points.
include "journal";
def radians: . * (1 | atan) / 45;
def information:
  .network as $n | .closed_form.crlb_own_echo_rad2 as $crlb
  | [range(0; $crlb | length) as $l
     | ($n.target_bearing_deg[$l] | radians) as $w | (1 / $crlb[$l] / ($n.target_range_m[$l] | . * .)) as $c
     | [$c * ($w | sin | . * .), -$c * ($w | sin) * ($w | cos), $c * ($w | cos | . * .)]]
  | transpose | map(add);
map(information as [$a, $b, $d]
    | (($a - $d) / 2) as $half | ([$half, $b] | map(. * .) | add | sqrt) as $root
    | (($a + $d) / 2 - $root) as $least | (($a + $d) / 2 + $root) as $most # eigenvalues of J
    | (5.9914645 | sqrt * 2) as $diameter # of chi^2 with two degrees of freedom, 95 %
    | [.allocation.method, .network.target_position_m[], $diameter / ($least | sqrt), $diameter / ($most | sqrt),
       # the axis of least information is across that of most
       (atan2($b; $half + $root) * 45 / (1 | atan) + 90), (1 / $least + 1 / $most | sqrt),
       .closed_form.position_error_bound_m.own_echo, .closed_form.sum_rate_exact_bit_s_hz])
| table(["allocation.method", "x_m", "y_m", "major_m", "minor_m", "turned_deg", "ellipse_error_m", "position_error_bound_m",
         "sum_rate_bit_s_hz"])
