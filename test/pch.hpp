// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What every test includes, parsed once.

#include "support/test.hpp"
