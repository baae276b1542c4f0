// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <ratio>

namespace asyncinfo_test::waiting_blocks_until_the_end_test {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;
using std::chrono::system_clock;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

using wait = std::function<AsyncStatus(const IAsyncInfo&)>;

template <typename Duration>
wait for_(Duration d) {
    return [d](const IAsyncInfo& op) { return op.wait_for(d); };
}

template <typename Time>
wait until(Time t) {
    return [t](const IAsyncInfo& op) { return op.wait_until(t); };
}

/// A clock that some other library made: its seconds are long, and it does not start in 1970.
struct slow_clock {
    using rep = std::int32_t;
    using period = std::ratio<1, 50>;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<slow_clock>;
    [[maybe_unused]] static constexpr bool is_steady = true;

    static time_point now() {
        static const auto start = steady_clock::now();
        return time_point(std::chrono::duration_cast<duration>(steady_clock::now() - start));
    }
};

// d ≤ 0, and what cannot be told from it.
const std::pair<const char*, wait> polls[] = {
    {"0s", for_(0s)},
    {"-1ns", for_(-1ns)},
    {"-1h", for_(-1h)},
    {"nanoseconds::min", for_(std::chrono::nanoseconds::min())},
    {"hours::min", for_(std::chrono::hours::min())},
    {"-0.0s", for_(duration<double>(-0.0))},
    {"-infinity", for_(duration<double>(-infinity))},
    {"not a number", for_(duration<double>(not_a_number))},
    {"0 of an unsigned count", for_(duration<unsigned>(0))},
    {"steady now", until(steady_clock::now())},
    {"system now", until(system_clock::now())},
    {"steady min", until(steady_clock::time_point::min())},
    {"system min", until(system_clock::time_point::min())},
    {"steady epoch", until(steady_clock::time_point())},
    {"a slow clock's min", until(slow_clock::time_point::min())},
    {"hours::min of system time",
     until(std::chrono::time_point<system_clock, std::chrono::hours>::min())},
};

// What is as good as for ever.
const std::pair<const char*, wait> for_ever[] = {
    {"wait", [](const IAsyncInfo& op) { return op.wait(); }},
    {"24h", for_(24h)},
    {"nanoseconds::max", for_(std::chrono::nanoseconds::max())},
    {"nanoseconds::max - uptime", for_(steady_clock::time_point::max() - steady_clock::now())},
    {"seconds::max", for_(std::chrono::seconds::max())},
    {"hours::max", for_(std::chrono::hours::max())},
    {"years::max", for_(duration<std::int64_t, std::ratio<31556952>>::max())},
    {"unsigned max", for_(duration<std::uint64_t>::max())},
    {"1e300s", for_(duration<double>(1e300))},
    {"1e38s as float", for_(duration<float>(1e38f))},
    {"9.2e9s", for_(duration<double>(9.2e9))},
    {"infinity", for_(duration<double>(infinity))},
    {"steady max", until(steady_clock::time_point::max())},
    {"system max", until(system_clock::time_point::max())},
    {"system time in 24h", until(system_clock::now() + 24h)},
    {"a slow clock's max", until(slow_clock::time_point::max())},
    {"hours::max of steady time",
     until(std::chrono::time_point<steady_clock, std::chrono::hours>::max())},
    {"hours::max of system time",
     until(std::chrono::time_point<system_clock, std::chrono::hours>::max())},
};

} // namespace

BOOST_AUTO_TEST_SUITE(waiting_blocks_until_the_end)

// §6: "d ≤ 0 polls".
BOOST_AUTO_TEST_CASE(zero_and_less_polls) {
    for (const auto& [name, poll] : polls)
        BOOST_TEST_CONTEXT(name) {
            pending<void()> operation;
            const auto op = operation.start(use_async_info);
            BOOST_TEST(poll(op) == AsyncStatus::Started);
            operation.complete();
            BOOST_TEST(poll(op) == AsyncStatus::Completed);
        }
}

// Polling is never a dead lock, not even where waiting would be.
BOOST_AUTO_TEST_CASE(polling_is_allowed_on_the_operations_own_thread) {
    asio::io_context context;
    std::vector<AsyncStatus> seen;
    pending<void()> operation;
    const auto op = operation.start_on(context.get_executor(), use_async_info);
    asio::post(context, [&] {
        for (const auto& [name, poll] : polls)
            seen.push_back(poll(op));
    });
    context.run();
    BOOST_TEST(seen == std::vector(std::size(polls), AsyncStatus::Started), per_element());
    operation.complete();
}

// §6, issue: "negative or huge time-outs (saturate)".
BOOST_AUTO_TEST_CASE(huge_times_wait_for_ever) {
    for (const auto& [name, wait_for_ever] : for_ever)
        BOOST_TEST_CONTEXT(name) {
            pending<void()> operation;
            const auto op = operation.start(use_async_info);
            auto waiting =
                std::async(std::launch::async, [op, w = &wait_for_ever] { return (*w)(op); });
            waiter::until_there_is_one(op);
            // Else the end may come first on a busy machine, and hide a wait that is over already.
            BOOST_TEST((waiting.wait_for(5ms) == std::future_status::timeout));
            operation.complete();
            BOOST_TEST(waiting.get() == AsyncStatus::Completed);
            BOOST_TEST(wait_for_ever(op) == AsyncStatus::Completed);
        }
}

// §6: "a time-out returns AsyncStatus::Started and cancels nothing".
BOOST_AUTO_TEST_CASE(a_time_out_cancels_nothing) {
    pending<void(error_code)> operation;
    const auto op = operation.start(use_async_info);
    asio::io_context idle;
    const auto before = steady_clock::now();
    error_code error = asio::error::fault;
    BOOST_TEST(op.wait_for(1ms) == AsyncStatus::Started);
    BOOST_TEST(op.wait_for(1ms, error) == AsyncStatus::Started);
    BOOST_TEST(error == error_code());
    BOOST_TEST(op.wait_for(duration<double, std::milli>(1.5)) == AsyncStatus::Started);
    BOOST_TEST(op.wait_until(steady_clock::now() + 1ms) == AsyncStatus::Started);
    const auto system_time = system_clock::now() + 1ms;
    BOOST_TEST(op.wait_until(system_time) == AsyncStatus::Started);
    BOOST_TEST((system_clock::now() >= system_time));
    const auto slow_time = slow_clock::now() + slow_clock::duration(1);
    BOOST_TEST(op.wait_until(slow_time, error) == AsyncStatus::Started);
    BOOST_TEST((slow_clock::now() >= slow_time));
    BOOST_TEST(op.wait_for(idle, 1ms) == AsyncStatus::Started);
    // None was over before its time.
    BOOST_TEST((steady_clock::now() - before >= 6ms));

    BOOST_TEST(!op.cancel_requested());
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    operation.complete({});
    BOOST_TEST(op.wait_for(1ms) == AsyncStatus::Completed);
}

// §6: "Any number of waiters, any number of times, from any thread [...] get() gives the result or
// throws as GetResults() does; wait* return the status and do not throw for Canceled or Error."
BOOST_AUTO_TEST_CASE(many_wait_many_times) {
    const std::pair<error_code, AsyncStatus> endings[] = {
        {{}, AsyncStatus::Completed},
        {asio::error::operation_aborted, AsyncStatus::Canceled},
        {asio::error::eof, AsyncStatus::Error},
    };
    for (const auto& [code, status] : endings)
        BOOST_TEST_CONTEXT(status) {
            pending<void(error_code, int)> operation;
            const auto op = operation.start(use_async_info);
            std::atomic<int> good = 0, bad = 0;
            std::vector<joining_thread> threads;
            const auto expect = [&](bool truth) { ++(truth ? good : bad); };
            for (int i = 0; i != 4; ++i) {
                threads.emplace_back([&, expected = status] {
                    expect(op.wait() == expected);
                    expect(op.wait() == expected);
                });
                threads.emplace_back([&, expected = status] {
                    expect(op.wait_for(24h) == expected);
                    expect(op.wait_until(system_clock::now() + 24h) == expected);
                });
                threads.emplace_back([&, expected = status] {
                    AsyncStatus seen;
                    do // times out often, each time leaving the others in peace
                        seen = op.wait_for(100us);
                    while (seen == AsyncStatus::Started);
                    expect(seen == expected);
                });
                threads.emplace_back([&, expected = code] {
                    try {
                        expect(op.get() == 7 && !expected);
                    } catch (const system_error& e) {
                        expect(e.code() == expected);
                    }
                    error_code error;
                    expect(op.get(error).has_value() == !expected && error == expected);
                });
            }
            waiter::until_there_is_one(op);
            operation.complete(code, 7);
            threads.clear();
            BOOST_TEST(good == 4 * 7);
            BOOST_TEST(bad == 0);
        }
}

// A time-out that races with the end gives one or the other, and the waiter's memory is not touched
// afterwards.
BOOST_AUTO_TEST_CASE(a_time_out_may_race_with_the_end) {
    int bad = 0;
    for (int round = 0; round != 500; ++round) {
        pending<void()> operation;
        const auto op = operation.start(use_async_info);
        AsyncStatus first{};
        at_once({[&] { first = op.wait_for(std::chrono::nanoseconds(round * 100)); },
                 [&] { operation.complete(); }});
        bad += first != AsyncStatus::Started && first != AsyncStatus::Completed;
        bad += op.wait() != AsyncStatus::Completed;
    }
    BOOST_TEST(bad == 0);
}

// §3: "Result and code are visible to whoever sees the new status, on any thread."
BOOST_AUTO_TEST_CASE(whoever_sees_the_end_sees_the_result) {
    asio::thread_pool pool(1);
    int bad = 0;
    for (int round = 0; round != 500; ++round) {
        pending<void(error_code, std::vector<int>)> operation;
        const auto op = operation.start(use_async_info);
        int written_before = 0;
        asio::post(pool, [&] {
            written_before = round;
            operation.complete({}, std::vector<int>(8, round));
        });
        while (op.Status() == AsyncStatus::Started)
            std::this_thread::yield();
        bad += written_before != round || op.GetResults() != std::vector<int>(8, round);
    }
    pool.join();
    BOOST_TEST(bad == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::waiting_blocks_until_the_end_test
