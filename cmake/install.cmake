# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# Installs the library as the CMake package `asyncinfo` and as `asyncinfo.pc`.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/asyncinfo)
set(pkgconfig_dir ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)

# What a program needs when it runs is a component, what compilers need is the other.
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME asyncinfo_development)
install(TARGETS asyncinfo EXPORT asyncinfo
  RUNTIME COMPONENT asyncinfo_runtime
  LIBRARY COMPONENT asyncinfo_runtime NAMELINK_COMPONENT asyncinfo_development
  FILE_SET HEADERS FILE_SET other_headers)
# The sources are beside the headers, for src.hpp.
install(TARGETS asyncinfo_header_only EXPORT asyncinfo
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY src DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/asyncinfo PATTERN console EXCLUDE)
if(ASYNCINFO_CONSOLE)
  install(TARGETS asyncinfo_console EXPORT asyncinfo)
  if(TARGET asyncinfo_top)
    install(TARGETS asyncinfo_top)
  endif()
endif()
install(EXPORT asyncinfo
  DESTINATION ${package_dir} FILE asyncinfo-targets.cmake NAMESPACE asyncinfo::)

configure_package_config_file(cmake/asyncinfo-config.cmake.in asyncinfo-config.cmake
  INSTALL_DESTINATION ${package_dir}
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(asyncinfo-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/asyncinfo-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/asyncinfo-config-version.cmake
  DESTINATION ${package_dir})

install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/asyncinfo
  COMPONENT asyncinfo_licence)

# All paths in the .pc are relative to the file itself, so that an installed tree may be moved.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
  BASE_DIRECTORY ${pkgconfig_dir} OUTPUT_VARIABLE PC_PREFIX)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR
  BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE PC_LIBDIR)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_INCLUDEDIR
  BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE PC_INCLUDEDIR)
get_target_property(type asyncinfo TYPE)
set(PC_CFLAGS "-pthread")
if(type STREQUAL "SHARED_LIBRARY")
  string(APPEND PC_CFLAGS " -DASYNCINFO_DYN_LINK")
endif()
foreach(definition IN LISTS definitions)
  string(APPEND PC_CFLAGS " -D${definition}")
endforeach()
list(TRANSFORM system_libraries PREPEND " -l" OUTPUT_VARIABLE PC_LIBS)
string(JOIN "" PC_LIBS ${PC_LIBS})
configure_file(cmake/asyncinfo.pc.in asyncinfo.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/asyncinfo.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(ASYNCINFO_CONSOLE)
  configure_file(cmake/asyncinfo-console.pc.in asyncinfo-console.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/asyncinfo-console.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
