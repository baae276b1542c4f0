# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# The libraries whose event loops the examples and tests run in, as far as they are installed:
# ASYNCINFO_LOOPS are these loops, and asyncinfo_loop_<loop> is what a program links. What is left out
# is said aloud, here and by ctest. The library itself needs none of them.

set(ASYNCINFO_LOOPS asio)
add_library(asyncinfo_loop_asio INTERFACE)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  list(APPEND ASYNCINFO_LOOPS epoll)
  add_library(asyncinfo_loop_epoll INTERFACE)
endif()
if(WIN32)
  list(APPEND ASYNCINFO_LOOPS win32)
  add_library(asyncinfo_loop_win32 INTERFACE)
endif()

function(asyncinfo_leave_out what package)
  message(STATUS "Left out: ${what}, since ${package} is not installed")
  add_test(NAME left_out.${what}.needs_${package} COMMAND ${CMAKE_COMMAND} -E false)
  set_tests_properties(left_out.${what}.needs_${package} PROPERTIES DISABLED ON)
endfunction()

function(asyncinfo_add_loop loop library package)
  if(NOT TARGET ${library})
    asyncinfo_leave_out(${loop} ${package})
    return()
  endif()
  add_library(asyncinfo_loop_${loop} INTERFACE)
  target_link_libraries(asyncinfo_loop_${loop} INTERFACE ${library})
  set(ASYNCINFO_LOOPS ${ASYNCINFO_LOOPS} ${loop} PARENT_SCOPE)
endfunction()

# Their pollers are for POSIX systems. (SDL's is not; there is no package of SDL for mingw-w64.)
if(NOT WIN32)
  find_package(PkgConfig QUIET)
  if(PKG_CONFIG_FOUND)
    pkg_check_modules(ASYNCINFO_GLIB QUIET IMPORTED_TARGET glib-2.0)
    pkg_check_modules(ASYNCINFO_SDL QUIET IMPORTED_TARGET sdl2)
    pkg_check_modules(ASYNCINFO_UV QUIET IMPORTED_TARGET libuv)
  endif()
  find_package(Qt6 QUIET COMPONENTS Widgets)

  asyncinfo_add_loop(glib PkgConfig::ASYNCINFO_GLIB libglib2.0-dev)
  asyncinfo_add_loop(qt Qt6::Widgets qt6-base-dev)
  asyncinfo_add_loop(sdl PkgConfig::ASYNCINFO_SDL libsdl2-dev)
  asyncinfo_add_loop(uv PkgConfig::ASYNCINFO_UV libuv1-dev)
endif()

# Loops that draw do so without a display. Qt is not built for the thread sanitizer, to which what
# Qt's drawing threads do looks like races.
function(asyncinfo_loop_test name)
  set_tests_properties(${name} PROPERTIES
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;SDL_VIDEODRIVER=dummy")
  if(name MATCHES "loop_qt|qt_window" AND CMAKE_CXX_FLAGS MATCHES "-fsanitize=thread")
    set_tests_properties(${name} PROPERTIES DISABLED ON)
  endif()
endfunction()

# What all of these examples show, and what a test of Qt's window drives.
add_library(example_loop_transfer STATIC ${PROJECT_SOURCE_DIR}/example/loop_transfer.cpp)
target_link_libraries(example_loop_transfer PUBLIC asyncinfo::asyncinfo)
target_compile_options(example_loop_transfer PRIVATE $<$<CONFIG:Debug>:-O0>) # as the examples
