cfisac_test(test_alloc LINK cfisac_alloc)
cfisac_test(test_trial LINK cfisac_trial)
cfisac_test(test_steady LINK cfisac_alloc)
target_link_options(test_steady PRIVATE -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=aligned_alloc)
