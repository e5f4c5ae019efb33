# Built for another kind of machine: the tests of the rooms run in its emulator, and so does the program once. Without an
# emulator everything is built, and no test runs.
if(CMAKE_CROSSCOMPILING_EMULATOR)
  # a script starts the first itself; the second measures the process, which is the emulator's
  set_tests_properties(test_locale test_memory PROPERTIES DISABLED TRUE)
  add_test(NAME emulated COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/emulated.sh ${PROJECT_SOURCE_DIR}
                                 ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:cfisac>)
else()
  message(STATUS "No emulator: the tests are built and do not run")
  get_property(tests DIRECTORY PROPERTY TESTS)
  set_tests_properties(${tests} PROPERTIES DISABLED TRUE)
endif()
