// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::completed_runs_on_its_executor_test {
namespace {

struct call {
    int times = 0;
    bool in_context = false;
    std::thread::id thread;
    std::unique_ptr<int> moved_along = nullptr;
};

/// A move-only handler bound to `executor`.
template <typename Executor>
auto bound_to(const Executor& executor, asio::io_context& context, call& c) {
    return asio::bind_executor(executor, [&c, &context, own = std::make_unique<int>(7)](
                                             auto& sender, AsyncStatus status) mutable {
        ++c.times;
        c.in_context = context.get_executor().running_in_this_thread();
        c.thread = std::this_thread::get_id();
        if (sender.Status() == status && sender.GetResults() == 7)
            c.moved_along = std::move(own);
    });
}

/// Set early or late on an operation that ends on this thread, it waits for its own context.
template <typename Executor>
void check(const Executor& executor, asio::io_context& context) {
    for (const bool late : {false, true})
        BOOST_TEST_CONTEXT((late ? "late" : "early")) {
            pending<void(error_code, int)> operation;
            const auto op = operation.start(use_async_info);
            call seen;
            set_and_end(
                late, [&] { op.Completed(bound_to(executor, context, seen)); },
                [&] { operation.complete({}, 7); });
            BOOST_TEST(seen.times == 0);
            BOOST_TEST(!op.Completed()); // "null once its call was submitted"

            const auto running = on_another_thread([&] { run_again(context); });
            BOOST_TEST(seen.times == 1);
            BOOST_TEST(seen.in_context);
            BOOST_TEST((seen.thread == running));
            BOOST_TEST(!!seen.moved_along);
        }
}

} // namespace

BOOST_AUTO_TEST_SUITE(completed_runs_on_its_executor)

// §5: "A handler with an associated executor (asio::bind_executor) is dispatched to it in both
// cases."
BOOST_AUTO_TEST_CASE(on_a_context_of_its_own) {
    asio::io_context context;
    check(context.get_executor(), context);
    check(asio::any_io_executor(context.get_executor()), context);
    check(asio::make_strand(context), context);
    check(asio::any_io_executor(asio::make_strand(context)), context);
}

// Dispatched, not posted: inside its executor already, it is called at once.
BOOST_AUTO_TEST_CASE(inside_its_executor_it_is_called_at_once) {
    asio::io_context context;
    for (const bool late : {false, true}) {
        call seen;
        int times = 0;
        pending<void(error_code, int)> operation;
        asio::post(context, [&] {
            const auto op = operation.start(use_async_info);
            set_and_end(
                late, [&] { op.Completed(bound_to(context.get_executor(), context, seen)); },
                [&] { operation.complete({}, 7); });
            times = seen.times;
        });
        run_again(context);
        BOOST_TEST(times == 1);
        BOOST_TEST(seen.times == 1);
    }
}

// The operation's own executor and the handler's are two things.
BOOST_AUTO_TEST_CASE(whatever_the_operation_is_bound_to) {
    asio::io_context works, listens;
    const auto op = asio::post(works, asio::bind_executor(works, use_async_info));
    int times = 0;
    op.Completed(asio::bind_executor(listens, [&](auto&, AsyncStatus) { ++times; }));
    works.run();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(times == 0);
    listens.run();
    BOOST_TEST(times == 1);
}

// The delegate keeps the executor when it is copied, stored and called by hand.
BOOST_AUTO_TEST_CASE(also_when_the_delegate_is_called_by_hand) {
    asio::io_context context;
    const auto op = pending<void(error_code, int)>::ended(use_async_info, {}, 7);
    int times = 0;
    asyncinfo::AsyncOperationCompletedHandler<int> handler =
        asio::bind_executor(context, [&](auto&, AsyncStatus) { ++times; });
    const auto copy = handler;
    handler = nullptr;
    copy(op, op.Status());
    BOOST_TEST(times == 0);
    context.run();
    BOOST_TEST(times == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::completed_runs_on_its_executor_test
