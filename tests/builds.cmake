# How the program is built: its versions, the ways to build it, another C library. Nothing here depends on sanitizers.
if(NOT CFISAC_SANITIZE)
  add_test(NAME git_version COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/git_version.sh ${PROJECT_SOURCE_DIR} $<TARGET_FILE:cfisac>
                                    ${PROJECT_BINARY_DIR}/src/report/git_version.h)
  add_test(NAME build_ways COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/build_ways.sh ${PROJECT_SOURCE_DIR} $<TARGET_FILE:cfisac>)
  # it packs what is built, beside the test that installs it
  add_test(NAME package COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/package.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  set_tests_properties(package PROPERTIES SKIP_RETURN_CODE 77)
  set_tests_properties(install package PROPERTIES RESOURCE_LOCK installing)
  add_test(NAME musl COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/musl.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  set_tests_properties(musl PROPERTIES SKIP_RETURN_CODE 77)
  set_tests_properties(musl build_ways PROPERTIES COST 100) # long, and last in the lists: they start first
endif()
