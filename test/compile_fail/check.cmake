# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# cmake -P check.cmake -- <file> <compiler> <argument>...
#
# The file must fail to compile, with messages that match its lines `// expect: <regex>`, and must
# compile with CONTROL defined: so it fails for its own reason and for no other. With a line
# `// lines: <n>` the compiler says it in so many lines at most: one error that is read, no cascade.
# A line `// flag: <flag>` is a flag of the compiler, which is left out with CONTROL.

math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE 4 ${last})
  list(APPEND command "${CMAKE_ARGV${i}}")
endforeach()
list(POP_FRONT command file)

file(STRINGS ${file} expected REGEX "^// expect: ")
if(NOT expected)
  message(FATAL_ERROR "${file} has no line `// expect: <regex>`")
endif()

file(STRINGS ${file} most REGEX "^// lines: [0-9]+$" LIMIT_COUNT 1)
string(REGEX REPLACE "^// lines: " "" most "${most}")

execute_process(COMMAND ${command} -DCONTROL ${file}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${file} fails even with CONTROL defined:\n${output}")
endif()

file(STRINGS ${file} flag REGEX "^// flag: " LIMIT_COUNT 1)
string(REGEX REPLACE "^// flag: " "" flag "${flag}")

execute_process(COMMAND ${command} ${flag} ${file}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0)
  message(FATAL_ERROR "${file} compiles")
endif()
foreach(line IN LISTS expected)
  string(REGEX REPLACE "^// expect: " "" regex "${line}")
  if(NOT output MATCHES "${regex}")
    message(FATAL_ERROR "${file} fails, but no message matches `${regex}`:\n${output}")
  endif()
endforeach()

string(REGEX MATCHALL "\n" lines "${output}")
list(LENGTH lines lines)
if(most AND lines GREATER most)
  message(FATAL_ERROR "${file} fails with ${lines} lines, more than ${most}:\n${output}")
endif()
