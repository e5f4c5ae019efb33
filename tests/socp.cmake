cfisac_test(test_socp SOURCES test_socp.c socp_planted.c socp_planted_programmes.c socp_verdict.c LINK cfisac_socp)
cfisac_test(test_socp_edges LINK cfisac_socp)
cfisac_test(test_socp_families LINK cfisac_socp)
cfisac_test(test_socp_robust LINK cfisac_socp)
cfisac_test(test_socp_breakdown LINK cfisac_socp)
target_link_options(test_socp_breakdown PRIVATE -Wl,--wrap=kkt_factor,--wrap=kkt_solve,--wrap=kkt_solve_two)
cfisac_test(test_socp_stop SOURCES test_socp_stop.c socp_planted.c socp_planted_programmes.c LINK cfisac_socp)
target_link_options(test_socp_stop PRIVATE
                    -Wl,--wrap=order_pattern,--wrap=ldl_analyse,--wrap=ldl_factor,--wrap=kkt_solve,--wrap=kkt_solve_two
                    -Wl,--wrap=amd_order)
# In a program with a decimal comma; not by cfisac_test, for it runs under a script.
add_executable(test_locale test_locale.c socp_planted.c socp_planted_programmes.c)
target_include_directories(test_locale PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(test_locale PRIVATE cfisac_socp ${CMOCKA_LIBRARY})
add_test(NAME test_locale COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/locale.sh $<TARGET_FILE:test_locale>)
set_tests_properties(test_locale PROPERTIES SKIP_RETURN_CODE 77)
cfisac_test(test_cbf SOURCES test_cbf.c socp_planted.c socp_planted_programmes.c LINK cfisac_socp)
cfisac_test(test_ldl LINK cfisac_socp)
