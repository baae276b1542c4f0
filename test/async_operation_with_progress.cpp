// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/async_operation_with_progress.hpp>
#include <asyncinfo/detail/produce/promise_operation.hpp>

#include "support/test.hpp"

namespace asyncinfo_test::async_operation_with_progress_test {
namespace {

using op = const IAsyncOperationWithProgress<std::string, int>&;

// §2: the members of an operation, and those for progress.
template <typename... Error>
constexpr bool returns_are_right =
    std::is_same_v<decltype(std::declval<op>().outcome(std::declval<Error>()...)),
                   std::tuple<error_code, std::optional<std::string>>> &&
    std::is_same_v<decltype(std::declval<op>().try_get(std::declval<Error>()...)),
                   std::optional<std::string>> &&
    std::is_same_v<decltype(std::declval<op>().Completed(std::declval<Error>()...)),
                   asyncinfo::AsyncOperationWithProgressCompletedHandler<std::string, int>> &&
    std::is_same_v<decltype(std::declval<op>().Progress(std::declval<Error>()...)),
                   asyncinfo::AsyncOperationProgressHandler<std::string, int>> &&
    std::is_same_v<decltype(std::declval<op>().progress(std::declval<Error>()...)),
                   std::optional<int>>;
static_assert(returns_are_right<>);
static_assert(returns_are_right<error_code&>);
static_assert(std::is_same_v<decltype(std::declval<op>().GetResults()), std::string>);
static_assert(std::is_same_v<decltype(std::declval<op>().get()), std::string>);
static_assert(!std::is_convertible_v<op, IAsyncOperation<std::string>>);

/// A producer that publishes what it has of its result, as a coroutine can.
template <typename T>
class producer final : public asyncinfo::detail::promise_operation<producer<T>, T, int> {
public:
    using handle_type = IAsyncOperationWithProgress<T, int>;

    static std::pair<producer*, handle_type> make() {
        producer* made = nullptr;
        auto block = producer::start([&](producer& p) { made = &p; });
        return {made, asyncinfo::detail::handle_access::make<handle_type>(std::move(block))};
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(async_operation_with_progress)

BOOST_AUTO_TEST_CASE(its_members_are_those_of_an_operation) {
    const asyncinfo::async_source<std::string, int> source;
    IAsyncOperationWithProgress<std::string, int> handle = source.operation();
    BOOST_TEST(!handle.try_get());
    CHECK_THROWS_CODE(handle.GetResults(), errc::illegal_method_call);
    source.set_value(3u, 'x');
    BOOST_TEST(handle.get() == "xxx");
    BOOST_TEST((handle.try_get() == "xxx"));
    BOOST_TEST((std::get<1>(handle.outcome()) == "xxx"));
    BOOST_TEST(handle.GetResults() == "xxx");
    BOOST_TEST(std::move(handle).GetResults() == "xxx");
}

BOOST_AUTO_TEST_CASE(a_result_that_cannot_be_copied_goes_to_the_first_taker) {
    const asyncinfo::async_source<std::unique_ptr<int>, int> source;
    const auto handle = source.operation();
    source.set_value(new int(7));
    BOOST_TEST(*handle.GetResults() == 7);
    CHECK_THROWS_CODE(handle.GetResults(), errc::illegal_method_call);
}

BOOST_AUTO_TEST_CASE(it_is_a_kind_of_its_own) {
    const asyncinfo::async_source<std::string, int> source;
    const IAsyncInfo info = source.operation();
    BOOST_TEST((info.try_as<IAsyncOperationWithProgress<std::string, int>>() == info));
    BOOST_TEST(!(info.try_as<IAsyncOperationWithProgress<std::string, long>>()));
    BOOST_TEST(!info.try_as<IAsyncOperation<std::string>>());
}

// "set_result(r) publishes a partial result, which GetResults() of a WithProgress operation returns
// while Started (otherwise IMC, as everywhere)."
BOOST_AUTO_TEST_CASE(get_results_gives_the_partial_result_of_a_running_operation) {
    const auto [producing, handle] = producer<std::string>::make();
    error_code error;
    CHECK_THROWS_CODE(handle.GetResults(), errc::illegal_method_call);
    BOOST_TEST(!handle.GetResults(error));
    BOOST_TEST((error == errc::illegal_method_call));

    producing->set_partial_result("one");
    BOOST_TEST(handle.GetResults() == "one");
    BOOST_TEST(handle.GetResults() == "one");
    producing->set_partial_result("two");
    BOOST_TEST((handle.GetResults(error) == "two"));
    BOOST_TEST(error == error_code());
    auto copy = handle;
    BOOST_TEST(std::move(copy).GetResults() == "two");

    // It is no result yet.
    BOOST_TEST(!handle.try_get());
    CHECK_THROWS_CODE(handle.outcome(), errc::illegal_method_call);
    BOOST_TEST(handle.Status() == AsyncStatus::Started);

    producing->set_result("three");
    producing->succeed();
    producing->end();
    BOOST_TEST(handle.GetResults() == "three");
    handle.Close();
    CHECK_THROWS_CODE(handle.GetResults(), errc::illegal_method_call);
}

// §2: outcome has "partial results included".
BOOST_AUTO_TEST_CASE(an_operation_that_fails_leaves_its_partial_result_in_its_outcome) {
    const auto [producing, handle] = producer<std::shared_ptr<int>>::make();
    auto published = std::make_shared<int>(1);
    const std::weak_ptr<int> alive = published;
    producing->set_partial_result(std::move(published));
    producing->fail(asio::error::operation_aborted);
    producing->end();
    BOOST_TEST(handle.Status() == AsyncStatus::Canceled);
    BOOST_CHECK_THROW(handle.GetResults(), system_error);
    {
        const auto [code, partial] = handle.outcome();
        BOOST_TEST(code == error_code(asio::error::operation_aborted));
        BOOST_REQUIRE(partial);
        BOOST_TEST(**partial == 1);
    }
    handle.Close();
    BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_CASE(a_partial_result_that_cannot_be_copied_is_taken_once) {
    const auto [producing, handle] = producer<std::unique_ptr<int>>::make();
    producing->set_partial_result(std::make_unique<int>(1));
    BOOST_TEST(*handle.GetResults() == 1);
    CHECK_THROWS_CODE(handle.GetResults(), errc::illegal_method_call);
    producing->set_partial_result(std::make_unique<int>(2));
    BOOST_TEST(*handle.GetResults() == 2);
    producing->fail(asio::error::eof);
    producing->end();
    BOOST_TEST(!std::get<1>(handle.outcome()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::async_operation_with_progress_test
