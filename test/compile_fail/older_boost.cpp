// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: asyncinfo needs Boost 1.81 or newer
#ifndef CONTROL
#include <boost/version.hpp>
#undef BOOST_VERSION
#define BOOST_VERSION 107400
#endif
#include <asyncinfo/asyncinfo.hpp>

int main() {}
