# Programs of tests/bench; built on demand: cmake --build DIR --target benches
add_executable(bench_soak EXCLUDE_FROM_ALL bench/soak.c)
target_include_directories(bench_soak PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(bench_soak PRIVATE cfisac_alloc ${CMOCKA_LIBRARY})
add_executable(bench_normals EXCLUDE_FROM_ALL bench/normals.c)
target_link_libraries(bench_normals PRIVATE cfisac_base cfisac_numeric)
add_executable(bench_peak EXCLUDE_FROM_ALL bench/peak.c)
target_link_libraries(bench_peak PRIVATE cfisac_flags)
add_custom_target(benches DEPENDS bench_soak bench_normals bench_peak cfisac)
