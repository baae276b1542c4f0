# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# Which tests are not built here, with the reason. All other tests and examples are.

set(ASYNCINFO_LEFT_OUT)
if(WIN32)
  list(APPEND ASYNCINFO_LEFT_OUT "queue_survives_fork: there is no fork()")
endif()
if(CMAKE_CROSSCOMPILING)
  foreach(name
      beast cancel_between_steps_of_beast cancel_between_steps_of_tls
      cancel_of_tls_and_beast_needs_no_strand progress_of_http_and_tls)
    list(APPEND ASYNCINFO_LEFT_OUT "${name}: OpenSSL is installed for another system only")
  endforeach()
endif()

# libc++ has it since version 20, and before with -fexperimental-library.
block(SCOPE_FOR VARIABLES)
  set(CMAKE_CXX_STANDARD 20)
  include(CheckCXXSourceCompiles)
  check_cxx_source_compiles("
    #include <stop_token>
    std::stop_source source;
    int main() { return source.stop_requested(); }" ASYNCINFO_HAS_STOP_TOKEN)
endblock()
if(NOT ASYNCINFO_HAS_STOP_TOKEN)
  list(APPEND ASYNCINFO_LEFT_OUT "stop_on: the standard library has no std::stop_token")
endif()

# Takes these out of a list of source files, and says so, here and by ctest.
function(asyncinfo_leave_out_files list)
  foreach(entry IN LISTS ASYNCINFO_LEFT_OUT)
    string(REGEX MATCH "^[^:]+" name "${entry}")
    set(before "${${list}}")
    list(FILTER ${list} EXCLUDE REGEX "/${name}\\.cpp$")
    if(NOT before STREQUAL "${${list}}")
      message(STATUS "Left out: ${entry}")
      add_test(NAME left_out.${name} COMMAND ${CMAKE_COMMAND} -E false)
      set_tests_properties(left_out.${name} PROPERTIES DISABLED ON)
    endif()
  endforeach()
  set(${list} "${${list}}" PARENT_SCOPE)
endfunction()
