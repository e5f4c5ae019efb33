# Quantiles over the feasible networks of each threshold.
include "journal";
points
| map(.[0].set."sensing.crlb_threshold_db" as $threshold | length as $n
      | ["equal", map(.sum_rate_equal_bit_s_hz)], ["heuristic", map(.sum_rate_heuristic_bit_s_hz)],
        ["sca", map(.sum_rate_bit_s_hz)]
      | .[0] as $method | (.[1] | sort) as $sorted | (range(0; 101) / 100) as $share
      | [$threshold, $method, $n, $share, ($sorted | quantile($share))])
| table(["sensing.crlb_threshold_db", "allocation.method", "drops", "share", "sum_rate_bit_s_hz"])
