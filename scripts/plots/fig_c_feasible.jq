# The share of networks that are feasible at a threshold: each network's own edge of feasibility, in order.
include "journal";
map(select(.point == 0)) | group_by(.set."network.aps")
| map(sort_by(.least_feasible_threshold_db) | length as $n | to_entries[]
      | [.value.set."network.aps", .value.least_feasible_threshold_db, (.key + 1) / $n])
| table(["network.aps", "sensing.crlb_threshold_db", "feasible_share"])
