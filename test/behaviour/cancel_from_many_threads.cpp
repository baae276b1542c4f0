// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.1: from any thread, any number of times; here from eight at once, with different types. What
/// arrives are unions that grow, the last one being all that was asked for.
namespace asyncinfo_test::cancel_from_many_threads_test {
namespace {

using types = asio::cancellation_type_t;

constexpr types requests[8] = {
    asio::cancellation_type::terminal,
    asio::cancellation_type::partial,
    asio::cancellation_type::total,
    asio::cancellation_type::none,
    asio::cancellation_type::terminal | asio::cancellation_type::total,
    asio::cancellation_type::terminal,
    asio::cancellation_type::partial,
    asio::cancellation_type::total,
};
constexpr types everything = asio::cancellation_type::terminal | asio::cancellation_type::partial |
                             asio::cancellation_type::total;

/// Eight threads that call `act(number)` at the same moment.
template <typename Act>
void eight_at_once(Act act) {
    std::vector<std::function<void()>> calls;
    for (std::size_t i = 0; i < 8; ++i)
        calls.push_back([&, i] { act(i); });
    at_once(calls);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_from_many_threads)

BOOST_AUTO_TEST_CASE(of_one_operation) {
    running_context context(2);
    for (int round = 0; round < 60; ++round) {
        played_operation played{context.get_executor()};
        std::vector<types> emitted; // by steps only
        const auto op = played.start(use_async_info, [&] {
            played.place([&](types t) {
                emitted.push_back(t);
                if (t == everything)
                    played.complete(asio::error::operation_aborted);
            });
        });
        eight_at_once([&](std::size_t i) {
            for (int n = 0; n < 5; ++n)
                op.Cancel(requests[i]);
        });
        BOOST_TEST(op.wait() == AsyncStatus::Canceled);
        BOOST_REQUIRE(!emitted.empty());
        BOOST_TEST((emitted.back() == everything));
        for (std::size_t i = 1; i < emitted.size(); ++i) {
            BOOST_TEST((emitted[i] != emitted[i - 1]));
            BOOST_TEST(((emitted[i] & emitted[i - 1]) == emitted[i - 1]));
        }
    }
}

BOOST_AUTO_TEST_CASE(of_operations_that_end_meanwhile) {
    running_context context(2);
    for (int round = 0; round < 60; ++round) {
        played_operation played{context.get_executor()};
        std::atomic<int> emitted = 0;
        const auto op =
            played.start(use_async_info, [&] { played.place([&](types) { ++emitted; }); });
        eight_at_once([&](std::size_t i) {
            if (i == 0)
                played.post([&] { played.complete(); });
            else
                op.Cancel();
        });
        BOOST_TEST(op.wait() == AsyncStatus::Completed);
        BOOST_TEST(emitted.load() <= 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_from_many_threads_test
