cfisac_test(test_sweep LINK cfisac_sweep)
cfisac_test(test_sweep_memory LINK cfisac_sweep)
cfisac_test(test_sweep_parts LINK cfisac_sweep)
cfisac_count_memory(test_sweep_parts)
