# Writes OUTPUT, a header that defines CFISAC_GIT_HASH, and touches it only when the hash changes.
# Usage: cmake -DSOURCE=<checkout> -DOUTPUT=<header> -P git_version.cmake
set(hash "unknown")
if(EXISTS "${SOURCE}/.git")
  find_program(GIT_PROGRAM git)
  if(GIT_PROGRAM)
    execute_process(COMMAND "${GIT_PROGRAM}" rev-parse --short=12 HEAD WORKING_DIRECTORY "${SOURCE}"
                    OUTPUT_VARIABLE found RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed AND found)
      set(hash "${found}")
    endif()
  endif()
endif()

set(text "#define CFISAC_GIT_HASH \"${hash}\"\n")
set(old "")
if(EXISTS "${OUTPUT}")
  file(READ "${OUTPUT}" old)
endif()
if(NOT old STREQUAL text)
  file(WRITE "${OUTPUT}" "${text}")
endif()
