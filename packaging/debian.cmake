# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# Debian packages of the library, made by CPack: `./dev package`. They are for the release of Debian or
# Ubuntu that they are made on.

set(abi ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(runtime libasyncinfo${abi})
set(development libasyncinfo-dev)
set(version ${PROJECT_VERSION}-1)

# Debian's tools take the maintainer from these two variables as well.
set(maintainer "The asyncinfo authors <asyncinfo@example.org>")
if(DEFINED ENV{DEBFULLNAME} AND DEFINED ENV{DEBEMAIL})
  set(maintainer "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
endif()

# What each package must have in its doc folder.
find_program(ASYNCINFO_GZIP gzip REQUIRED)
file(READ LICENSE licence)
file(CONFIGURE OUTPUT debian/copyright
  CONTENT "asyncinfo is copyright by the asyncinfo authors. Its licence:\n\n${licence}" @ONLY)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(CONFIGURE OUTPUT debian/changelog.Debian CONTENT
"asyncinfo (${version}) unstable; urgency=medium

  * What is new stands in changelog.gz.

 -- ${maintainer}  ${date}
" @ONLY)
configure_file(CHANGELOG.md debian/changelog COPYONLY)
foreach(name changelog changelog.Debian)
  execute_process(COMMAND ${ASYNCINFO_GZIP} -9nkf debian/${name}
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
foreach(package runtime development)
  foreach(name copyright changelog.gz changelog.Debian.gz)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/debian/${name}
      DESTINATION share/doc/${${package}} COMPONENT asyncinfo_${package})
  endforeach()
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL asyncinfo_runtime asyncinfo_development)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SOURCE asyncinfo)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${maintainer}")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_ASYNCINFO_RUNTIME_PACKAGE_NAME ${runtime})
set(CPACK_DEBIAN_ASYNCINFO_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_ASYNCINFO_RUNTIME_PACKAGE_SHLIBDEPS ON)
# CPack's scripts call ldconfig; Debian wants it told.
file(CONFIGURE OUTPUT debian/triggers CONTENT "activate-noawait ldconfig\n" @ONLY)
set(CPACK_DEBIAN_ASYNCINFO_RUNTIME_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_BINARY_DIR}/debian/triggers)
set(CPACK_DEBIAN_ASYNCINFO_RUNTIME_DESCRIPTION
"An operation of Boost.Asio becomes an object: it can be named, polled,
cancelled from any thread, waited for and awaited by coroutines.

This is the shared library, which programs run with.")

# The library has Asio's inline functions in it, so programs need the Boost that it was made with.
set(CPACK_DEBIAN_ASYNCINFO_DEVELOPMENT_PACKAGE_NAME ${development})
set(CPACK_DEBIAN_ASYNCINFO_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_ASYNCINFO_DEVELOPMENT_PACKAGE_DEPENDS
  "${runtime} (= ${version}), libboost${Boost_VERSION_MAJOR}.${Boost_VERSION_MINOR}-dev")
set(CPACK_DEBIAN_ASYNCINFO_DEVELOPMENT_DESCRIPTION
"An operation of Boost.Asio becomes an object: it can be named, polled,
cancelled from any thread, waited for and awaited by coroutines.

These are the headers for C++20, and files for CMake and pkg-config.")
include(CPack)
