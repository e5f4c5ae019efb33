cfisac_test(test_base LINK cfisac_linalg cfisac_base)
cfisac_test(test_linalg LINK cfisac_linalg)
cfisac_test(test_text LINK cfisac_base)
cfisac_test(test_threads LINK cfisac_linalg cfisac_base)
