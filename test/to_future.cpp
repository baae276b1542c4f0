// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::to_future_test {
namespace {

template <typename Handle>
concept accepted = requires(Handle op) { asyncinfo::to_future(op); };

static_assert(!accepted<IAsyncInfo> && !accepted<int>);
static_assert(std::is_same_v<decltype(asyncinfo::to_future(IAsyncAction())), std::future<void>>);
static_assert(
    std::is_same_v<decltype(asyncinfo::to_future(IAsyncOperation<int>())), std::future<int>>);

} // namespace

BOOST_AUTO_TEST_SUITE(to_future)

BOOST_AUTO_TEST_CASE(of_a_result) {
    pending<void(error_code, int)> source;
    const auto op = source.start(use_async_info);
    auto future = asyncinfo::to_future(op);
    auto another = asyncinfo::to_future(op);
    BOOST_TEST(!is_ready(future));
    source.complete({}, 3);
    BOOST_TEST(is_ready(future));
    BOOST_TEST(future.get() == 3);
    BOOST_TEST(another.get() == 3);
    BOOST_TEST(asyncinfo::to_future(op).get() == 3); // late
    BOOST_TEST(op.GetResults() == 3);
}

BOOST_AUTO_TEST_CASE(of_an_action) {
    pending<void()> source;
    const auto op = source.start(use_async_info);
    auto future = asyncinfo::to_future(op);
    BOOST_TEST(!is_ready(future));
    source.complete();
    future.get();
    asyncinfo::to_future(op).get();
}

BOOST_AUTO_TEST_CASE(of_a_code) {
    pending<void(error_code, int)> source;
    auto future = asyncinfo::to_future(source.start(use_async_info));
    source.complete(asio::error::eof, 3);
    CHECK_THROWS_CODE(future.get(), asio::error::eof);

    pending<void(error_code)> action;
    auto of_action = asyncinfo::to_future(action.start(use_async_info));
    action.complete(asio::error::operation_aborted);
    CHECK_THROWS_CODE(of_action.get(), asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(of_an_exception_as_it_was) {
    pending<void(std::exception_ptr)> source;
    auto future = asyncinfo::to_future(source.start(use_async_info));
    source.complete(std::make_exception_ptr(std::range_error("r")));
    BOOST_CHECK_THROW(future.get(), std::range_error);
}

BOOST_AUTO_TEST_CASE(of_an_abandoned_one) {
    pending<void()> source;
    auto future = asyncinfo::to_future(source.start(use_async_info));
    source.drop();
    CHECK_THROWS_CODE(future.get(), errc::abandoned);
}

BOOST_AUTO_TEST_CASE(of_a_deadline) {
    pending<void(error_code)> source;
    auto future = asyncinfo::to_future(source.start(use_async_info.cancel_after(0s)));
    source.complete(asio::error::operation_aborted);
    CHECK_THROWS_CODE(future.get(), asio::error::timed_out);
}

BOOST_AUTO_TEST_CASE(of_a_tuple) {
    pending<void(error_code, int)> source;
    auto future = asyncinfo::to_future(source.start(asio::as_tuple(use_async_info)));
    source.complete(asio::error::eof, 3);
    const auto [error, number] = future.get();
    BOOST_TEST(error == asio::error::eof);
    BOOST_TEST(number == 3);
}

BOOST_AUTO_TEST_CASE(of_a_result_that_cannot_be_copied) {
    pending<void(std::unique_ptr<int>)> source;
    const auto op = source.start(use_async_info);
    auto future = asyncinfo::to_future(op);
    auto second = asyncinfo::to_future(op);
    source.complete(std::make_unique<int>(3));
    BOOST_TEST(*future.get() == 3);
    CHECK_THROWS_CODE(second.get(), errc::illegal_method_call);
    CHECK_THROWS_CODE(op.GetResults(), errc::illegal_method_call);
}

BOOST_AUTO_TEST_CASE(of_a_result_whose_move_throws) {
    struct throwing {
        throwing() = default;
        throwing(const throwing& other) : copies(other.copies + 1) {
            if (copies > 1)
                throw std::range_error("copy");
        }
        int copies = 0;
    };
    pending<void(throwing)> source;
    auto future = asyncinfo::to_future(source.start(use_async_info));
    source.complete(throwing());
    BOOST_CHECK_THROW(future.get(), std::range_error);
}

BOOST_AUTO_TEST_CASE(dropping_it_cancels_nothing) {
    pending<void()> source;
    const auto op = source.start(use_async_info);
    static_cast<void>(asyncinfo::to_future(op));
    BOOST_TEST(!op.cancel_requested());
    source.complete();
    BOOST_TEST(op.try_get());
}

BOOST_AUTO_TEST_CASE(it_keeps_nothing_after_the_end) {
    const auto owned = std::make_shared<int>();
    pending<void(std::shared_ptr<int>)> source;
    auto op = source.start(use_async_info);
    const auto future = asyncinfo::to_future(op);
    source.complete(owned);
    BOOST_TEST(owned.use_count() == 3); // the future's, and the handle's
    op = nullptr;
    BOOST_TEST(owned.use_count() == 2);
}

BOOST_AUTO_TEST_CASE(waiting_threads_wake_up) {
    running_context context;
    for (int round = 0; round < 100; ++round) {
        asio::steady_timer timer(context, std::chrono::microseconds(round));
        auto future = asyncinfo::to_future(timer.async_wait(use_async_info));
        future.get();
    }
}

BOOST_AUTO_TEST_CASE(bad_handles_are_refused) {
    CHECK_THROWS_CODE(asyncinfo::to_future(IAsyncAction()), errc::empty_handle);
    const IAsyncAction op = pending<void()>::ended(use_async_info);
    op.Close();
    CHECK_THROWS_CODE(asyncinfo::to_future(op), errc::illegal_method_call);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::to_future_test
