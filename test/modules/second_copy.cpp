// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "second_copy.hpp"

boost::system::error_code error_of_the_second_copy(asyncinfo::errc e) { return e; }
