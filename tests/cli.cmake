# End to end: the program as a user meets it.
add_test(NAME test_cli COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_cli.sh $<TARGET_FILE:cfisac>)
add_test(NAME test_sweep_cli COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_sweep.sh $<TARGET_FILE:cfisac> ${PROJECT_SOURCE_DIR})
add_test(NAME test_solve_cli COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_solve.sh $<TARGET_FILE:cfisac>)
add_test(NAME figures COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_figures.sh $<TARGET_FILE:cfisac> ${PROJECT_SOURCE_DIR})
add_test(NAME test_solve_refusals COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_solve_refusals.sh $<TARGET_FILE:cfisac>)
add_test(NAME test_instances COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_instances.sh $<TARGET_FILE:cfisac> ${PROJECT_SOURCE_DIR})
set_tests_properties(test_instances PROPERTIES SKIP_RETURN_CODE 77)
add_test(NAME test_hostile COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_hostile.sh $<TARGET_FILE:cfisac>)
