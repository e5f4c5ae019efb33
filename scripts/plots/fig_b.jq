# Mean true objective after each iteration. Finished traces go on with their last value; the limit of a network is where
# `product` ends.
include "journal";
def network: "\(.set."network.aps") \(.drop)";
map(select(.status == "ok"))
| (map(select(.set."allocation.surrogate" == "product") | {key: network, value: .objective_trace[-1]})
   | from_entries) as $limit
| group_by(.set."allocation.surrogate" == "fractional", .set."network.aps")
| map(. as $lines | range(0; 41) as $i
      | $lines | map([(.objective_trace | .[$i] // .[-1]), $limit[network]])
      | [($lines[0].set | ."allocation.surrogate", ."network.aps"), $i, length, (map(.[0]) | mean, std_error),
         (map(100 * (1 - .[0] / .[1])) | mean)])
| table(["allocation.surrogate", "network.aps", "iteration", "drops", "mean_sum_rate_bit_s_hz",
         "std_error_sum_rate_bit_s_hz", "mean_below_limit_percent"])
