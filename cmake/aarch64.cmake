# Builds for 64-bit ARM on another machine: Debian's cross compiler, and the libraries that scripts/sysroot.sh unpacked.
#   scripts/deps.sh cross && scripts/sysroot.sh
#   cmake -S . -B build/aarch64 -G Ninja -DCMAKE_TOOLCHAIN_FILE=cmake/aarch64.cmake && cmake --build build/aarch64
# ctest runs the tests of the rooms when qemu-aarch64 is installed. CFISAC_SYSROOT names another directory of libraries.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

set(CFISAC_SYSROOT "${CMAKE_CURRENT_LIST_DIR}/../build/sysroot-arm64" CACHE PATH "Libraries for 64-bit ARM")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CFISAC_SYSROOT)
get_filename_component(CMAKE_SYSROOT "${CFISAC_SYSROOT}" ABSOLUTE)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# pkg-config answers from there alone
set(ENV{PKG_CONFIG_DIR} "")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${CMAKE_SYSROOT}")
set(ENV{PKG_CONFIG_LIBDIR} "${CMAKE_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${CMAKE_SYSROOT}/usr/share/pkgconfig")

find_program(CFISAC_QEMU NAMES qemu-aarch64-static qemu-aarch64)
if(CFISAC_QEMU)
  set(CMAKE_CROSSCOMPILING_EMULATOR "${CFISAC_QEMU};-L;${CMAKE_SYSROOT}")
endif()
