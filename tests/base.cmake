cfisac_test(test_base LINK cfisac_linalg cfisac_base)
cfisac_test(test_linalg LINK cfisac_linalg)
cfisac_test(test_linalg_edges LINK cfisac_linalg)
