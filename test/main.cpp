// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <boost/test/unit_test.hpp>

// Spelled out, since BOOST_TEST_MODULE has no effect behind a precompiled header.
int main(int argc, char* argv[]) {
    return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
