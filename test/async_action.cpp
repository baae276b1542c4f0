// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::async_action_test {
namespace {

using op = const IAsyncAction&;

// §2: what the members of an action return; the overloads with an error code the same.
template <typename... Error>
constexpr bool returns_are_right =
    std::is_same_v<decltype(std::declval<op>().GetResults(std::declval<Error>()...)), void> &&
    std::is_same_v<decltype(std::declval<op>().get(std::declval<Error>()...)), void> &&
    std::is_same_v<decltype(std::declval<op>().try_get(std::declval<Error>()...)), bool> &&
    std::is_same_v<decltype(std::declval<op>().outcome(std::declval<Error>()...)),
                   std::tuple<error_code>> &&
    std::is_same_v<decltype(std::declval<op>().Completed(std::declval<Error>()...)),
                   asyncinfo::AsyncActionCompletedHandler>;
static_assert(returns_are_right<>);
static_assert(returns_are_right<error_code&>);

} // namespace

BOOST_AUTO_TEST_SUITE(async_action)

BOOST_AUTO_TEST_CASE(success_has_no_result_but_the_absence_of_an_error) {
    const auto action = pending<void(error_code)>::ended(use_async_info, {});
    for (int again = 0; again != 2; ++again) {
        BOOST_CHECK_NO_THROW(action.GetResults());
        BOOST_CHECK_NO_THROW(action.get());
        BOOST_TEST(action.try_get());
        BOOST_TEST(std::get<0>(action.outcome()) == error_code());
    }
}

BOOST_AUTO_TEST_CASE(try_get_says_whether_it_has_ended) {
    pending<void(error_code)> operation;
    const auto action = operation.start(use_async_info);
    error_code error = asio::error::fault;
    BOOST_TEST(!action.try_get());
    BOOST_TEST(!action.try_get(error));
    BOOST_TEST(error == error_code());
    operation.complete({});
    BOOST_TEST(action.try_get());
    BOOST_TEST(action.try_get(error));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::async_action_test
