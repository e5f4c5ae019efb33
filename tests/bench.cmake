# Programs of tests/bench; built on demand: cmake --build DIR --target benches

# cfisac_bench(NAME SOURCES FILE.. LINK LIBRARY..): bench_NAME, one of the benches; it may include headers of tests and src.
function(cfisac_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  add_executable(bench_${name} EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_include_directories(bench_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(bench_${name} PRIVATE ${arg_LINK})
  add_dependencies(benches bench_${name})
endfunction()

add_custom_target(benches DEPENDS cfisac)
cfisac_bench(allocation SOURCES bench/allocation.c LINK cfisac_alloc)
add_library(bench_cpu_clock MODULE EXCLUDE_FROM_ALL bench/cpu_clock.c) # to be preloaded: turns.sh
target_link_libraries(bench_cpu_clock PRIVATE cfisac_flags)
add_dependencies(benches bench_cpu_clock)
cfisac_bench(max_min SOURCES bench/max_min.c LINK cfisac_alloc)
cfisac_bench(bounds SOURCES bench/bounds.c LINK cfisac_metrics ${CMOCKA_LIBRARY})
cfisac_bench(certify SOURCES bench/certify.c LINK cfisac_alloc ${CMOCKA_LIBRARY})
cfisac_bench(city SOURCES bench/city.c LINK cfisac_alloc)
cfisac_bench(cones SOURCES bench/cones.c socp_planted.c socp_planted_programmes.c socp_verdict.c LINK cfisac_socp)
cfisac_bench(lp_mmse SOURCES bench/lp_mmse.c LINK cfisac_metrics ${CMOCKA_LIBRARY})
cfisac_bench(monte_carlo SOURCES bench/monte_carlo.c LINK cfisac_metrics ${CMOCKA_LIBRARY})
cfisac_bench(network SOURCES bench/network.c LINK cfisac_network)
cfisac_bench(normals SOURCES bench/normals.c LINK cfisac_base cfisac_numeric)
cfisac_bench(peak SOURCES bench/peak.c LINK cfisac_flags)
cfisac_bench(peers SOURCES bench/peers.c bench/peers_network.c bench/peer.c bench/peer_gradient.c bench/peer_wmmse.c LINK cfisac_alloc)
# The methods that the allocation is timed against get the best that a compiler has, on this machine; its vectors never
# pass between objects.
set(fastest -O3 -ffast-math -Wno-psabi)
check_c_compiler_flag(-march=native has_native)
if(has_native AND NOT CMAKE_CROSSCOMPILING)
  list(APPEND fastest -march=native)
endif()
set_source_files_properties(bench/peer.c bench/peer_gradient.c bench/peer_wmmse.c PROPERTIES COMPILE_OPTIONS "${fastest}")
cfisac_bench(rate_bias SOURCES bench/rate_bias.c LINK cfisac_trial)
cfisac_bench(response SOURCES bench/response.c LINK cfisac_alloc)
cfisac_bench(race SOURCES bench/race.c LINK cfisac_alloc ${CMOCKA_LIBRARY})
cfisac_bench(soak SOURCES bench/soak.c LINK cfisac_alloc ${CMOCKA_LIBRARY})
cfisac_bench(starts SOURCES bench/starts.c LINK cfisac_alloc)

# Built with the tests, one of which it is: check_solution.sh.
add_executable(check_solution bench/check_solution.c bench/plain_cbf.c)
target_link_libraries(check_solution PRIVATE cfisac_flags PkgConfig::CJSON ${MATH_LIBRARY})
add_dependencies(benches check_solution)
add_test(NAME check_solution COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/check_solution.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
