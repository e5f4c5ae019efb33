cfisac_test(test_link LINK cfisac_metrics)
