add_test(NAME layers COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/layers.sh ${PROJECT_SOURCE_DIR})
add_test(NAME layers_self_test COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/layers.sh ${PROJECT_SOURCE_DIR} --self-test)
add_test(NAME names COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/names.sh ${PROJECT_SOURCE_DIR})
add_test(NAME names_self_test COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/names.sh ${PROJECT_SOURCE_DIR} --self-test)
