// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::async_operation_test {
namespace {

template <typename T, typename... Error>
using get_results =
    decltype(std::declval<const IAsyncOperation<T>&>().GetResults(std::declval<Error>()...));
template <typename T, typename... Error>
using take_results =
    decltype(std::declval<IAsyncOperation<T>>().GetResults(std::declval<Error>()...));
template <typename T, typename... Error>
using get = decltype(std::declval<const IAsyncOperation<T>&>().get(std::declval<Error>()...));
template <typename T, typename... Error>
using try_get =
    decltype(std::declval<const IAsyncOperation<T>&>().try_get(std::declval<Error>()...));
template <typename T, typename... Error>
using outcome =
    decltype(std::declval<const IAsyncOperation<T>&>().outcome(std::declval<Error>()...));

// §2: what the members of an operation return: "those of GetResults, get, try_get return
// std::optional<T>".
template <typename T>
constexpr bool returns_are_right =
    std::is_same_v<get_results<T>, T> && std::is_same_v<take_results<T>, T> &&
    std::is_same_v<get<T>, T> && std::is_same_v<try_get<T>, std::optional<T>> &&
    std::is_same_v<get_results<T, error_code&>, std::optional<T>> &&
    std::is_same_v<take_results<T, error_code&>, std::optional<T>> &&
    std::is_same_v<get<T, error_code&>, std::optional<T>> &&
    std::is_same_v<try_get<T, error_code&>, std::optional<T>> &&
    std::is_same_v<outcome<T>, std::tuple<error_code, std::optional<T>>> &&
    std::is_same_v<outcome<T, error_code&>, std::tuple<error_code, std::optional<T>>>;

static_assert(returns_are_right<int>);
static_assert(returns_are_right<std::string>);
static_assert(returns_are_right<std::unique_ptr<int>>);
static_assert(returns_are_right<std::tuple<int, std::string>>);
static_assert(returns_are_right<no_default>);

const error_code refused = asio::error::connection_refused;

} // namespace

BOOST_AUTO_TEST_SUITE(async_operation)

BOOST_AUTO_TEST_CASE(success_has_a_result) {
    pending<void(error_code, std::string)> operation;
    const auto op = operation.start(use_async_info);
    BOOST_TEST(!op.try_get());
    operation.complete({}, "done");
    BOOST_TEST(op.GetResults() == "done");
    BOOST_TEST((op.try_get() == "done"));
    BOOST_TEST(op.get() == "done");
    BOOST_TEST((op.outcome() == std::tuple(error_code(), std::optional<std::string>("done"))));
}

// §2: outcome() gives "all that was delivered [...] partial results included".
BOOST_AUTO_TEST_CASE(failure_has_what_came_before_it) {
    for (const error_code& code : {refused, error_code(asio::error::operation_aborted)}) {
        const auto op =
            pending<void(error_code, int, std::string)>::ended(use_async_info, code, 7, "part");
        CHECK_THROWS_CODE(op.GetResults(), code);
        error_code error;
        BOOST_TEST(!op.try_get(error));
        BOOST_TEST(error == code);
        const auto [delivered, partial] = op.outcome();
        BOOST_TEST(delivered == code);
        BOOST_TEST((partial == std::tuple(7, std::string("part"))));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::async_operation_test
