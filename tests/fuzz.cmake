# What a fuzzer is guided by is counted in the code that reads its inputs, and nowhere else: counting takes more than half
# of the time of the cone solver, which all other tests of such a build would spend.
if(CFISAC_FUZZ)
  foreach(room base scenario report)
    target_compile_options(cfisac_${room} PRIVATE -fsanitize=fuzzer-no-link)
  endforeach()
  set(socp ${PROJECT_SOURCE_DIR}/src/socp)
  file(GLOB readers CONFIGURE_DEPENDS ${socp}/cbf*.c)
  set_property(SOURCE ${readers} ${socp}/builder.c ${socp}/problem.c DIRECTORY ${socp}
               APPEND PROPERTY COMPILE_OPTIONS -fsanitize=fuzzer-no-link)
endif()

# Fuzz targets. With CFISAC_FUZZ (clang) they are libFuzzer's: PROGRAM [DIRECTORY OF SEEDS] -max_total_time=60. Built without
# a fuzzer they run seeds, and mutations of them from a fixed seed.
function(cfisac_fuzz name)
  cmake_parse_arguments(FUZZ "" "" "LINK;RUN" ${ARGN})
  add_executable(${name} fuzz/${name}.c)
  target_link_libraries(${name} PRIVATE ${FUZZ_LINK})
  if(CFISAC_FUZZ)
    target_compile_definitions(${name} PRIVATE CFISAC_FUZZ)
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_test(NAME ${name} COMMAND ${name} ${FUZZ_RUN})
  endif()
endfunction()

file(GLOB scenario_seeds CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/configs/*.json ${CMAKE_CURRENT_SOURCE_DIR}/malformed/*.json)
file(GLOB cbf_seeds CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cbf/*.cbf)
file(GLOB settings_seeds CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/settings/*)
file(GLOB gain_seeds CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/gain/*)
cfisac_fuzz(fuzz_scenario LINK cfisac_scenario RUN --mutate 20000 ${scenario_seeds})
cfisac_fuzz(fuzz_settings LINK cfisac_scenario RUN --mutate 12000 ${settings_seeds})
cfisac_fuzz(fuzz_gain LINK cfisac_scenario RUN --mutate 20000 ${gain_seeds})
cfisac_fuzz(fuzz_cbf LINK cfisac_socp RUN --mutate 20000 ${cbf_seeds})
cfisac_fuzz(fuzz_line LINK cfisac_report)
