// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/condition.hpp>

#if defined(BOOST_TEST_DYN_LINK)
#include <boost/test/unit_test.hpp>
#else // Boost.Test is not installed as a library: this is all of it.
#include <boost/test/included/unit_test.hpp>
#endif

// Spelled out, since BOOST_TEST_MODULE has no effect behind a precompiled header.
int main(int argc, char* argv[]) {
#if defined(_WIN32)
    // What Wine says where Windows says ERROR_OPERATION_ABORTED: ERROR_HANDLES_CLOSED. It does so if
    // the socket of an operation has been closed.
    asyncinfo::treat_as_canceled({676, boost::system::system_category()});
#endif
    return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
