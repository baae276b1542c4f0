// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/stop_on.hpp>

#include "support/counting_allocator.hpp"
#include "support/pending.hpp"
#include "support/running_context.hpp"
#include "support/test.hpp"

namespace stop_on_test {
namespace {

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::errc;
using asyncinfo::IAsyncAction;
using asyncinfo::IAsyncInfo;
using asyncinfo::use_async_info;
using asyncinfo_test::pending;
using boost::system::error_code;
using boost::system::system_error;
using namespace std::chrono_literals;

constexpr auto bound = 1min; // only where something hangs

} // namespace

BOOST_AUTO_TEST_SUITE(stop_on)

static_assert(
    std::is_same_v<decltype(asyncinfo::stop_on(IAsyncAction(), std::stop_token())), IAsyncAction>);

/// Ends as aborted on the thread that cancels it.
template <typename Token>
auto start_obedient(Token token) {
    return asio::async_initiate<Token, void(error_code)>(
        [](auto handler) {
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto held = std::make_shared<decltype(handler)>(std::move(handler));
            slot.assign([held](asio::cancellation_type_t types) mutable {
                BOOST_TEST((types == asio::cancellation_type::all));
                std::move (*std::exchange(held, nullptr))(asio::error::operation_aborted);
            });
        },
        token);
}

BOOST_AUTO_TEST_CASE(a_stop_request_cancels) {
    std::stop_source stop;
    pending<void()> source;
    const auto op = source.start(use_async_info);
    BOOST_TEST((asyncinfo::stop_on(op, stop.get_token()) == op));
    BOOST_TEST(!op.cancel_requested());
    stop.request_stop();
    BOOST_TEST(op.cancel_requested());
    source.complete();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(and_the_operation_may_end_in_there) {
    std::stop_source stop;
    const auto op = asyncinfo::stop_on(start_obedient(use_async_info), stop.get_token());
    const IAsyncInfo any = asyncinfo::stop_on(IAsyncInfo(op), stop.get_token());
    stop.request_stop();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST((any == op));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_stopped_already_cancels_at_once) {
    std::stop_source stop;
    stop.request_stop();
    const auto op = asyncinfo::stop_on(start_obedient(use_async_info), stop.get_token());
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(any_of_several_tokens_cancels) {
    std::stop_source one, two;
    pending<void()> source;
    const auto op = source.start(use_async_info);
    asyncinfo::stop_on(asyncinfo::stop_on(op, one.get_token()), two.get_token())
        .Completed([](auto&, AsyncStatus) {});
    two.request_stop();
    BOOST_TEST(op.cancel_requested());
    source.complete();
    one.request_stop();
}

BOOST_AUTO_TEST_CASE(from_a_jthread) {
    asyncinfo_test::running_context context;
    asio::steady_timer timer(context, 1h);
    std::promise<AsyncStatus> ended;
    std::promise<void> started;
    std::jthread worker([&](std::stop_token stop) {
        const auto op = asyncinfo::stop_on(timer.async_wait(use_async_info), stop);
        started.set_value();
        ended.set_value(op.wait());
    });
    started.get_future().wait();
    worker.request_stop();
    BOOST_TEST(ended.get_future().get() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_after_the_end) {
    std::stop_source stop;
    asyncinfo_test::allocations blocks;
    const auto owned = std::make_shared<int>();
    pending<void()> source;
    auto op = asyncinfo::stop_on(
        source.start(asio::bind_allocator(asyncinfo_test::counting_allocator<void>(blocks),
                                          asio::consign(use_async_info, owned))),
        stop.get_token());
    source.complete();
    BOOST_TEST(!op.cancel_requested());
    BOOST_TEST(owned.use_count() == 1);
    op = nullptr;
    BOOST_TEST(blocks.alive.load() == 0);
    stop.request_stop();
}

BOOST_AUTO_TEST_CASE(a_token_that_cannot_be_stopped_costs_nothing) {
    pending<void()> source;
    auto op = asyncinfo::stop_on(source.start(use_async_info), std::stop_token());
    std::stop_token orphan;
    {
        const std::stop_source gone;
        orphan = gone.get_token();
    }
    op = asyncinfo::stop_on(op, orphan);
    // Nobody is to be told when it ends.
    const auto& block = *asyncinfo::detail::handle_access::operation(op);
    BOOST_TEST((block.load() & asyncinfo::detail::lifecycle::observed) == 0u);
    source.complete();
}

BOOST_AUTO_TEST_CASE(after_the_end_it_does_nothing) {
    std::stop_source stop;
    asyncinfo_test::allocations blocks;
    pending<void()> source;
    auto op = source.start(
        asio::bind_allocator(asyncinfo_test::counting_allocator<void>(blocks), use_async_info));
    source.complete();
    BOOST_TEST((asyncinfo::stop_on(op, stop.get_token()) == op));
    op.Close();
    BOOST_TEST((asyncinfo::stop_on(op, stop.get_token()) == op));
    op = nullptr;
    BOOST_TEST(blocks.alive.load() == 0);
    stop.request_stop();
}

BOOST_AUTO_TEST_CASE(an_empty_handle_is_refused) {
    const auto is_empty = [](const system_error& e) { return e.code() == errc::empty_handle; };
    const std::stop_source stop;
    BOOST_CHECK_EXCEPTION(static_cast<void>(asyncinfo::stop_on(IAsyncAction(), stop.get_token())),
                          system_error, is_empty);
    BOOST_CHECK_EXCEPTION(static_cast<void>(asyncinfo::stop_on(IAsyncAction(), std::stop_token())),
                          system_error, is_empty);
}

// A stop request, the end, and the making of the link, on three threads.
BOOST_AUTO_TEST_CASE(all_at_once) {
    asio::thread_pool pool(2);
    int canceled = 0;
    for (int round = 0; round < 3000; ++round) {
        pending<void(error_code)> source;
        const auto op = source.start(use_async_info);
        std::stop_source stop;
        std::atomic<int> ready{0};
        std::promise<void> one, two;
        const auto meet = [&ready] {
            for (++ready; ready < 3;)
                std::this_thread::yield();
        };
        asio::post(pool, [&] {
            meet();
            source.complete({});
            one.set_value();
        });
        asio::post(pool, [&] {
            meet();
            stop.request_stop();
            two.set_value();
        });
        meet();
        static_cast<void>(asyncinfo::stop_on(op, stop.get_token()));
        BOOST_TEST(op.wait_for(bound) == AsyncStatus::Completed);
        one.get_future().wait();
        two.get_future().wait();
        canceled += op.cancel_requested();
    }
    BOOST_TEST_MESSAGE(canceled << " canceled in time");
    pool.join();
}

BOOST_AUTO_TEST_CASE(all_at_once_where_the_request_ends_it) {
    asyncinfo_test::running_context context(2);
    for (int round = 0; round < 1000; ++round) {
        asio::steady_timer timer(context, std::chrono::microseconds(round % 32));
        std::stop_source stop;
        std::jthread stopper([&] { stop.request_stop(); });
        const auto op = asyncinfo::stop_on(timer.async_wait(use_async_info), stop.get_token());
        const auto status = op.wait_for(bound);
        BOOST_TEST((status == AsyncStatus::Completed || status == AsyncStatus::Canceled));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace stop_on_test
