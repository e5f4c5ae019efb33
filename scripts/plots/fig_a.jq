# Means over the networks of each point. simulation_error: that of the Monte Carlo mean, the networks given.
include "journal";
points
| map([(.[0].set | ."network.tx_antennas", ."pilots.length", ."network.aps"), length,
       (map(.sum_rate_monte_carlo_bit_s_hz) | mean, std_error), simulation_error,
       (map(.sum_rate_exact_bit_s_hz) | mean, std_error), (map(.sum_rate_theorem1_bit_s_hz) | mean)])
| table(["network.tx_antennas", "pilots.length", "network.aps", "drops",
         "mean_monte_carlo_bit_s_hz", "std_error_monte_carlo_bit_s_hz", "simulation_error_bit_s_hz",
         "mean_exact_bit_s_hz", "std_error_exact_bit_s_hz", "mean_theorem1_bit_s_hz"])
