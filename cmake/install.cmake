# What `cmake --install` leaves, and where; `--target uninstall` takes it away again. Two components: the program with all
# that goes with it, and the cone solver for use from C and C++ (docs/solver.md).
set(CFISAC_SHARE ${CMAKE_INSTALL_DATADIR}/cfisac)

# Runs before any file is installed, and knows all directories: it is written below.
set(directories_script ${CMAKE_CURRENT_BINARY_DIR}/install_directories.cmake)
install(SCRIPT ${directories_script})

# cfisac_install(<component> <destination> <what install() takes>...)
function(cfisac_install component destination)
  set_property(GLOBAL APPEND PROPERTY CFISAC_DESTINATIONS ${destination})
  install(${ARGN} DESTINATION ${destination} COMPONENT ${component})
endfunction()

# -------------------------------------------------------------------------------------------------------- the program
cfisac_install(program ${CMAKE_INSTALL_BINDIR} TARGETS cfisac)
cfisac_install(program ${CMAKE_INSTALL_MANDIR}/man1 FILES docs/cfisac.1)
cfisac_install(program ${CFISAC_SHARE}/configs DIRECTORY configs/)
cfisac_install(program ${CFISAC_SHARE}/scripts PROGRAMS scripts/figures.sh scripts/read_cbf.py)
cfisac_install(program ${CFISAC_SHARE}/scripts/plots DIRECTORY scripts/plots/ USE_SOURCE_PERMISSIONS)
cfisac_install(program ${CFISAC_SHARE}/scripts/slurm DIRECTORY scripts/slurm/ USE_SOURCE_PERMISSIONS)

# What the pages link to stands beside them as it does in the project: some of it by links.
file(GLOB pages CONFIGURE_DEPENDS docs/*.md)
cfisac_install(program ${CMAKE_INSTALL_DOCDIR} FILES README.md CHANGELOG.md LICENSE CITATION.cff)
cfisac_install(program ${CMAKE_INSTALL_DOCDIR}/docs FILES ${pages})
cfisac_install(program ${CMAKE_INSTALL_DOCDIR}/docs/figures DIRECTORY docs/figures/)
cfisac_install(program ${CMAKE_INSTALL_DOCDIR}/docs/examples DIRECTORY docs/examples/)
cfisac_install(program ${CMAKE_INSTALL_DOCDIR}/tests/bench FILES tests/bench/README.md)
file(RELATIVE_PATH share_from_docs ${CMAKE_INSTALL_FULL_DOCDIR} ${CMAKE_INSTALL_FULL_DATADIR}/cfisac)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/links)
foreach(folder configs scripts)
  file(CREATE_LINK ${share_from_docs}/${folder} ${CMAKE_CURRENT_BINARY_DIR}/links/${folder} SYMBOLIC)
  cfisac_install(program ${CMAKE_INSTALL_DOCDIR} FILES ${CMAKE_CURRENT_BINARY_DIR}/links/${folder})
endforeach()

# Completion of the command line, which the program writes itself: not where it cannot run.
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "No emulator: no completions for shells (`cfisac completion` prints them)")
else()
  set(completions ${CMAKE_CURRENT_BINARY_DIR}/completions)
  file(MAKE_DIRECTORY ${completions})
  foreach(shell_file bash=cfisac zsh=_cfisac fish=cfisac.fish)
    string(REPLACE "=" ";" shell_file ${shell_file})
    list(GET shell_file 0 shell)
    list(GET shell_file 1 file)
    add_custom_command(OUTPUT ${completions}/${file} COMMAND cfisac completion ${shell} > ${completions}/${file}
                       DEPENDS cfisac COMMENT "" VERBATIM)
    list(APPEND completion_files ${completions}/${file})
  endforeach()
  add_custom_target(cfisac_completions ALL DEPENDS ${completion_files})
  cfisac_install(program ${CMAKE_INSTALL_DATADIR}/bash-completion/completions FILES ${completions}/cfisac)
  cfisac_install(program ${CMAKE_INSTALL_DATADIR}/zsh/site-functions FILES ${completions}/_cfisac)
  cfisac_install(program ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d FILES ${completions}/cfisac.fish)
endif()

# ---------------------------------------------------------------------------------------------------- the cone solver
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/cfisac_socp)
cfisac_install(development ${CMAKE_INSTALL_LIBDIR} TARGETS cfisac_socp cfisac_base)
cfisac_install(development ${CMAKE_INSTALL_INCLUDEDIR}/cfisac FILES include/cfisac/socp.h include/cfisac/error.h)
file(RELATIVE_PATH CFISAC_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /) # wherever it is moved to
configure_file(cmake/cfisac_socp.pc.in cfisac_socp.pc @ONLY)
cfisac_install(development ${CMAKE_INSTALL_LIBDIR}/pkgconfig FILES ${CMAKE_CURRENT_BINARY_DIR}/cfisac_socp.pc)
configure_package_config_file(cmake/cfisac_socp-config.cmake.in cfisac_socp-config.cmake INSTALL_DESTINATION ${package}
                              PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(cfisac_socp-config-version.cmake COMPATIBILITY SameMinorVersion) # until 1.0
cfisac_install(development ${package} FILES ${CMAKE_CURRENT_BINARY_DIR}/cfisac_socp-config.cmake
                                            ${CMAKE_CURRENT_BINARY_DIR}/cfisac_socp-config-version.cmake)

# ------------------------------------------------------------------------------------------------------- away with it
get_property(CFISAC_DESTINATIONS GLOBAL PROPERTY CFISAC_DESTINATIONS)
configure_file(cmake/install_directories.cmake.in ${directories_script} @ONLY)
add_custom_target(uninstall COMMAND ${CMAKE_COMMAND} -DBUILD=${CMAKE_CURRENT_BINARY_DIR}
                                    -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/uninstall.cmake COMMENT "" VERBATIM)
