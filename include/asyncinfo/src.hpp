//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_SRC_HPP
#define ASYNCINFO_SRC_HPP

/// Compiles the library as a part of your program, which then links no library of ours. Include it
/// in exactly one source file:
///
///     // asyncinfo.cpp
///     #include <asyncinfo/src.hpp>
///
/// All other files include the other headers, as always. With CMake link `asyncinfo::header_only`
/// instead of `asyncinfo::asyncinfo`.

#if defined(ASYNCINFO_DYN_LINK)
#error                                                                                             \
    "asyncinfo: src.hpp is for programs that do not link the library, but ASYNCINFO_DYN_LINK says that this one links the shared library: do not include src.hpp, or link asyncinfo::header_only instead"
#elif __has_include("../../src/asyncinfo_sources.hpp")
#include "../../src/asyncinfo_sources.hpp" // in the repository
#else
#include "src/asyncinfo_sources.hpp" // installed
#endif

#endif // ASYNCINFO_SRC_HPP
