include "journal";
points
| map([(.[0].set | ."pilots.length", ."network.tx_antennas"), length,
       (map(.sum_rate_monte_carlo_bit_s_hz) | mean, std_error), simulation_error,
       (map(.sum_rate_exact_bit_s_hz) | mean), (map(.sum_rate_theorem1_bit_s_hz) | mean)])
| table(["pilots.length", "network.tx_antennas", "drops", "mean_monte_carlo_bit_s_hz",
         "std_error_monte_carlo_bit_s_hz", "simulation_error_bit_s_hz", "mean_exact_bit_s_hz", "mean_theorem1_bit_s_hz"])
