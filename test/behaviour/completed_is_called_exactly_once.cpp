// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::completed_is_called_exactly_once_test {
namespace {

const std::pair<error_code, AsyncStatus> endings[] = {
    {{}, AsyncStatus::Completed},
    {asio::error::operation_aborted, AsyncStatus::Canceled},
    {asio::error::eof, AsyncStatus::Error},
};

/// What a handler saw when it was called.
struct call {
    int times = 0;
    AsyncStatus status = AsyncStatus::Started;
    bool all_was_readable = false;
    std::thread::id thread;
};

/// A handler that writes its call down.
auto recorder(call& c, const IAsyncOperation<int>& expected_sender) {
    // The handle held here keeps the operation until the handler is released.
    return [&c, expected_sender](auto& sender, AsyncStatus status) {
        static_assert(std::is_same_v<decltype(sender), const IAsyncOperation<int>&>);
        ++c.times;
        c.status = status;
        c.thread = std::this_thread::get_id();
        error_code error;
        const auto result = sender.GetResults(error);
        c.all_was_readable = sender == expected_sender && sender.Status() == status &&
                             sender.ErrorCode() == error &&
                             result.has_value() == (status == AsyncStatus::Completed) &&
                             std::get<1>(sender.outcome()) == 7 &&
                             sender.wait() == status; // even on the operation's own thread
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(completed_is_called_exactly_once)

// §5: "called exactly once, as handler(sender, status) [...] when sender.Status() == status and
// everything else is readable. Set early, it is called on the thread that completes the operation."
BOOST_AUTO_TEST_CASE(set_early) {
    for (const auto& [code, status] : endings)
        BOOST_TEST_CONTEXT(status) {
            pending<void(error_code, int)> operation;
            const auto op = operation.start(use_async_info);
            call seen;
            op.Completed(recorder(seen, op));
            BOOST_TEST(seen.times == 0);
            const auto completing = on_another_thread([&, c = code] { operation.complete(c, 7); });
            BOOST_TEST(seen.times == 1);
            BOOST_TEST(seen.status == status);
            BOOST_TEST(seen.all_was_readable);
            BOOST_TEST((seen.thread == completing));
        }
}

// "... in its executor."
BOOST_AUTO_TEST_CASE(set_early_it_is_called_in_the_operations_executor) {
    asio::io_context context;
    const auto op = asio::post(context, use_async_info);
    bool inside = false;
    op.Completed([&](const IAsyncAction&, AsyncStatus) {
        inside = context.get_executor().running_in_this_thread();
    });
    context.run();
    BOOST_TEST(inside);
}

// "Set late: on the setter's thread before the setter returns."
BOOST_AUTO_TEST_CASE(set_late) {
    for (const bool with_code : {false, true})
        for (const auto& [code, status] : endings)
            BOOST_TEST_CONTEXT(status) {
                const auto op = pending<void(error_code, int)>::ended(use_async_info, code, 7);
                call seen;
                if (with_code) {
                    error_code error = asio::error::fault;
                    op.Completed(recorder(seen, op), error);
                    BOOST_TEST(error == error_code());
                } else {
                    op.Completed(recorder(seen, op));
                }
                BOOST_TEST(seen.times == 1);
                BOOST_TEST(seen.status == status);
                BOOST_TEST(seen.all_was_readable);
                BOOST_TEST((seen.thread == std::this_thread::get_id()));
            }
}

// §2: the second assignment is refused and leaves the first one alone, null or not.
BOOST_AUTO_TEST_CASE(set_twice) {
    for (const bool late : {false, true})
        for (const bool null_first : {false, true}) {
            pending<void(error_code, int)> operation;
            const auto op = operation.start(use_async_info);
            if (late)
                operation.complete({}, 7);
            call first, second;
            if (null_first)
                op.Completed(nullptr);
            else
                op.Completed(recorder(first, op));
            const error_code refused = errc::illegal_delegate_assignment;
            CHECK_THROWS_CODE(op.Completed(recorder(second, op)), refused);
            CHECK_THROWS_CODE(op.Completed(nullptr), refused);
            if (!late)
                operation.complete({}, 7);
            CHECK_THROWS_CODE(op.Completed(recorder(second, op)), refused);
            BOOST_TEST(first.times == (null_first ? 0 : 1));
            BOOST_TEST(second.times == 0);
            BOOST_TEST(!op.Completed());
        }
}

BOOST_AUTO_TEST_CASE(set_from_inside_the_call) {
    pending<void(error_code, int)> operation;
    const auto op = operation.start(use_async_info);
    int calls = 0;
    error_code again;
    op.Completed([&](auto& sender, AsyncStatus) {
        ++calls;
        sender.Completed([&](auto&, AsyncStatus) { ++calls; }, again);
    });
    operation.complete({}, 7);
    BOOST_TEST(calls == 1);
    BOOST_TEST((again == errc::illegal_delegate_assignment));
}

// One delegate serves several operations: once each.
BOOST_AUTO_TEST_CASE(set_on_several_operations) {
    pending<void(error_code, int)> one, two;
    const auto first = one.start(use_async_info);
    const auto second = two.start(use_async_info);
    std::vector<std::uint64_t> senders;
    const asyncinfo::AsyncOperationCompletedHandler<int> handler =
        [&](const IAsyncOperation<int>& sender, AsyncStatus) { senders.push_back(sender.Id()); };
    first.Completed(handler);
    second.Completed(handler);
    two.complete({}, 7);
    one.complete({}, 7);
    BOOST_TEST(senders == (std::vector{second.Id(), first.Id()}), per_element());
}

// "Assigning against finishing [...] neither lose nor double the call."
BOOST_AUTO_TEST_CASE(set_while_the_operation_ends) {
    int bad = 0;
    std::atomic<int> calls = 0;
    for (int round = 0; round != race_rounds(2000); ++round) {
        pending<void(error_code, int)> operation;
        const auto op = operation.start(use_async_info);
        calls = 0;
        const auto assign = [&] {
            op.Completed([&](auto& sender, AsyncStatus status) {
                calls += sender.Status() == status && sender.GetResults() == 7;
            });
        };
        at_once({assign, [&] { operation.complete({}, 7); }});
        bad += calls != 1;
    }
    BOOST_TEST(bad == 0);
}

// "... and two assignments against each other."
BOOST_AUTO_TEST_CASE(set_by_two_threads_while_the_operation_ends) {
    int bad = 0;
    for (int round = 0; round != race_rounds(2000); ++round) {
        pending<void(error_code, int)> operation;
        const auto op = operation.start(use_async_info);
        std::atomic<int> calls = 0, refused = 0;
        const auto assign = [&] {
            error_code error;
            op.Completed([&](auto&, AsyncStatus) { ++calls; }, error);
            refused += error == errc::illegal_delegate_assignment;
        };
        at_once({[&] { operation.complete({}, 7); }, assign, assign});
        bad += calls != 1 || refused != 1;
    }
    BOOST_TEST(bad == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::completed_is_called_exactly_once_test
