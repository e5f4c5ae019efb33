# By access points: means over the networks that are feasible at every point of both models, and feasible shares.
include "journal";
[group_by(.set."network.aps")[]
| ([.[] | select(.status != "ok") | .drop] | unique) as $out
| ([.[] | .drop] | unique - $out) as $paired
| group_by(.set."sensing.crlb_model", .set."sensing.position_threshold_m")
| map(map(select(.status == "ok")) as $ok
      | (map(select(.drop | IN($paired[]))) | map(.sum_rate_bit_s_hz)) as $rates
      | [(.[0].set | ."network.aps", ."sensing.crlb_model", ."sensing.position_threshold_m"), length, ($ok | length) / length,
         ($paired | length), ($rates | if length == 0 then null else mean end), ($rates | if length == 0 then null else std_error end)])]
| add
| table(["network.aps", "sensing.crlb_model", "sensing.position_threshold_m", "drops", "feasible_share", "paired_drops",
         "paired_mean_sum_rate_bit_s_hz", "paired_std_error_sum_rate_bit_s_hz"])
