cfisac_test(test_metrics LINK cfisac_metrics)
cfisac_test(test_monte_carlo LINK cfisac_metrics)
