add_test(NAME docs COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/docs.sh ${PROJECT_SOURCE_DIR} $<TARGET_FILE:cfisac>)
# The example of docs/solver.md, in the build and against an installation.
add_executable(example_fermat ${PROJECT_SOURCE_DIR}/docs/examples/fermat.c)
target_link_libraries(example_fermat PRIVATE cfisac_socp)
add_test(NAME example_fermat COMMAND example_fermat)
if(NOT CFISAC_SANITIZE) # minutes there; every command of the program runs in tests/cli, too
  add_test(NAME docs_commands COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/docs_commands.sh ${PROJECT_SOURCE_DIR} $<TARGET_FILE:cfisac>
                                      $<TARGET_FILE:example_fermat>)
  add_test(NAME docs_planted COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/docs_planted.sh ${PROJECT_SOURCE_DIR} $<TARGET_FILE:cfisac>
                                     $<TARGET_FILE:example_fermat>)
endif()
separate_arguments(build_flags NATIVE_COMMAND "${CMAKE_C_FLAGS}") # such as --coverage
if(CFISAC_SANITIZE)
  set(sanitize_flags -fsanitize=address,undefined)
endif()
add_test(NAME install COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/install.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}
                              ${CMAKE_C_COMPILER} ${build_flags} ${sanitize_flags})
# The tables of keys in the documentation, made from the table of keys (scripts/docs.sh).
add_executable(key_tables ${PROJECT_SOURCE_DIR}/scripts/docs/key_tables.c)
target_link_libraries(key_tables PRIVATE cfisac_scenario)
add_test(NAME key_tables COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/key_tables.sh ${PROJECT_SOURCE_DIR} $<TARGET_FILE:key_tables>)
