# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# A toolchain: programs for another processor's Linux, made by Debian's cross compilers and run by
# QEMU, or by this machine's processor where it is able to. ASYNCINFO_ARCH is the processor: aarch64,
# s390x, i686 or arm.

set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ASYNCINFO_ARCH)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${ASYNCINFO_ARCH})
set(triple ${ASYNCINFO_ARCH}-linux-gnu)
if(ASYNCINFO_ARCH STREQUAL "arm") # armv5, which has no 64-bit atomics: libatomic has
  set(triple arm-linux-gnueabi)
  add_compile_options(-Wno-psabi) # it would tell, at length, how g++ 6 passed parameters
endif()
set(CMAKE_CXX_COMPILER ${triple}-g++)
if(ASYNCINFO_ARCH STREQUAL "i686" AND CMAKE_HOST_SYSTEM_PROCESSOR STREQUAL "x86_64")
  # What starts a program finds the 32-bit libraries, which need not be installed for the system.
  set(libraries /usr/${triple}/lib)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${libraries}/ld-linux.so.2 --library-path ${libraries})
else()
  string(REPLACE i686 i386 emulator qemu-${ASYNCINFO_ARCH}-static)
  find_program(qemu ${emulator} REQUIRED)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${qemu} -L /usr/${triple})
endif()

set(CMAKE_FIND_ROOT_PATH /usr/${triple})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_DISABLE_FIND_PACKAGE_PkgConfig ON) # it knows the libraries of this machine

# Boost's headers serve every processor. The folder that they are in has those of the C library of
# this machine, too.
set(CMAKE_PROJECT_INCLUDE ${CMAKE_CURRENT_LIST_DIR}/boost_headers_alone.cmake)
