# Writes OUTPUT, a header that defines CFISAC_RELEASED, the date of the release, and CFISAC_GIT_HASH, and touches it only when
# its text changes. The hash is, in a checkout, the commit, with -dirty behind it when files that git knows were changed;
# elsewhere, as in a tarball, the release, with the commit that `git archive` left in cmake/commit.txt.
# Usage: cmake -DSOURCE=<tree> -DOUTPUT=<header> -P git_version.cmake
include("${CMAKE_CURRENT_LIST_DIR}/release.cmake")

# ask_git(<variable> ARGUMENT...): what git answers about SOURCE, empty when it cannot. Variables that git sets for its
# hooks would name another checkout; a checkout of another owner than the one who builds is read all the same.
function(ask_git variable)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env --unset=GIT_DIR --unset=GIT_WORK_TREE --unset=GIT_INDEX_FILE
                          "${GIT_PROGRAM}" -c "safe.directory=*" ${ARGN}
                  WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE answer RESULT_VARIABLE failed
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(failed)
    set(answer "")
  endif()
  set(${variable} "${answer}" PARENT_SCOPE)
endfunction()

# A tarball unpacked inside another project's checkout is not that checkout: the top of it must be SOURCE.
function(describe_checkout variable)
  set(${variable} "" PARENT_SCOPE)
  find_program(GIT_PROGRAM git)
  if(NOT GIT_PROGRAM)
    return()
  endif()
  ask_git(top rev-parse --show-toplevel)
  if(NOT top)
    return()
  endif()
  file(REAL_PATH "${top}" top)
  file(REAL_PATH "${SOURCE}" source)
  if(top STREQUAL source)
    ask_git(hash describe --always --exclude=* --abbrev=12 --dirty)
    set(${variable} "${hash}" PARENT_SCOPE)
  endif()
endfunction()

function(describe_release variable)
  set(text "release ${version} of ${date}")
  file(READ "${SOURCE}/cmake/commit.txt" commit)
  if(commit MATCHES "^[0-9a-f][0-9a-f]+")
    string(SUBSTRING "${CMAKE_MATCH_0}" 0 12 commit)
    string(APPEND text ", commit ${commit}")
  endif()
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

read_release("${SOURCE}" version date)
describe_checkout(hash)
if(NOT hash AND EXISTS "${SOURCE}/.git")
  set(hash "a checkout that git cannot read")
elseif(NOT hash)
  describe_release(hash)
endif()

set(text "#define CFISAC_RELEASED \"${date}\"\n#define CFISAC_GIT_HASH \"${hash}\"\n")
set(old "")
if(EXISTS "${OUTPUT}")
  file(READ "${OUTPUT}" old)
endif()
if(NOT old STREQUAL text)
  file(WRITE "${OUTPUT}" "${text}")
endif()
