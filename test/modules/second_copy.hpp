// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_MODULES_SECOND_COPY_HPP
#define ASYNCINFO_TEST_MODULES_SECOND_COPY_HPP

#include "shown.hpp"

#include <asyncinfo/error.hpp>

/// Of a shared library that has a copy of asyncinfo in itself.
ASYNCINFO_TEST_SHOWN boost::system::error_code error_of_the_second_copy(asyncinfo::errc);

#endif // ASYNCINFO_TEST_MODULES_SECOND_COPY_HPP
