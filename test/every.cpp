// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::every_test {
namespace {

/// A clock that stands still but for what the test says.
struct clock {
    using duration = std::chrono::milliseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<clock>;
    static time_point now() { return time_point(duration(time.load())); }

    static inline std::atomic<rep> time{-1000};
};

template <typename Handler>
auto at_most_every(std::chrono::milliseconds interval, Handler handler) {
    return asyncinfo::every<clock>(interval, std::move(handler));
}

/// A source whose handlers write down what is called, "C" for Completed.
struct fixture {
    std::optional<async_source<void, std::string>> source{std::in_place};
    IAsyncActionWithProgress<std::string> op = source->operation();
    std::string log;

    auto progress() {
        return [this](auto&, const std::string& value) { log += value; };
    }
    auto completed() {
        return [this](auto&, AsyncStatus) { log += 'C'; };
    }

    /// Each value 40 ms after the one before.
    void report(const std::string& values) {
        for (const char value : values) {
            clock::time += 40;
            source->report(std::string(1, value));
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(every)

// "Called once per interval at the most": the first value, and one of three; and the last one.
BOOST_FIXTURE_TEST_CASE(calls_once_per_interval_and_for_the_last_value, fixture) {
    op.Progress(at_most_every(100ms, progress()));
    op.Completed(completed());
    report("123456789");
    BOOST_TEST(log == "147");
    BOOST_TEST((op.progress() == "9"));
    source->set_value();
    BOOST_TEST(log == "1479C");
}

// What has been told is not told again, and nothing is told of nothing.
BOOST_FIXTURE_TEST_CASE(tells_the_last_value_once, fixture) {
    op.Progress(at_most_every(100ms, progress()));
    op.Completed(completed());
    report("1234");
    BOOST_TEST(log == "14");
    source->set_error(std::make_error_code(std::errc::io_error));
    BOOST_TEST(log == "14C");

    const async_source<void, std::string> silent;
    silent.operation().Progress(at_most_every(100ms, progress()));
    silent.operation().Completed(completed());
    silent.set_canceled();
    BOOST_TEST(log == "14CC");
}

// Exactly the interval is enough.
BOOST_FIXTURE_TEST_CASE(calls_when_the_interval_is_over, fixture) {
    op.Progress(at_most_every(40ms, progress()));
    report("12");
    clock::time -= 1;
    report("34");
    BOOST_TEST(log == "124");
}

// "An interval of zero or less: for every value."
BOOST_FIXTURE_TEST_CASE(of_no_time_calls_for_every_value, fixture) {
    for (const auto interval : {0ms, -1ms, std::chrono::milliseconds::min()}) {
        log.clear();
        op.Progress(at_most_every(interval, progress()));
        source->report("1");
        source->report("2");
        BOOST_TEST(log == "12");
    }
    log.clear();
    for (const auto interval : {std::chrono::hours::max(), 24h}) {
        op.Progress(asyncinfo::every(interval, progress()));
        source->report("1");
        source->report("2");
    }
    BOOST_TEST(log == "11");
    op.Progress(asyncinfo::every(std::chrono::duration<double>(1e300), progress()));
    source->report("3");
    op.Progress(asyncinfo::every(std::chrono::duration<double>(-1e300), progress()));
    source->report("4");
    source->report("5");
    BOOST_TEST(log == "11345");
}

// A handler that takes the place of another knows nothing of what that one was not told.
BOOST_FIXTURE_TEST_CASE(starts_anew_with_another_handler, fixture) {
    op.Progress(at_most_every(100ms, progress()));
    report("12");
    op.Progress(at_most_every(100ms, progress()));
    report("34");
    op.Progress(progress());
    report("56");
    op.Progress(at_most_every(100ms, progress()));
    report("78");
    op.Progress(nullptr);
    source->set_value();
    BOOST_TEST(log == "13567");
}

// "`bind_executor` may stand inside or outside", and coalesces: one value is kept, the latest.
BOOST_FIXTURE_TEST_CASE(on_an_executor_coalesces, fixture) {
    for (const bool inside : {false, true}) {
        asio::io_context context;
        allocations counted;
        log.clear();
        const auto bind = [&](auto handler) {
            return asio::bind_executor(
                context,
                asio::bind_allocator(counting_allocator<char>(counted), std::move(handler)));
        };
        if (inside)
            op.Progress(at_most_every(100ms, bind(progress())));
        else
            op.Progress(bind(at_most_every(100ms, progress())));
        BOOST_TEST(counted.made == 1);
        report("123456789");
        BOOST_TEST(log == "");
        BOOST_TEST(counted.made == 2); // one submission, however much is reported
        context.run();
        BOOST_TEST(log == "9");
        report("12");
        run_again(context);
        BOOST_TEST(log == "9");
        report("3");
        run_again(context);
        BOOST_TEST(log == "93");
        op.Progress(nullptr);
    }
}

// "The handler's executor and allocator are kept", also for who asks with something else in mind.
BOOST_AUTO_TEST_CASE(keeps_what_is_associated_with_the_handler) {
    asio::io_context context, other;
    allocations counted, others;
    using allocator = counting_allocator<char>;
    const auto handler = at_most_every(
        100ms,
        asio::bind_executor(context, asio::bind_allocator(allocator(counted), [](auto...) {})));
    BOOST_TEST((asio::get_associated_executor(handler) == context.get_executor()));
    BOOST_TEST(
        (asio::get_associated_executor(handler, other.get_executor()) == context.get_executor()));
    BOOST_TEST((asio::get_associated_allocator(handler) == allocator(counted)));
    BOOST_TEST((asio::get_associated_allocator(handler, allocator(others)) == allocator(counted)));
}

// "The last value of all is always told, before Completed is called", and the end does not wait.
BOOST_AUTO_TEST_CASE(on_an_executor_tells_the_last_value_before_completed) {
    for (const bool set_late : {false, true})
        for (const bool bound : {false, true})
            for (const bool on_its_way : {false, true}) {
                fixture f;
                asio::io_context context;
                f.op.Progress(at_most_every(100ms, asio::bind_executor(context, f.progress())));
                const auto set = [&] {
                    if (bound)
                        f.op.Completed(asio::bind_executor(context, f.completed()));
                    else
                        f.op.Completed(f.completed());
                };
                if (!set_late)
                    set();
                f.report("1");
                context.run();
                f.report("2");
                if (on_its_way)
                    f.report("34");
                f.source->set_value();
                BOOST_TEST(f.op.wait() == AsyncStatus::Completed);
                if (set_late)
                    set();
                BOOST_TEST(f.log == "1");
                run_again(context);
                BOOST_TEST(f.log == (on_its_way ? "14C" : "12C"));
            }
}

// In the executor already: told at the end, in there.
BOOST_FIXTURE_TEST_CASE(in_its_executor_tells_the_last_value_at_once, fixture) {
    asio::io_context context;
    op.Progress(at_most_every(100ms, asio::bind_executor(context, progress())));
    op.Completed(completed());
    asio::post(context, [&] {
        report("12");
        source->set_value();
        BOOST_TEST(log == "12C");
    });
    context.run();
}

// "or has been lost with its executor"; Close, and taking the handler away, lose it too.
BOOST_AUTO_TEST_CASE(loses_the_last_value_with_its_executor) {
    for (const int what : {0, 1, 2}) {
        fixture f;
        auto context = std::make_optional<asio::io_context>();
        f.op.Progress(at_most_every(100ms, asio::bind_executor(*context, f.progress())));
        f.op.Completed(f.completed());
        f.report("1");
        f.source->set_value();
        BOOST_TEST(f.log == "");
        if (what == 0) {
            context.reset();
        } else {
            if (what == 1)
                f.op.Progress(nullptr);
            else
                f.op.Close();
            context->run();
        }
        BOOST_TEST(f.log == "C");
    }
}

// The end comes during a call, and the last value after it.
BOOST_FIXTURE_TEST_CASE(tells_the_last_value_after_a_call_that_is_being_made, fixture) {
    op.Progress(at_most_every(100ms, [&](auto&, const std::string& value) {
        log += value;
        if (value != "1")
            return;
        source->report("2");
        source->report("3");
        source->set_value();
        BOOST_TEST(op.Status() == AsyncStatus::Started);
    }));
    op.Completed(completed());
    source->report("1");
    BOOST_TEST(log == "13C");
}

// "A transfer is never slowed by a slow observer": who reports does not wait for a call.
BOOST_FIXTURE_TEST_CASE(does_not_hold_up_who_reports, fixture) {
    asio::thread_pool pool(1);
    semaphore in_call(0), go_on(0);
    op.Progress(asio::bind_executor(pool, at_most_every(1ms, [&](auto&, auto& value) {
                                        log += value;
                                        in_call.release();
                                        go_on.acquire();
                                    })));
    report("1");
    in_call.acquire();
    for (int i = 0; i != 1000; ++i)
        report("2");
    report("3");
    source->set_value();
    BOOST_TEST(op.wait() == AsyncStatus::Completed);
    go_on.release();
    in_call.acquire();
    go_on.release();
    pool.join();
    BOOST_TEST(log == "13");
}

// What the handler throws for the last value goes to whoever ends the operation.
BOOST_FIXTURE_TEST_CASE(may_throw, fixture) {
    op.Progress(at_most_every(100ms, [&](auto&, const std::string& value) {
        if (value == "2")
            throw 2;
    }));
    op.Completed(completed());
    report("12");
    BOOST_CHECK_EXCEPTION(source->set_value(), int, [](int i) { return i == 2; });
    BOOST_TEST(log == "C");
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

// One delegate, several operations: each at its pace.
BOOST_FIXTURE_TEST_CASE(is_for_each_operation_alone, fixture) {
    const async_source<void, std::string> other;
    const asyncinfo::AsyncActionProgressHandler<std::string> shared =
        at_most_every(100ms, progress());
    op.Progress(shared);
    other.operation().Progress(shared);
    source->report("a");
    other.report("b");
    BOOST_TEST(log == "ab");
}

BOOST_AUTO_TEST_CASE(has_no_handler_in_it) {
    using handler = asyncinfo::AsyncActionProgressHandler<int>;
    const std::function<void(const IAsyncActionWithProgress<int>&, const int&)> none;
    asio::io_context context;
    BOOST_TEST(!handler(asyncinfo::every(1ms, none)));
    BOOST_TEST(!handler(asio::bind_executor(context, asyncinfo::every(1ms, none))));
    BOOST_TEST(!handler(asyncinfo::every(1ms, asio::bind_executor(context, none))));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::every_test
