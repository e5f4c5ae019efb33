cfisac_test(test_socp LINK cfisac_socp)
