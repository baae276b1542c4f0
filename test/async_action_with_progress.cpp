// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::async_action_with_progress_test {
namespace {

using op = const IAsyncActionWithProgress<double>&;

// §2: the members of an action, and those for progress; the overloads with an error code the same.
template <typename... Error>
constexpr bool returns_are_right =
    std::is_same_v<decltype(std::declval<op>().GetResults(std::declval<Error>()...)), void> &&
    std::is_same_v<decltype(std::declval<op>().get(std::declval<Error>()...)), void> &&
    std::is_same_v<decltype(std::declval<op>().try_get(std::declval<Error>()...)), bool> &&
    std::is_same_v<decltype(std::declval<op>().outcome(std::declval<Error>()...)),
                   std::tuple<error_code>> &&
    std::is_same_v<decltype(std::declval<op>().Completed(std::declval<Error>()...)),
                   asyncinfo::AsyncActionWithProgressCompletedHandler<double>> &&
    std::is_same_v<decltype(std::declval<op>().Progress(std::declval<Error>()...)),
                   asyncinfo::AsyncActionProgressHandler<double>> &&
    std::is_same_v<decltype(std::declval<op>().progress(std::declval<Error>()...)),
                   std::optional<double>>;
static_assert(returns_are_right<>);
static_assert(returns_are_right<error_code&>);

// A kind of its own, as in Windows.Foundation: a handle like the others, and no IAsyncAction.
static_assert(std::is_convertible_v<op, IAsyncInfo>);
static_assert(!std::is_convertible_v<op, IAsyncAction>);
static_assert(std::is_nothrow_copy_constructible_v<IAsyncActionWithProgress<int>>);
static_assert(std::is_constructible_v<IAsyncActionWithProgress<int>, std::nullptr_t>);

} // namespace

BOOST_AUTO_TEST_SUITE(async_action_with_progress)

BOOST_AUTO_TEST_CASE(its_members_are_those_of_an_action) {
    for (const error_code& code : {error_code(), error_code(asio::error::eof)}) {
        const asyncinfo::async_source<void, double> source;
        const IAsyncActionWithProgress<double> action = source.operation();
        BOOST_TEST(!action.try_get());
        int calls = 0;
        action.Completed([&](const IAsyncActionWithProgress<double>& sender, AsyncStatus status) {
            calls += sender == action && sender.Status() == status;
        });
        const bool first = code ? source.set_error(code) : source.set_value();
        BOOST_TEST(first);
        BOOST_TEST(calls == 1);
        BOOST_TEST(std::get<0>(action.outcome()) == code);
        error_code error;
        action.get(error);
        BOOST_TEST(error == code);
        BOOST_TEST(action.try_get(error) == !code);
        if (code)
            BOOST_CHECK_THROW(action.GetResults(), system_error);
        else
            BOOST_CHECK_NO_THROW(action.GetResults());
    }
}

// §1: "comparable and hashable across kinds", and back by try_as, "empty if the kind differs".
BOOST_AUTO_TEST_CASE(it_is_a_kind_of_its_own) {
    const asyncinfo::async_source<void, double> source;
    const auto action = source.operation();
    const IAsyncInfo info = action;
    BOOST_TEST((info == action));
    BOOST_TEST((info.try_as<IAsyncActionWithProgress<double>>() == action));
    BOOST_TEST(!info.try_as<IAsyncActionWithProgress<float>>());
    BOOST_TEST(!info.try_as<IAsyncAction>());
    const std::unordered_set<IAsyncInfo> some{info};
    BOOST_TEST(some.contains(action));
    BOOST_TEST(
        (std::hash<IAsyncActionWithProgress<double>>()(action) == std::hash<IAsyncInfo>()(info)));
}

// §5: "progress() polls the latest value".
BOOST_AUTO_TEST_CASE(progress_is_polled) {
    const asyncinfo::async_source<void, std::string> source;
    const auto action = source.operation();
    BOOST_TEST(!action.progress());
    source.report("half");
    BOOST_TEST((action.progress() == "half"));
    BOOST_TEST((action.progress() == "half"));
    source.report("all");
    BOOST_TEST((action.progress() == "all"));
    source.set_value();
    BOOST_TEST((action.progress() == "all"));
    BOOST_TEST(!source.report("more"));
    BOOST_TEST((action.progress() == "all"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::async_action_with_progress_test
