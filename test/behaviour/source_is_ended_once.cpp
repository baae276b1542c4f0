// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::source_is_ended_once_test {
namespace {

constexpr int threads = 8;
const int rounds = race_rounds(2000);

/// Each thread ends it in its own way, and knows it from what the operation then says.
template <typename Source>
bool end(const Source& source, int thread) {
    switch (thread % 4) {
    case 0:
        return source.set_value(std::to_string(thread));
    case 1:
        return source.set_error(asio::error::basic_errors(asio::error::eof));
    case 2:
        return source.set_canceled();
    default:
        return source.set_error(std::make_exception_ptr(thread));
    }
}

template <typename Handle>
bool was_ended_by(const Handle& op, int thread) {
    try {
        return op.GetResults() == std::to_string(thread);
    } catch (int thrown) {
        return thrown == thread;
    } catch (...) {
        return op.Status() == (thread % 4 == 2 ? AsyncStatus::Canceled : AsyncStatus::Error);
    }
}

/// `disturb` is run by one more thread meanwhile.
template <typename P, typename Disturb>
int failures(Disturb disturb) {
    int bad = 0;
    for (int round = 0; round != rounds; ++round) {
        const async_source<std::string, P> source;
        const auto op = source.operation();
        std::atomic<int> completed = 0, winners = 0, winner = -1;
        op.Completed([&](auto& sender, AsyncStatus status) {
            completed += sender == op && sender.Status() == status;
        });
        std::vector<std::function<void()>> calls{[&] { disturb(source); }};
        for (int thread = 0; thread != threads; ++thread)
            calls.push_back([&, thread] {
                if (end(source, thread)) {
                    ++winners;
                    winner = thread;
                }
            });
        at_once(calls);
        bad += winners != 1 || completed != 1 || !was_ended_by(op, winner) || end(source, 0);
    }
    return bad;
}

} // namespace

BOOST_AUTO_TEST_SUITE(source_is_ended_once)

BOOST_AUTO_TEST_CASE(by_one_of_eight_threads) {
    BOOST_TEST(failures<void>([](auto&) {}) == 0);
}

BOOST_AUTO_TEST_CASE(by_one_of_eight_threads_while_another_cancels) {
    BOOST_TEST(failures<void>([](auto& source) {
                   std::atomic<int> calls = 0;
                   source.operation().Cancel();
                   source.on_cancel([&] { ++calls; });
                   source.on_cancel(nullptr);
                   BOOST_TEST(calls <= 1);
               }) == 0);
}

// The callback ends it, too.
BOOST_AUTO_TEST_CASE(by_threads_or_the_callback) {
    int bad = 0;
    for (int round = 0; round != rounds; ++round) {
        const async_source<int> source;
        const auto op = source.operation();
        std::atomic<int> winners = 0;
        source.on_cancel([&] { winners += source.set_canceled(); });
        at_once(
            {[&] { op.wait(); }, [&] { winners += source.set_value(1); }, [&] { op.Cancel(); }});
        bad += winners != 1;
    }
    BOOST_TEST(bad == 0);
}

BOOST_AUTO_TEST_CASE(by_one_of_eight_threads_while_another_reports) {
    BOOST_TEST(failures<int>([](auto& source) {
                   int calls = 0;
                   source.operation().Progress([&](auto&, int value) { calls = value; });
                   int reported = 0;
                   while (source.report(reported + 1))
                       ++reported;
                   // Nobody else reports: every call has been made here.
                   BOOST_TEST(calls == reported);
               }) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::source_is_ended_once_test
