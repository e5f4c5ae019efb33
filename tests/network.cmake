cfisac_test(test_network LINK cfisac_network)
cfisac_test(test_placement LINK cfisac_network)
cfisac_test(test_network_edges LINK cfisac_network)
cfisac_test(test_propagation LINK cfisac_network)
