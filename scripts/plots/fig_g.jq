include "journal";
map([(.set | ."network.aps", ."sensing.crlb_threshold_db"), .sum_rate_bit_s_hz, .sum_rate_heuristic_bit_s_hz,
     .sensing_power_share])
| table(["network.aps", "sensing.crlb_threshold_db", "sum_rate_bit_s_hz", "sum_rate_heuristic_bit_s_hz",
         "sensing_power_share"])
