// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_MODULES_SHOWN_HPP
#define ASYNCINFO_TEST_MODULES_SHOWN_HPP

/// Marks what a shared library of the tests shows of itself, where it hides all else.
#if defined(_WIN32)
#define ASYNCINFO_TEST_SHOWN __declspec(dllexport)
#else
#define ASYNCINFO_TEST_SHOWN [[gnu::visibility("default")]]
#endif

#endif // ASYNCINFO_TEST_MODULES_SHOWN_HPP
