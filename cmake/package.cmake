# Packages: `cpack -G DEB` in a build directory makes cfisac and libcfisac-socp-dev for Debian, `cpack --config
# CPackSourceConfig.cmake` a tarball of the sources. What only Debian's packages have is made by package_files.cmake.
set(CPACK_PACKAGE_NAME cfisac)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_VENDOR "The cfisac developers")
set(CPACK_PACKAGE_CONTACT "The cfisac developers <nobody@cfisac.invalid>" CACHE STRING
    "Maintainer of the packages, Name <address>: whoever makes them")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
                                                WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL program development)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME cfisac)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "gnuplot-nox | gnuplot, jq")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
"Networks whose access points communicate with users and sense a target with
one signal are drawn from a scenario in JSON. Achievable rates and Cramer-Rao
bounds are computed in closed form and checked by Monte Carlo, and powers are
optimised by successive convex approximation on a built-in cone solver.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libcfisac-socp-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libc6-dev, libsuitesparse-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"The cone solver by itself, for C and C++: an interior-point method for linear,
quadratic and second-order cone programmes as a static library, with headers,
a CMake package and a pkg-config file.")

set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME cfisac-${PROJECT_VERSION})
set(CPACK_SOURCE_IGNORE_FILES "^${PROJECT_SOURCE_DIR}/\\.git$" "^${PROJECT_SOURCE_DIR}/\\.git/" "^${PROJECT_SOURCE_DIR}/build[^/]*/"
                              "^${PROJECT_SOURCE_DIR}/out[^/]*/" "\\.o$")

set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/package_files.cmake)
set(CPACK_CFISAC_SOURCE ${PROJECT_SOURCE_DIR})
set(CPACK_CFISAC_DATE ${date})
include(CPack)
