// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::transfer_progress_test {
namespace {

using progress = asyncinfo::transfer_progress;

static_assert(std::is_trivially_copyable_v<progress>);

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

} // namespace

// A suite is a namespace: not one beside the name that it is about.
BOOST_AUTO_TEST_SUITE(transfer_progress)

// "From 0 to 1, and never more, whatever the total was said to be."
BOOST_AUTO_TEST_CASE(its_fraction_is_never_more_than_one) {
    BOOST_TEST((progress{0, 8, {}}.fraction()) == 0);
    BOOST_TEST((progress{2, 8, {}}.fraction()) == 0.25);
    BOOST_TEST((progress{8, 8, {}}.fraction()) == 1);
    BOOST_TEST((progress{9, 8, {}}.fraction()) == 1);
    BOOST_TEST((progress{most, 1, {}}.fraction()) == 1);
    BOOST_TEST((progress{most - 1, most, {}}.fraction()) <= 1);
    BOOST_TEST((progress{0, 0, {}}.fraction()) == 1);
    BOOST_TEST((progress{5, 0, {}}.fraction()) == 1);
    BOOST_TEST((progress{5, std::nullopt, {}}.fraction()) == 0);
}

BOOST_AUTO_TEST_CASE(its_rate_is_in_bytes_per_second) {
    BOOST_TEST((progress{0, 8, 0ns}.rate()) == 0);
    BOOST_TEST((progress{5, 8, 0ns}.rate()) == 0);
    BOOST_TEST((progress{5, 8, 500ms}.rate()) == 10);
    BOOST_TEST((progress{5, std::nullopt, 2s}.rate()) == 2.5);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::transfer_progress_test
