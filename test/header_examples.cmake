# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# cmake -P header_examples.cmake
#
# Each public header shows how it is used: it has an `Example:`, unless it only defines a macro. The
# code in the comments of NAME.hpp, which is what is indented by five blanks or more, stands in
# example/reference/NAME.cpp, or, of loop/NAME.hpp, in loop_NAME.cpp, which the tests compile and run.
# Each piece between two empty lines stands there verbatim, however far it is indented. And
# doc/reference.md has a row for each public header.

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
file(GLOB headers RELATIVE ${root}/include/asyncinfo
  ${root}/include/asyncinfo/*.hpp ${root}/include/asyncinfo/loop/*.hpp)

file(READ ${root}/doc/reference.md reference)
foreach(header IN LISTS headers)
  string(FIND "${reference}" "(../include/asyncinfo/${header}) |" row)
  if(row EQUAL -1 AND NOT header STREQUAL asyncinfo.hpp)
    message(SEND_ERROR "doc/reference.md has no row for ${header}")
  endif()

  file(READ ${root}/include/asyncinfo/${header} rest)
  string(REGEX MATCHALL "/// Example:" announced "${rest}")
  string(REGEX MATCHALL "/// Example:\n *///\n *///     [^\n]" followed "${rest}")
  list(LENGTH announced announced)
  list(LENGTH followed followed)
  if(announced EQUAL 0)
    if(rest MATCHES "namespace asyncinfo")
      message(SEND_ERROR "${header} has no Example")
    endif()
    continue()
  endif()
  if(NOT announced EQUAL followed)
    message(SEND_ERROR "${header}: `Example:` without an indented block of code after it")
  endif()

  string(REGEX REPLACE "\\.hpp$" ".cpp" example ${header})
  string(REPLACE / _ example ${example})
  set(example example/reference/${example})
  if(NOT EXISTS ${root}/${example})
    message(SEND_ERROR "${header}: there is no ${example}")
    continue()
  endif()
  file(READ ${root}/${example} source)
  while(rest MATCHES "\n *///     ([^\n]+(\n *///     [^\n]+)*)\n(.*)$")
    set(piece "\n${CMAKE_MATCH_1}")
    set(rest "\n${CMAKE_MATCH_3}")
    string(REGEX REPLACE "\n *///     " "\n" piece "${piece}")
    set(found -1)
    foreach(indentation IN ITEMS "" "    " "        ")
      string(REPLACE "\n" "\n${indentation}" indented "${piece}")
      string(FIND "${source}" "${indented}\n" found)
      if(NOT found EQUAL -1)
        break()
      endif()
    endforeach()
    if(found EQUAL -1)
      message(SEND_ERROR "${header}: not in ${example}:${piece}")
    endif()
  endwhile()
endforeach()
