cfisac_test(test_metrics LINK cfisac_metrics)
cfisac_test(test_monte_carlo LINK cfisac_metrics)
cfisac_test(test_estimable LINK cfisac_metrics)
# our own calls are counted by the test
target_link_options(test_monte_carlo PRIVATE
                    -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=aligned_alloc)
