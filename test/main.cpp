// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#if defined(BOOST_TEST_DYN_LINK)
#include <boost/test/unit_test.hpp>
#else // Boost.Test is not installed as a library: this is all of it.
#include <boost/test/included/unit_test.hpp>
#endif

// Spelled out, since BOOST_TEST_MODULE has no effect behind a precompiled header.
int main(int argc, char* argv[]) {
    return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
