# The users of a replayed drop.
include "journal";
.[0] | .network.ue_positions_m as $p | .closed_form.rate_exact_bit_s_hz as $rate
| [range(0; $p | length) | [., $p[.][], $rate[.]]]
| table(["ue", "x_m", "y_m", "rate_bit_s_hz"])
