# The access points of a replayed drop.
include "journal";
.[0] | .network as $n | .allocation as $a
| [range(0; $n.ap_positions_m | length) as $l
   | ($a.eta | map(.[$l]) | add) as $sensing
   | ([range(0; $n.xi | length)] | map($n.xi[.][$l] * $a.gamma[.][$l]) | add) as $communication
   | [$l, $n.ap_positions_m[$l][], $n.angles_deg[$l], $a.ap_power_w[$l], $communication / ($communication + $sensing)]]
| table(["ap", "x_m", "y_m", "angle_deg", "power_w", "communication_share"])
