// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::async_status_test {
namespace {

struct {
    AsyncStatus status;
    int number;
    std::string_view name;
} const table[] = {
    {AsyncStatus::Started, 0, "Started"},
    {AsyncStatus::Completed, 1, "Completed"},
    {AsyncStatus::Canceled, 2, "Canceled"},
    {AsyncStatus::Error, 3, "Error"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(async_status)

// §1: the numbers are those of Windows.Foundation.
BOOST_AUTO_TEST_CASE(enumerators_have_the_numbers_of_windows_foundation) {
    for (const auto& row : async_status_test::table)
        BOOST_TEST(static_cast<int>(row.status) == row.number);
}

BOOST_AUTO_TEST_CASE(to_string_and_the_stream_give_the_enumerators_name) {
    for (const auto& row : async_status_test::table) {
        BOOST_TEST(to_string(row.status) == row.name);
        std::ostringstream out;
        out << row.status;
        BOOST_TEST(out.str() == row.name);
    }
}

BOOST_AUTO_TEST_CASE(a_value_that_is_no_enumerator_is_shown_as_unknown) {
    BOOST_TEST(to_string(static_cast<AsyncStatus>(4)) == "(unknown)");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::async_status_test
