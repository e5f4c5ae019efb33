# The code for the vectors of several kinds of CPU: all paths in one program, and the tests of the rooms that have them on
# each path by itself.
cfisac_test(test_clones LINK cfisac_trial)
if(CMAKE_CROSSCOMPILING)
  return() # only x86-64 has several
endif()
set(on_each_path test_clones test_base test_linalg test_cone test_ldl test_ldl_large test_channel test_simulated_draws test_raw_bounds
                 test_path_gains test_trial)
if(NOT CFISAC_SANITIZE) # the longer ones
  list(APPEND on_each_path test_socp test_metrics test_monte_carlo test_alloc test_structured test_response test_climb test_link_alloc test_pairs)
endif()
foreach(path plain avx2)
  foreach(test ${on_each_path})
    add_test(NAME ${test}_${path} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/on_path.sh ${path} $<TARGET_FILE:cfisac>
                                          $<TARGET_FILE:${test}>)
    set_tests_properties(${test}_${path} PROPERTIES SKIP_RETURN_CODE 77)
  endforeach()
endforeach()
