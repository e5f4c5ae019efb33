cfisac_test(test_channel LINK cfisac_channel)
