// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// The deadline comes while the operation ends, while it is cancelled, and while the deadline is
/// being set, on a pool of four threads without a strand: every operation ends once, in a status
/// that goes with its code, and nothing that arrived is lost.
namespace asyncinfo_test::deadline_races_completion_test {
namespace {

using std::chrono::microseconds;

const int rounds = race_rounds(10000);

void check_code(AsyncStatus status, const error_code& code) {
    if (status == AsyncStatus::Completed)
        BOOST_TEST(!code);
    else if (status == AsyncStatus::Canceled)
        BOOST_TEST(code == asio::error::operation_aborted);
    else
        BOOST_TEST(code == asio::error::timed_out);
}

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_races_completion)

BOOST_AUTO_TEST_CASE(of_timers_and_of_cancel) {
    running_context context(4);
    std::minstd_rand random(1);
    std::array<int, 4> seen{};
    constexpr std::size_t batch = 16;
    for (int round = 0; round < rounds / static_cast<int>(batch); ++round) {
        std::vector<std::unique_ptr<asio::steady_timer>> timers;
        std::vector<IAsyncAction> ops;
        for (std::size_t n = 0; n < batch; ++n) {
            const microseconds due(random() % 200), late(random() % 200);
            timers.push_back(std::make_unique<asio::steady_timer>(context, due));
            auto& timer = *timers.back();
            ops.push_back(n % 2 ? timer.async_wait(use_async_info.cancel_after(late))
                                : timer.async_wait(use_async_info));
            if (n % 2 == 0 || n % 3 == 0)
                ops.back().cancel_after(microseconds(random() % 200));
            if (n % 4 == 0)
                asio::post(context, [op = ops.back()] { op.Cancel(); });
        }
        for (const auto& op : ops) {
            const auto status = op.wait_for(long_enough);
            ++seen.at(static_cast<std::size_t>(status));
            check_code(status, op.ErrorCode());
        }
    }
    BOOST_TEST(seen.at(static_cast<std::size_t>(AsyncStatus::Started)) == 0);
    BOOST_TEST_MESSAGE(seen[1] << " completed, " << seen[2] << " canceled, " << seen[3]
                               << " timed out");
}

BOOST_AUTO_TEST_CASE(of_reads_with_partial_results) {
    running_context context(4);
    std::minstd_rand random(2);
    for (int round = 0; round < rounds / 20; ++round) {
        local::socket near_end(context), far_end(context);
        connect_pair(near_end, far_end);
        std::array<char, 8> bytes{};
        const auto op = asio::async_read(
            near_end, asio::buffer(bytes),
            asio::as_tuple(use_async_info.cancel_after(microseconds(random() % 100))));
        const std::size_t sent = random() % 9;
        for (std::size_t n = 0; n < sent; ++n)
            asio::write(far_end, asio::buffer("a", 1));
        const auto status = op.wait_for(long_enough);
        const auto [code, length] = op.GetResults();
        check_code(status, code);
        BOOST_TEST(op.ErrorCode() == code);
        BOOST_TEST((status == AsyncStatus::Completed) == (length == bytes.size()));
        BOOST_TEST(length + near_end.available() == sent);
    }
}

// The deadline is being set while the operation ends, on another thread, and while its timer fires.
BOOST_AUTO_TEST_CASE(of_an_operation_that_ends_while_the_deadline_is_set) {
    running_context context(2);
    for (int round = 0; round < rounds; ++round) {
        pending<void(error_code)> one;
        const IAsyncAction op = one.start_on(context.get_executor(), use_async_info);
        at_once({[&] { BOOST_TEST(op.wait_for(long_enough) == AsyncStatus::Completed); },
                 [&] { one.complete({}); }, [&] { op.cancel_after(round % 2 ? 1us : 1h); }});
    }
    context.finish(); // no timer of an hour keeps it
}

// The contexts are destroyed while all that goes on.
BOOST_AUTO_TEST_CASE(of_contexts_that_are_destroyed) {
    for (int round = 0; round < rounds / 20; ++round) {
        std::vector<IAsyncAction> ops;
        asio::thread_pool cancellers(1);
        {
            running_context context(3);
            std::vector<std::unique_ptr<asio::steady_timer>> timers;
            for (int n = 0; n < 8; ++n) {
                timers.push_back(std::make_unique<asio::steady_timer>(context, 1h));
                ops.push_back(timers.back()->async_wait(
                    use_async_info.cancel_after(microseconds(n * round % 64))));
                if (n % 2)
                    ops.back().cancel_after(microseconds(n * 8));
            }
            asio::post(cancellers, [op = ops[1]] { op.Cancel(); });
            context.stop();
            context.finish();
            cancellers.join();
            timers.clear();
        }
        for (const auto& op : ops)
            BOOST_TEST(op.Status() != AsyncStatus::Started);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadline_races_completion_test
