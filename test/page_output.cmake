# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# cmake -D page=<page> -D example=<source> [-D emulator=<emulator>] -D program=<program>
#       [-D "arguments=<list>"] -P page_output.cmake
#
# An example prints what the page says: the block ```text after the line `<!-- printed by SOURCE -->`.
# As on a terminal, the rest of a line after its last carriage return is what one sees. How many dots
# stand in a row is left to the clock.

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)

function(as_seen text result)
  string(REPLACE "\r\n" "\n" text "${text}") # the end of a line on Windows
  string(REGEX REPLACE "[^\n]*\r" "" text "${text}")
  string(REGEX REPLACE "\\.+" "." text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

file(READ ${root}/${page} text)
set(mark "<!-- printed by ${example} -->\n```text\n")
string(FIND "${text}" "${mark}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "${page} does not say what ${example} prints")
endif()
string(LENGTH "${mark}" length)
math(EXPR at "${at} + ${length}")
string(SUBSTRING "${text}" ${at} -1 text)
string(FIND "${text}" "```" end)
string(SUBSTRING "${text}" 0 ${end} expected)

execute_process(COMMAND ${emulator} ${program} ${arguments} OUTPUT_VARIABLE printed RESULT_VARIABLE code)
as_seen("${expected}" expected)
as_seen("${printed}" seen)
if(NOT code EQUAL 0 OR NOT seen STREQUAL expected)
  message(FATAL_ERROR "${example} ended with ${code} and printed\n${printed}\n${page} says\n${expected}")
endif()
