cfisac_test(test_network LINK cfisac_network)
