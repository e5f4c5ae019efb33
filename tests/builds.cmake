# How the program is built: its versions, the ways to build it.
add_test(NAME git_version COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/git_version.sh ${PROJECT_SOURCE_DIR} $<TARGET_FILE:cfisac>
                                  ${PROJECT_BINARY_DIR}/src/report/git_version.h)
add_test(NAME build_ways COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/build_ways.sh ${PROJECT_SOURCE_DIR} $<TARGET_FILE:cfisac>)
