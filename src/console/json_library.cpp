//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// Boost.JSON itself. It is a file of its own, and so a member of its own of the archive: a program
// that has Boost.JSON already links that one, and this one is not taken.

#include <boost/json/src.hpp>
