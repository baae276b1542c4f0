// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::error_test {
namespace {

struct {
    errc value;
    std::optional<std::errc> condition;
} const table[] = {
    {errc::illegal_method_call, std::errc::operation_not_permitted},
    {errc::illegal_state_change, std::errc::operation_in_progress},
    {errc::illegal_delegate_assignment, std::errc::operation_not_permitted},
    {errc::empty_handle, std::errc::invalid_argument},
    {errc::abandoned, std::errc::owner_dead},
    {errc::unhandled_exception, std::nullopt},
    {errc::would_deadlock, std::errc::resource_deadlock_would_occur},
    {errc::empty_set, std::errc::invalid_argument},
    {errc::group_shut_down, std::errc::operation_not_permitted},
};

const std::errc conditions[] = {
    std::errc::operation_not_permitted,
    std::errc::operation_in_progress,
    std::errc::invalid_argument,
    std::errc::owner_dead,
    std::errc::resource_deadlock_would_occur,
    std::errc::operation_canceled,
};

} // namespace

BOOST_AUTO_TEST_SUITE(error)

BOOST_AUTO_TEST_CASE(the_category_is_called_asyncinfo) {
    BOOST_TEST(asyncinfo::error_category().name() == std::string_view("asyncinfo"));
    for (const auto& row : error_test::table) {
        const error_code code = row.value;
        BOOST_TEST((code.category() == asyncinfo::error_category()));
        BOOST_TEST(code.value() == static_cast<int>(row.value));
        BOOST_TEST(code.failed());
        BOOST_TEST((code == make_error_code(row.value)));
    }
}

BOOST_AUTO_TEST_CASE(every_value_has_a_message_of_its_own) {
    std::set<std::string> messages{error_code(0, asyncinfo::error_category()).message()};
    for (const auto& row : error_test::table) {
        const error_code code = row.value;
        BOOST_TEST(messages.insert(code.message()).second, code.message());
    }
    // One that is none is not taken for one that is.
    const error_code none(1000, asyncinfo::error_category());
    BOOST_TEST(messages.count(none.message()) == 1u);
}

BOOST_AUTO_TEST_CASE(each_equals_the_condition_that_comes_nearest_and_no_other) {
    for (const auto& row : error_test::table) {
        const error_code code = row.value;
        const std::error_code standard = code;
        for (const std::errc condition : error_test::conditions) {
            const bool expected = row.condition == condition;
            BOOST_TEST_CONTEXT(code.message() << " against " << static_cast<int>(condition)) {
                BOOST_TEST((code == condition) == expected);
                BOOST_TEST((code == static_cast<boost::system::errc::errc_t>(condition)) ==
                           expected);
                BOOST_TEST((standard == condition) == expected);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_code_can_be_compared_with_the_enumerator) {
    const system_error thrown(errc::would_deadlock);
    BOOST_TEST((thrown.code() == errc::would_deadlock));
    BOOST_TEST((thrown.code() != errc::empty_handle));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::error_test
