cfisac_test(test_alloc LINK cfisac_alloc)
cfisac_test(test_structured LINK cfisac_alloc)
cfisac_test(test_trial LINK cfisac_trial)
cfisac_test(test_steady LINK cfisac_alloc)
cfisac_count_memory(test_steady)
cfisac_test(test_trial_errors LINK cfisac_trial)
cfisac_count_memory(test_trial_errors arena_alloc arena_zeros stop_requested metrics_sinr metrics_monte_carlo
                    metrics_crlb_own_echo metrics_crlb_multistatic)
