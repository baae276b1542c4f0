// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/async_action.hpp>

#include "support/pending.hpp"
#include "support/test.hpp"

using asyncinfo::AsyncStatus;
using asyncinfo::IAsyncAction;
using boost::system::error_code;

namespace async_action_test {
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

const error_code refused = boost::asio::error::connection_refused;

IAsyncAction ended(error_code code) {
    asyncinfo_test::pending<void(error_code)> operation;
    auto action = operation.start(asyncinfo::use_async_info);
    operation.complete(code);
    return action;
}

} // namespace
} // namespace async_action_test

BOOST_AUTO_TEST_SUITE(async_action)

BOOST_AUTO_TEST_CASE(success_has_no_result_but_the_absence_of_an_error) {
    using namespace async_action_test;
    const auto action = ended({});
    for (int again = 0; again != 2; ++again) {
        BOOST_CHECK_NO_THROW(action.GetResults());
        BOOST_CHECK_NO_THROW(action.get());
        BOOST_TEST(action.try_get());
        BOOST_TEST(std::get<0>(action.outcome()) == error_code());
    }
}

BOOST_AUTO_TEST_CASE(failure_is_thrown_by_all_but_outcome) {
    using namespace async_action_test;
    const auto action = ended(refused);
    const auto is_it = [](const boost::system::system_error& e) { return e.code() == refused; };
    for (int again = 0; again != 2; ++again) {
        BOOST_CHECK_EXCEPTION(action.GetResults(), boost::system::system_error, is_it);
        BOOST_CHECK_EXCEPTION(action.get(), boost::system::system_error, is_it);
        BOOST_CHECK_EXCEPTION(action.try_get(), boost::system::system_error, is_it);
        BOOST_TEST(std::get<0>(action.outcome()) == refused);
        error_code error;
        BOOST_TEST(!action.try_get(error));
        BOOST_TEST(error == refused);
    }
}

BOOST_AUTO_TEST_CASE(try_get_says_whether_it_has_ended) {
    using namespace async_action_test;
    asyncinfo_test::pending<void(error_code)> operation;
    const auto action = operation.start(asyncinfo::use_async_info);
    error_code error = boost::asio::error::fault;
    BOOST_TEST(!action.try_get());
    BOOST_TEST(!action.try_get(error));
    BOOST_TEST(error == error_code());
    operation.complete({});
    BOOST_TEST(action.try_get());
    BOOST_TEST(action.try_get(error));
}

BOOST_AUTO_TEST_SUITE_END()
