# The access points of a replayed drop with a target, their powers, and where it is from there.
include "journal";
.[0] | .network as $n | .allocation as $a
| [range(0; $n.ap_positions_m | length) as $l
   | [$l, $n.ap_positions_m[$l][], $n.target_range_m[$l], $n.target_bearing_deg[$l], $a.ap_power_w[$l],
      1 - $a.sensing_powers_w[$l] / $a.ap_power_w[$l]]]
| table(["ap", "x_m", "y_m", "range_m", "bearing_deg", "power_w", "communication_share"])
