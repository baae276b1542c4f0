// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "second_copy.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using asyncinfo::errc;

BOOST_AUTO_TEST_SUITE(errors_of_two_copies_are_equal)

BOOST_AUTO_TEST_CASE(by_their_codes_and_conditions) {
    const auto theirs = error_of_the_second_copy(errc::abandoned);
    const boost::system::error_code ours = errc::abandoned;
    BOOST_TEST(&theirs.category() != &ours.category());
    BOOST_TEST(theirs == ours);
    BOOST_TEST((theirs == errc::abandoned));
    BOOST_TEST(theirs != make_error_code(errc::empty_set));
    BOOST_TEST(error_of_the_second_copy(errc::unhandled_exception).default_error_condition() ==
               make_error_code(errc::unhandled_exception).default_error_condition());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
