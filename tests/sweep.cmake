cfisac_test(test_sweep LINK cfisac_sweep)
