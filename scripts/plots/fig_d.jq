# Quantiles over networks of the largest bound among the access points.
include "journal";
def bound:
  if .set."sensing.crlb_model" == "own_echo" then "own echo"
  elif .set."sensing.path_phase_deg" == "random" then "all echoes random phases"
  else "all echoes equal phases" end;
group_by(bound, .set."network.aps")
| map([(.[0] | bound, .set."network.aps"), length, (map(.worst_crlb_db) | quantile(0.05), quantile(0.5), quantile(0.95))])
| table(["bound", "network.aps", "drops", "p05_worst_crlb_db", "p50_worst_crlb_db", "p95_worst_crlb_db"])
