// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::progress_is_never_called_after_completed_test {
namespace {

/// Writes down what is called, "1" for progress 1 and "C" for Completed.
auto progress_into(std::string& log) {
    return [&log](auto&, int value) { log += std::to_string(value); };
}
auto completed_into(std::string& log) {
    return [&log](auto&, AsyncStatus) { log += 'C'; };
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_is_never_called_after_completed)

BOOST_AUTO_TEST_CASE(by_whoever_reports_too_late) {
    const async_source<void, int> source;
    std::string log;
    source.operation().Progress(progress_into(log));
    source.operation().Completed([&](auto&, AsyncStatus) {
        BOOST_TEST(!source.report(2));
        log += 'C';
    });
    BOOST_TEST(source.report(1));
    source.set_value();
    BOOST_TEST(!source.report(3));
    BOOST_TEST(log == "1C");
    BOOST_TEST((source.operation().progress() == 1));
}

// The end comes when the call that is being made has returned, on the thread that makes it.
BOOST_AUTO_TEST_CASE(when_the_operation_ends_during_a_call) {
    const async_source<int, int> source;
    const auto op = source.operation();
    std::string log;
    semaphore in_call(0), go_on(0);
    op.Progress([&](auto&, int value) {
        if (value == 1) {
            in_call.release();
            go_on.acquire();
        }
        log += std::to_string(value);
    });
    std::thread::id completed_on;
    op.Completed([&](auto&, AsyncStatus) {
        log += 'C';
        completed_on = std::this_thread::get_id();
    });
    std::thread calling([&] { source.report(1); });
    const auto id = calling.get_id();
    in_call.acquire();
    BOOST_TEST(source.report(2)); // before the end, so it is told
    BOOST_TEST(source.set_value(7));
    BOOST_TEST(!source.report(3));
    BOOST_TEST(!source.set_value(8));
    BOOST_TEST((op.Status() == AsyncStatus::Started)); // so nobody is woken during a call
    BOOST_TEST(op.wait_for(1ms) == AsyncStatus::Started);
    go_on.release();
    BOOST_TEST(op.get() == 7);
    calling.join();
    BOOST_TEST(log == "12C");
    BOOST_TEST((completed_on == id));
}

BOOST_AUTO_TEST_CASE(when_the_handler_ends_the_operation) {
    for (const bool throws : {false, true}) {
        std::optional<async_source<void, int>> source(std::in_place);
        const auto op = source->operation();
        std::string log;
        op.Progress([&](auto&, int value) {
            if (value == 1) {
                source->report(2);
                BOOST_TEST(source->set_canceled());
                BOOST_TEST(!source->report(3));
                source.reset();
            }
            log += std::to_string(value);
            if (throws)
                throw value;
        });
        op.Completed(completed_into(log));
        if (throws)
            BOOST_CHECK_EXCEPTION(source->report(1), int, [](int value) { return value == 1; });
        else
            BOOST_TEST(source->report(1));
        BOOST_TEST(log == "12C");
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    }
}

// On its executor: the same, but the end itself comes at once.
BOOST_AUTO_TEST_CASE(when_the_handler_ends_the_operation_on_its_executor) {
    asio::io_context context;
    const async_source<void, int> source;
    const auto op = source.operation();
    std::string log;
    op.Progress(asio::bind_executor(context, [&](auto& sender, int value) {
        source.report(2); // dropped, since Completed is due before
        BOOST_TEST(source.set_value());
        BOOST_TEST(sender.wait() == AsyncStatus::Completed);
        log += std::to_string(value);
    }));
    op.Completed(completed_into(log));
    source.report(1);
    context.run();
    BOOST_TEST(log == "1C");
}

// Waiting for the end in a call that the end waits for is refused.
BOOST_AUTO_TEST_CASE(so_the_handler_must_not_wait_for_the_end) {
    for (const bool ended : {false, true}) {
        const async_source<int, int> source;
        const auto op = source.operation();
        error_code error;
        op.Progress([&](auto& sender, int) {
            if (ended)
                source.set_value(7);
            sender.get(error);
        });
        source.report(1);
        BOOST_TEST((error == errc::would_deadlock));
        BOOST_TEST(op.Status() == (ended ? AsyncStatus::Completed : AsyncStatus::Started));
    }
}

// Reporters against the end.
BOOST_AUTO_TEST_CASE(when_threads_report_while_the_operation_ends) {
    int bad = 0;
    for (int round = 0; round != race_rounds(2000); ++round) {
        const async_source<void, int> source;
        const auto op = source.operation();
        int calls = 0; // not atomic: whoever has seen the end reads it
        std::atomic<bool> over = false, late = false;
        std::atomic<int> told = 0, completed = 0;
        op.Progress([&](auto&, int) {
            if (over)
                late = true;
            ++calls;
        });
        op.Completed([&](auto&, AsyncStatus) {
            over = true;
            ++completed;
        });
        int seen = 0;
        const auto report = [&] {
            while (source.report(1))
                ++told;
        };
        const auto end = [&] {
            while (told < 3)
                std::this_thread::yield();
            source.set_value();
            op.get();
            seen = calls;
        };
        at_once({end, report, report});
        bad += late || completed != 1 || calls != seen || seen != told;
    }
    BOOST_TEST(bad == 0);
}

// With both on one executor everything comes through, in order.
BOOST_AUTO_TEST_CASE(on_the_executor_of_both) {
    asio::io_context context;
    const async_source<void, int> source;
    std::string log;
    source.operation().Progress(asio::bind_executor(context, progress_into(log)));
    source.operation().Completed(asio::bind_executor(context, completed_into(log)));
    for (int i = 1; i <= 3; ++i)
        source.report(i);
    source.set_value();
    BOOST_TEST(log == "");
    context.run();
    BOOST_TEST(log == "123C");
}

// What has not come through when Completed is called is dropped; the end waits for no executor.
BOOST_AUTO_TEST_CASE(on_an_executor_that_is_late) {
    for (const bool set_late : {false, true}) {
        asio::io_context context;
        const async_source<void, int> source;
        const auto op = source.operation();
        std::string log;
        op.Progress(asio::bind_executor(context, progress_into(log)));
        if (!set_late)
            op.Completed(completed_into(log));
        source.report(1);
        source.set_value();
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
        if (set_late)
            op.Completed(completed_into(log));
        BOOST_TEST(log == "C");
        context.run();
        BOOST_TEST(log == "C");
    }
}

// Nobody says Completed: what is on its way after the end comes, unless somebody takes it away.
BOOST_AUTO_TEST_CASE(but_after_the_end_it_may_still_come_through) {
    for (const int what : {0, 1, 2, 3, 4}) {
        asio::io_context context;
        const async_source<void, int> source;
        const auto op = source.operation();
        std::string log;
        op.Progress(asio::bind_executor(context, progress_into(log)));
        source.report(1);
        source.report(2);
        source.set_value();
        if (what == 1)
            op.Progress(nullptr);
        if (what == 2)
            op.Progress([](auto&, int) { BOOST_ERROR("set after the end"); });
        if (what == 3)
            op.Progress(
                asio::bind_executor(context, [](auto&, int) { BOOST_ERROR("set after the end"); }));
        if (what == 4)
            op.Close();
        context.run();
        BOOST_TEST(log == (what == 0 ? "12" : ""));
    }
}

// Completed does not meet a call on another executor: it comes right after it.
BOOST_AUTO_TEST_CASE(when_the_operation_ends_during_a_call_on_another_executor) {
    for (const bool set_late : {false, true})
        for (const bool bound : {false, true}) {
            asio::thread_pool pool(1);
            asio::io_context context;
            const async_source<void, int> source;
            const auto op = source.operation();
            std::string log;
            semaphore in_call(0), go_on(0);
            op.Progress(asio::bind_executor(pool, [&](auto&, int value) {
                in_call.release();
                go_on.acquire();
                log += std::to_string(value);
            }));
            const auto set = [&] {
                if (bound)
                    op.Completed(asio::bind_executor(context, completed_into(log)));
                else
                    op.Completed(completed_into(log));
            };
            if (!set_late)
                set();
            source.report(1);
            source.report(2);
            in_call.acquire();
            source.set_value();
            // The end itself waits for nobody.
            BOOST_TEST(op.wait() == AsyncStatus::Completed);
            if (set_late)
                set();
            context.run();
            go_on.release();
            pool.join();
            run_again(context);
            BOOST_TEST(log == "1C");
        }
}

// The same as a race, with a Completed that is set early or late.
BOOST_AUTO_TEST_CASE(on_a_pool_while_the_operation_ends) {
    int bad = 0;
    asio::thread_pool pool(2);
    for (int round = 0; round != race_rounds(2000); ++round) {
        const async_source<void, int> source;
        const auto op = source.operation();
        std::atomic<int> inside = 0, completed = 0;
        std::atomic<bool> over = false, wrong = false;
        op.Progress(asio::bind_executor(pool, [&](auto&, int) {
            ++inside;
            if (over)
                wrong = true;
            --inside;
        }));
        latch done(1);
        const auto set = [&] {
            op.Completed([&](auto&, AsyncStatus) {
                over = true;
                if (inside != 0)
                    wrong = true;
                ++completed;
                done.count_down();
            });
        };
        if (round % 2)
            set();
        const auto report = [&] {
            while (source.report(1)) {
            }
        };
        const auto end = [&] {
            source.set_value();
            if (round % 2 == 0)
                set();
        };
        at_once({report, end});
        done.wait();
        // Whatever is on its way still refers to this round. (The threads may be in there longer.)
        const auto passed = std::make_shared<latch>(2);
        for (int thread = 0; thread != 2; ++thread)
            asio::post(pool, [passed] { passed->arrive_and_wait(); });
        passed->wait();
        bad += wrong || completed != 1;
    }
    pool.join();
    BOOST_TEST(bad == 0);
}

// Completed does not wait for a call that will never be made.
BOOST_AUTO_TEST_CASE(or_at_all_when_its_executor_dies) {
    const async_source<void, int> source;
    const auto op = source.operation();
    auto context = std::make_optional<asio::io_context>();
    std::string log;
    op.Progress(asio::bind_executor(*context, progress_into(log)));
    op.Completed(completed_into(log));
    source.report(1);
    context.reset();
    source.set_value();
    BOOST_TEST(log == "C");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::progress_is_never_called_after_completed_test
