# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# What is not tested on Windows, with the reason. All other tests and examples are.

set(ASYNCINFO_NOT_ON_WINDOWS
  "queue_survives_fork: there is no fork()"
  "beast: Debian has no OpenSSL for mingw-w64"
  "cancel_between_steps_of_beast: Debian has no OpenSSL for mingw-w64"
  "cancel_between_steps_of_tls: Debian has no OpenSSL for mingw-w64"
  "cancel_of_tls_and_beast_needs_no_strand: Debian has no OpenSSL for mingw-w64"
  "progress_of_http_and_tls: Debian has no OpenSSL for mingw-w64")

# Takes these out of a list of source files, and says so, here and by ctest.
function(asyncinfo_leave_out_on_windows list)
  if(NOT WIN32)
    return()
  endif()
  foreach(entry IN LISTS ASYNCINFO_NOT_ON_WINDOWS)
    string(REGEX MATCH "^[^:]+" name "${entry}")
    set(before "${${list}}")
    list(FILTER ${list} EXCLUDE REGEX "/${name}\\.cpp$")
    if(NOT before STREQUAL "${${list}}")
      message(STATUS "Left out on Windows: ${entry}")
      add_test(NAME left_out.${name} COMMAND ${CMAKE_COMMAND} -E false)
      set_tests_properties(left_out.${name} PROPERTIES DISABLED ON)
    endif()
  endforeach()
  set(${list} "${${list}}" PARENT_SCOPE)
endfunction()
