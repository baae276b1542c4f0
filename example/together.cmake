# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# The program of ASYNCINFO_EXAMPLES_TOGETHER: `example_together NAME [argument...]` runs that example.
# What a file includes is included first, so that in a namespace it is not included once more.

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${together_files})
set(includes)
set(examples)
set(table)
foreach(file IN LISTS together_files)
  cmake_path(GET file STEM name)
  file(STRINGS ${file} lines REGEX "^#include ")
  list(APPEND includes ${lines})
  string(APPEND examples "namespace example_${name} {\n#include \"${file}\"\n}\n")
  string(APPEND table
    "        {\"${name}\", [](int, char**) { return example_${name}::run_alone(); }},\n")
endforeach()
list(REMOVE_DUPLICATES includes)
list(JOIN includes "\n" includes)

# Programs of several files, whose names are in namespaces of their own.
set(programs)
foreach(program cookbook reference tutorial)
  get_target_property(files example_${program} SOURCES)
  string(APPEND programs "#define main run_${program}\n")
  foreach(file IN LISTS files)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/${program})
    string(APPEND programs "#include \"${file}\"\n")
  endforeach()
  string(APPEND programs "#undef main\n")
endforeach()

file(CONFIGURE OUTPUT together.cpp @ONLY CONTENT [[
@includes@

@programs@
#define main run_alone
@examples@
#undef main

int main(int argc, char** argv) {
    const std::map<std::string_view, int (*)(int, char**)> examples{
        {"cookbook", [](int, char**) { return run_cookbook(); }},
        {"reference", [](int, char**) { return run_reference(); }},
        {"tutorial", run_tutorial},
@table@    };
    const auto example = examples.find(argc > 1 ? argv[1] : "");
    return example != examples.end() ? example->second(argc - 1, argv + 1) : 2;
}
]])
add_executable(example_together ${CMAKE_CURRENT_BINARY_DIR}/together.cpp)
target_link_libraries(example_together PRIVATE
  $<TARGET_PROPERTY:example_cookbook,LINK_LIBRARIES>
  $<TARGET_PROPERTY:example_reference,LINK_LIBRARIES>
  $<TARGET_PROPERTY:example_tutorial,LINK_LIBRARIES>)
target_compile_definitions(example_together PRIVATE
  $<TARGET_PROPERTY:example_reference,COMPILE_DEFINITIONS>)
