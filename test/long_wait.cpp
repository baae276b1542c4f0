// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// A wait that nobody ends says so.
namespace asyncinfo_test::long_wait_test {
namespace {

using asyncinfo::long_wait;

/// The first report, to a test whose other thread waits.
class reported {
public:
    explicit reported(std::chrono::milliseconds time = 20ms) {
        asyncinfo::set_long_wait_handler(time, [this](const long_wait& w) {
            ++calls;
            wait.set_value(w);
        });
    }
    ~reported() { asyncinfo::set_long_wait_handler(0s); }

    std::promise<long_wait> wait;
    int calls = 0;
};

IAsyncAction await(asio::io_context&, IAsyncAction op) { co_await op; }

struct gives_up {};

} // namespace

BOOST_AUTO_TEST_SUITE(long_wait)

using wait_type = asyncinfo::long_wait;

BOOST_AUTO_TEST_CASE(of_a_context_that_nobody_runs) {
    reported report;
    asio::io_context context;
    const auto op = asio::post(context, use_async_info.named("login"));
    joining_thread waiting([&] { op.get(); });
    const wait_type wait = report.wait.get_future().get();
    BOOST_TEST((wait.operation == op));
    BOOST_TEST((wait.time == 20ms));
    BOOST_TEST(wait.context_has_run.value() == false);
    BOOST_TEST(to_string(wait) == "asyncinfo: a thread has waited for 0.02 s for operation " +
                                      std::to_string(op.Id()) +
                                      " (login), and no thread has run its context since");
    context.run(); // the wait goes on, and ends with the operation
    waiting.join();
    BOOST_TEST(report.calls == 1);
}

// Its own context is asked, whatever it awaits.
BOOST_AUTO_TEST_CASE(of_a_coroutine) {
    for (const bool is_run : {false, true}) {
        reported report(is_run ? 200ms : 20ms);
        asio::io_context context;
        async_source<> source;
        const auto op = await(context, source.operation());
        joining_thread waiting([&] { is_run ? op.get(context) : op.get(); });
        BOOST_TEST(report.wait.get_future().get().context_has_run.value() == is_run);
        source.set_value();
        if (!is_run)
            context.run();
    }
}

BOOST_AUTO_TEST_CASE(of_a_strand) {
    reported report;
    asio::io_context context;
    auto strand = asio::make_strand(context);
    const auto op = asio::post(strand, use_async_info);
    joining_thread waiting([&] { op.wait(); });
    BOOST_TEST(report.wait.get_future().get().context_has_run.value() == false);
    context.run();
}

BOOST_AUTO_TEST_CASE(of_a_queue_that_nobody_polls) {
    reported report;
    asyncinfo::completion_queue queue;
    const auto op = asio::post(queue, use_async_info);
    joining_thread waiting([&] { op.wait(); });
    BOOST_TEST(report.wait.get_future().get().context_has_run.value() == false);
    queue.poll();
}

BOOST_AUTO_TEST_CASE(of_a_producer_that_does_not_end_it) {
    reported report;
    const async_source<int> source("answer");
    joining_thread waiting([&] { source.operation().get(); });
    const wait_type wait = report.wait.get_future().get();
    BOOST_TEST(!wait.context_has_run);
    BOOST_TEST(to_string(wait).ends_with(" (answer), which its producer has not ended"));
    source.set_value(1);
}

// A thread that runs one context waits for what is of another.
BOOST_AUTO_TEST_CASE(of_a_thread_that_runs_something_else) {
    reported report;
    asio::io_context mine, others;
    const auto op = asio::post(others, use_async_info);
    joining_thread waiting([&] { op.get(mine); });
    BOOST_TEST(report.wait.get_future().get().context_has_run.value() == false);
    others.run();
}

BOOST_AUTO_TEST_CASE(its_handler_may_throw_to_end_the_wait) {
    asyncinfo::set_long_wait_handler(1ms, [](const wait_type&) { throw gives_up(); });
    asio::io_context context;
    async_source<> source;
    BOOST_CHECK_THROW(source.operation().wait(), gives_up);
    BOOST_CHECK_THROW(source.operation().get(context), gives_up);
    asyncinfo::set_long_wait_handler(0s);
    BOOST_TEST(source.set_value());
    BOOST_TEST((source.operation().wait() == AsyncStatus::Completed));
}

BOOST_AUTO_TEST_CASE(says_nothing_of_a_wait_with_a_limit_nor_when_it_is_off) {
    const async_source<> source;
    {
        asyncinfo::set_long_wait_handler(1ms, [](const wait_type&) { BOOST_ERROR("called"); });
        BOOST_TEST((source.operation().wait_for(10ms) == AsyncStatus::Started));
        asyncinfo::set_long_wait_handler(0s);
    }
    asio::io_context context;
    const auto op = asio::post(context, use_async_info);
    asyncinfo::set_long_wait_handler(1h);
    joining_thread waiting([&] { op.wait(); });
    context.run(); // with nothing of the library's left in there
    waiting.join();
    asyncinfo::set_long_wait_handler(0s);
}

// What was posted to a context goes with it.
BOOST_AUTO_TEST_CASE(of_a_context_that_dies) {
    reported report;
    std::optional<asio::io_context> context(std::in_place);
    const auto op = asio::post(*context, use_async_info);
    auto waiting = std::async(std::launch::async, [&] { return op.wait(); });
    BOOST_TEST(report.wait.get_future().get().context_has_run.value() == false);
    context.reset();
    BOOST_TEST((waiting.get() == AsyncStatus::Error));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::long_wait_test
