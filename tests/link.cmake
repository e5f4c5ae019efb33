cfisac_test(test_link LINK cfisac_metrics)
cfisac_test(test_precoders LINK cfisac_metrics)
cfisac_test(test_simulated_links LINK cfisac_metrics)
cfisac_test(test_link_fading LINK cfisac_metrics)
