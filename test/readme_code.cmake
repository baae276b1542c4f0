# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# cmake -P readme_code.cmake
#
# The code in the documentation is the code of the examples, which the tests compile and run: a
# block ```cpp after the line `<!-- from example/NAME.cpp -->`, or `example/FOLDER/NAME.cpp`, must
# stand in that file verbatim. The only other blocks ```cpp are those after `<!-- C++/WinRT -->`,
# which nobody here can compile. Every relative link leads to a file, and its #anchor to a heading
# there. The contract has a link to each test of a promise, and internals.md names each header of
# detail/.

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
file(GLOB_RECURSE documents ${root}/doc/*.md)
file(GLOB at_the_root ${root}/*.md)
list(APPEND documents ${at_the_root})
set(with_code ${root}/README.md ${root}/doc/class-style-clients.md ${root}/doc/from-cppwinrt.md
  ${root}/doc/progress.md ${root}/doc/event-loops.md)

foreach(document IN LISTS documents)
  file(READ ${document} rest)
  string(REGEX MATCHALL "```cpp" unmarked "${rest}")
  list(LENGTH unmarked unmarked)
  set(blocks 0)
  while(rest MATCHES "<!-- (from (example/[a-z0-9_/]+\\.[ch]pp)|C\\+\\+/WinRT) -->\n+```cpp\n(.*)$")
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
  # Links to places in the project lead somewhere.
  file(READ ${document} rest)
  string(REGEX REPLACE "```[a-z]*\n[^`]*```" "" rest "${rest}")
  string(REGEX REPLACE "`[^`\n]*`" "" rest "${rest}")
  cmake_path(GET document PARENT_PATH directory)
  while(rest MATCHES "\\]\\(([^)#:]*)([^)]*)\\)(.*)$")
    set(target "${CMAKE_MATCH_1}")
    set(place "${CMAKE_MATCH_2}")
    set(rest "${CMAKE_MATCH_3}")
    if(place MATCHES "^:") # https://...
      continue()
    elseif(target STREQUAL "")
      set(target ${document})
    else()
      set(target ${directory}/${target})
    endif()
    if(NOT EXISTS ${target})
      message(SEND_ERROR "${document}: no such file: ${target}")
    elseif(target MATCHES "\\.md$" AND place MATCHES "^#(.+)")
      # A heading's anchor is its text: lower case, without punctuation, spaces as hyphens.
      set(anchor "${CMAKE_MATCH_1}")
      file(READ ${target} headings)
      string(TOLOWER "${headings}" headings)
      string(REGEX REPLACE "[^a-z0-9 _#\n-]" "" headings "${headings}")
      string(REPLACE " " "-" headings "${headings}")
      if(NOT "\n${headings}" MATCHES "\n#+-${anchor}\n")
        message(SEND_ERROR "${document}: no such heading: ${target}#${anchor}")
      endif()
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
