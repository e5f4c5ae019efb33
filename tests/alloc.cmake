cfisac_test(test_alloc LINK cfisac_alloc)
cfisac_test(test_structured LINK cfisac_alloc)
cfisac_test(test_trial LINK cfisac_trial)
