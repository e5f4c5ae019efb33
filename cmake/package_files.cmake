# Run by CPack on what it is about to pack. Debian's packages have compressed pages of the manual, a changelog of the package
# and the licence as Debian writes it; the tarball of the sources has the commit, as one of `git archive` has.

# run(COMMAND...): ends with what it says when it fails
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(failed)
    message(FATAL_ERROR "${ARGN}: ${said}")
  endif()
endfunction()

# complete_package(<component> <package>)
function(complete_package component package)
  set(usr "${CPACK_TEMPORARY_DIRECTORY}/${component}/usr")
  set(docs "${usr}/share/doc/${package}")
  file(GLOB pages "${usr}/share/man/man*/*.[1-8]")
  foreach(page IN LISTS pages)
    run(gzip -9n "${page}")
  endforeach()
  set(PACKAGE ${package})
  set(VERSION ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
  execute_process(COMMAND date -u -R -d ${CPACK_CFISAC_DATE} OUTPUT_VARIABLE DATE OUTPUT_STRIP_TRAILING_WHITESPACE)
  configure_file("${CPACK_CFISAC_SOURCE}/cmake/debian_changelog.in" "${docs}/changelog.Debian" @ONLY)
  run(gzip -9n "${docs}/changelog.Debian")
  string(SUBSTRING ${CPACK_CFISAC_DATE} 0 4 YEAR)
  configure_file("${CPACK_CFISAC_SOURCE}/cmake/debian_copyright.in" "${docs}/copyright" @ONLY)
endfunction()

if(CPACK_GENERATOR STREQUAL DEB)
  complete_package(program ${CPACK_DEBIAN_PROGRAM_PACKAGE_NAME})
  complete_package(development ${CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME})
elseif(CPACK_INSTALLED_DIRECTORIES) # of the sources
  find_package(Git QUIET)
  execute_process(COMMAND "${GIT_EXECUTABLE}" -c safe.directory=* describe --always --exclude=* --abbrev=40 --dirty
                  WORKING_DIRECTORY "${CPACK_CFISAC_SOURCE}" OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(commit MATCHES "^[0-9a-f]+$") # none of what differs from any commit
    file(WRITE "${CPACK_TEMPORARY_DIRECTORY}/cmake/commit.txt" "${commit}\n")
  endif()
endif()
