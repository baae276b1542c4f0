# SPDX-FileCopyrightText: The asyncinfo authors
# SPDX-License-Identifier: BSL-1.0

# The target Boost::headers, for another system than that whose Boost is installed: a folder with
# nothing but a link to its headers.

if(NOT TARGET Boost::headers)
  find_path(ASYNCINFO_BOOST boost/asio.hpp PATHS /usr/local/include /usr/include
    NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/boost_headers)
  file(CREATE_LINK ${ASYNCINFO_BOOST}/boost ${PROJECT_BINARY_DIR}/boost_headers/boost SYMBOLIC)
  add_library(Boost::headers INTERFACE IMPORTED GLOBAL)
  target_include_directories(Boost::headers INTERFACE ${PROJECT_BINARY_DIR}/boost_headers)
endif()
