// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.1, §4.4: Cancel and the end of the operation at the same moment. The operation ends once, as
/// it says itself; the signal is not emitted once the end is published.
namespace asyncinfo_test::cancel_at_completion_test {
namespace {

using types = asio::cancellation_type_t;

struct fixture : played_on_context {
    int emitted = 0;
    IAsyncAction op =
        played.start(use_async_info, [this] { played.place([this](types) { ++emitted; }); });
};

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_at_completion)

BOOST_AUTO_TEST_CASE(the_completion_is_queued_already) {
    asio::io_context context;
    asio::steady_timer timer(context, 0s);
    const auto op = timer.async_wait(use_async_info);
    asio::post(context, [&] { op.Cancel(); });
    context.run();
    // The timer has expired, but nobody knows until its handler runs: either is true.
    BOOST_TEST((op.Status() == AsyncStatus::Completed || op.Status() == AsyncStatus::Canceled));
    BOOST_TEST((op.ErrorCode() == asio::error::operation_aborted) ==
               (op.Status() == AsyncStatus::Canceled));
}

BOOST_FIXTURE_TEST_CASE(the_last_step_is_queued_already, fixture) {
    played.post([&] { played.complete(); });
    op.Cancel(); // behind it
    run();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(op.cancel_requested());
    BOOST_TEST(emitted == 0);
}

BOOST_FIXTURE_TEST_CASE(in_the_last_step_before_completing, fixture) {
    played.post([&] {
        op.Cancel();
        played.complete();
    });
    run();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(op.cancel_requested());
    BOOST_TEST(emitted == 0);
}

BOOST_FIXTURE_TEST_CASE(in_the_last_step_after_completing, fixture) {
    played.post([&] {
        played.complete();
        BOOST_TEST(op.Status() == AsyncStatus::Started); // until this step is over
        op.Cancel();
    });
    run();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(op.cancel_requested());
    BOOST_TEST(emitted == 0);
}

BOOST_AUTO_TEST_CASE(on_several_threads) {
    constexpr int rounds = 1000;
    running_context context(2);
    std::atomic<int> ended = 0;
    std::atomic<int> late = 0;
    std::atomic<int> twice = 0;
    for (int i = 0; i < rounds; ++i) {
        played_operation played{context.get_executor()};
        IAsyncAction op;
        std::atomic<int> emitted = 0;
        std::atomic<bool> completed = false;
        op = played.start(use_async_info, [&] {
            played.place([&](types) {
                late += completed.load();
                twice += ++emitted > 1;
            });
        });
        op.Completed([&](auto& sender, AsyncStatus status) {
            completed = true;
            ended += sender.Status() == status;
        });
        at_once({[&] { played.post([&] { played.complete(); }); }, [op] { op.Cancel(); }});
        op.wait();
        // The Completed handler is called after waiters are woken.
        while (!completed)
            std::this_thread::yield();
    }
    context.finish();
    BOOST_TEST(ended.load() == rounds);
    BOOST_TEST(late.load() == 0);
    BOOST_TEST(twice.load() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_at_completion_test
