// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.1: Cancel may be called from the Completed handler: of the operation that has just ended,
/// where it does nothing, and of others.
namespace asyncinfo_test::cancel_from_completed_test {
namespace {

const error_code codes[] = {{}, asio::error::operation_aborted, asio::error::eof};

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_from_completed)

BOOST_AUTO_TEST_CASE(of_the_operation_itself) {
    for (const auto& code : codes)
        for (const bool late : {false, true})
            BOOST_TEST_CONTEXT(code.message() << ", set late: " << late) {
                asio::io_context context;
                played_operation played{context.get_executor()};
                int emitted = 0;
                int calls = 0;
                std::optional<AsyncStatus> before, after;
                const auto op = played.start(use_async_info, [&] {
                    played.place([&](asio::cancellation_type_t) { ++emitted; });
                });
                const auto set = [&] {
                    op.Completed([&](auto& sender, AsyncStatus status) {
                        ++calls;
                        before = status;
                        sender.Cancel();
                        op.Cancel();
                        after = sender.Status();
                    });
                };
                set_and_end(
                    late, [&] { set(); },
                    [&] {
                        played.post([&] { played.complete(code); });
                        context.run();
                    });
                run_again(context);
                BOOST_TEST(calls == 1);
                BOOST_TEST(emitted == 0);
                BOOST_TEST((before == after));
                BOOST_TEST(op.ErrorCode() == code);
                BOOST_TEST(!op.cancel_requested());
            }
}

BOOST_AUTO_TEST_CASE(of_another_operation_on_the_same_object) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const auto first = timer.async_wait(use_async_info);
    const auto second = timer.async_wait(use_async_info);
    first.Completed([&](auto&&, AsyncStatus) { second.Cancel(); });
    first.Cancel();
    context.run_for(1min);
    BOOST_TEST(first.Status() == AsyncStatus::Canceled);
    BOOST_TEST(second.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(of_an_operation_that_it_has_started) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    IAsyncAction next;
    const auto op = timer.async_wait(use_async_info);
    op.Completed([&](auto&&, AsyncStatus) {
        next = timer.async_wait(use_async_info);
        next.Cancel();
    });
    op.Cancel();
    context.run_for(1min);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_REQUIRE(next);
    BOOST_TEST(next.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_from_completed_test
