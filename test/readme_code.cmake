# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# cmake -P readme_code.cmake
#
# The code in the documentation is the code of the examples, which the tests compile and run: a
# block ```cpp after the line `<!-- from example/NAME.cpp -->` must stand in that file verbatim. The
# only other blocks ```cpp are those after `<!-- C++/WinRT -->`, which nobody here can compile.
# Every relative link leads to a file. The contract has a link to each test of a promise, and
# internals.md names each header of detail/.

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
file(GLOB documents ${root}/README.md ${root}/doc/*.md)
set(with_code ${root}/README.md ${root}/doc/class-style-clients.md ${root}/doc/from-cppwinrt.md
  ${root}/doc/progress.md ${root}/doc/event-loops.md)

foreach(document IN LISTS documents)
  file(READ ${document} rest)
  string(REGEX MATCHALL "```cpp" unmarked "${rest}")
  list(LENGTH unmarked unmarked)
  set(blocks 0)
  while(rest MATCHES "<!-- (from (example/[a-z0-9_]+\\.[ch]pp)|C\\+\\+/WinRT) -->\n+```cpp\n(.*)$")
    set(example "${CMAKE_MATCH_2}")
    set(rest "${CMAKE_MATCH_3}")
    math(EXPR unmarked "${unmarked} - 1")
    if(example)
      string(FIND "${rest}" "```" end)
      string(SUBSTRING "${rest}" 0 ${end} block)
      file(READ ${root}/${example} source)
      string(FIND "${source}" "${block}" found)
      if(found EQUAL -1)
        message(SEND_ERROR "${document}: not in ${example}:\n${block}")
      endif()
      math(EXPR blocks "${blocks} + 1")
    endif()
  endwhile()
  if(NOT unmarked EQUAL 0)
    message(SEND_ERROR "${document}: blocks of code that say not where they are from: ${unmarked}")
  endif()
  # Links to files of the project lead somewhere.
  file(READ ${document} rest)
  string(REGEX REPLACE "```[a-z]*\n[^`]*```" "" rest "${rest}")
  string(REGEX REPLACE "`[^`\n]*`" "" rest "${rest}")
  cmake_path(GET document PARENT_PATH directory)
  while(rest MATCHES "\\]\\(([^)#:]+)[^)]*\\)(.*)$")
    set(target ${CMAKE_MATCH_1})
    set(rest "${CMAKE_MATCH_2}")
    if(NOT target STREQUAL https AND NOT EXISTS ${directory}/${target})
      message(SEND_ERROR "${document}: no such file: ${target}")
    endif()
  endwhile()
  if(blocks GREATER 0)
    list(REMOVE_ITEM with_code ${document})
  endif()
endforeach()
if(with_code)
  message(SEND_ERROR "not there, or no block is taken from an example: ${with_code}")
endif()

file(READ ${root}/doc/contract.md contract)
file(GLOB promises RELATIVE ${root} ${root}/test/behaviour/*.cpp)
foreach(promise IN LISTS promises)
  string(FIND "${contract}" "(../${promise})" at)
  if(at EQUAL -1)
    message(SEND_ERROR "doc/contract.md has no link to ${promise}")
  endif()
endforeach()

file(READ ${root}/doc/internals.md internals)
file(GLOB_RECURSE headers ${root}/include/asyncinfo/detail/*.hpp)
foreach(header IN LISTS headers)
  cmake_path(GET header STEM name)
  string(FIND "${internals}" "`${name}`" at)
  if(at EQUAL -1)
    message(SEND_ERROR "doc/internals.md does not say what ${name} is")
  endif()
endforeach()

# errors.md has the message of each code, word for word.
file(READ ${root}/src/error.cpp messages)
string(REGEX REPLACE "\"[ \n]+\"" "" messages "${messages}")
string(REGEX MATCHALL "return \"[A-Z][^\"]+\"" messages "${messages}")
file(READ ${root}/doc/errors.md errors)
string(REGEX REPLACE "[ \n]+" " " errors "${errors}")
foreach(message IN LISTS messages)
  string(REGEX REPLACE "^return \"|\"$" "" message "${message}")
  string(FIND "${errors}" "`${message}`" at)
  if(at EQUAL -1 AND NOT message STREQUAL "Unknown asyncinfo error")
    message(SEND_ERROR "doc/errors.md does not have: ${message}")
  endif()
endforeach()
