# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# cmake -D output=<file> -P embed.cmake
#
# Writes the source that has the files of page/ in it.

cmake_minimum_required(VERSION 3.25)

set(text "#include \"${CMAKE_CURRENT_LIST_DIR}/page.hpp\"\n\n")
string(APPEND text "namespace asyncinfo::detail::console {\n")
foreach(file IN ITEMS index.html console.css console.js)
  string(REPLACE . _ name ${file})
  file(READ ${CMAKE_CURRENT_LIST_DIR}/page/${file} bytes HEX)
  # One in decimal would be shorter, and CMake does not make it.
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(................................................................................)"
    "\\1\n" bytes "${bytes}")
  # Not a literal, which MSVC limits to 16 KiB.
  string(APPEND text "namespace {\nconst unsigned char ${name}_bytes[] = {\n${bytes}};\n}\n"
    "const std::string_view ${name}(reinterpret_cast<const char*>(${name}_bytes), "
    "sizeof(${name}_bytes));\n")
endforeach()
string(APPEND text "} // namespace asyncinfo::detail::console\n")
file(WRITE ${output} "${text}")
