// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What every test includes anyway, parsed once.

#include <asyncinfo/asyncinfo.hpp>

#include "support/beside_the_library.hpp"
