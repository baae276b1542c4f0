// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// The one file of the program that compiles the library.
#include <asyncinfo/src.hpp>
