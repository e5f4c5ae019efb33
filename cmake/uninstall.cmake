# Removes the files that `cmake --install` has put there by its own list, and the directories that it made where they are
# empty. The environment variable DESTDIR counts as it did then.
# Usage: cmake -DBUILD=<build directory> -P uninstall.cmake
set(manifest "${BUILD}/install_manifest.txt")
set(directories "${BUILD}/install_directories.txt")
if(NOT EXISTS "${manifest}")
  message(STATUS "Nothing is installed from ${BUILD}: it has no install_manifest.txt, which cmake --install leaves")
  return()
endif()

file(STRINGS "${manifest}" files)
set(removed 0)
set(missing 0)
foreach(name IN LISTS files)
  set(file "$ENV{DESTDIR}${name}")
  if(EXISTS "${file}" OR IS_SYMLINK "${file}")
    file(REMOVE "${file}")
    if(EXISTS "${file}" OR IS_SYMLINK "${file}")
      message(FATAL_ERROR "${file} cannot be removed")
    endif()
    math(EXPR removed "${removed} + 1")
  else()
    math(EXPR missing "${missing} + 1")
  endif()
endforeach()

set(made "")
if(EXISTS "${directories}")
  file(STRINGS "${directories}" made)
endif()
list(SORT made ORDER DESCENDING) # what is inside a directory comes before it
foreach(name IN LISTS made)
  execute_process(COMMAND rmdir "$ENV{DESTDIR}${name}" OUTPUT_QUIET ERROR_QUIET) # which leaves one that is not empty
endforeach()
file(REMOVE "${manifest}" "${directories}")

set(text "Removed ${removed} files")
if(missing GREATER 0)
  string(APPEND text "; ${missing} were gone already")
endif()
message(STATUS "${text}")
