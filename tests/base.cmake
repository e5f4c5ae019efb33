cfisac_test(test_base LINK cfisac_linalg cfisac_base)
