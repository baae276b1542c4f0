// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::completed_is_released_after_its_call_test {
namespace {

using value = std::shared_ptr<int>;

/// An operation whose result tells whether its block is alive, and the test's only handle to it.
struct fixture {
    fixture() : op(operation.start(use_async_info)) {}

    void complete() {
        auto delivered = std::make_shared<int>(7);
        result_alive = delivered;
        operation.complete({}, std::move(delivered));
    }

    pending<void(error_code, value)> operation;
    IAsyncOperation<value> op;
    std::weak_ptr<int> result_alive;
};

} // namespace

BOOST_AUTO_TEST_SUITE(completed_is_released_after_its_call)

// §5: "It is released right after the call."
BOOST_AUTO_TEST_CASE(not_before_and_not_later) {
    for (const bool late : {false, true}) {
        fixture f;
        auto captured = std::make_shared<int>();
        const std::weak_ptr<int> alive = captured;
        bool alive_in_call = false;
        const auto assign = [&] {
            f.op.Completed([&, captured = std::move(captured)](auto&, AsyncStatus) {
                alive_in_call = !alive.expired();
            });
        };
        if (!late) {
            assign();
            BOOST_TEST(!alive.expired());
        }
        f.complete();
        if (late)
            assign();
        BOOST_TEST(alive_in_call);
        BOOST_TEST(alive.expired());
    }
}

BOOST_AUTO_TEST_CASE(on_its_own_executor_too) {
    fixture f;
    asio::io_context context;
    auto captured = std::make_shared<int>();
    const std::weak_ptr<int> alive = captured;
    f.op.Completed(
        asio::bind_executor(context, [captured = std::move(captured)](auto&, AsyncStatus) {}));
    f.complete();
    BOOST_TEST(!alive.expired());
    context.run();
    BOOST_TEST(alive.expired());
}

// A handle captured by the handler makes a circle, which the call undoes: nothing leaks.
BOOST_AUTO_TEST_CASE(a_handler_may_hold_its_operation) {
    fixture f;
    f.op.Completed([own = f.op](auto&, AsyncStatus) {});
    f.op = nullptr;
    f.complete();
    BOOST_TEST(f.result_alive.expired());
}

// "No lock is held meanwhile: it may use every member, and drop the last handle."
BOOST_AUTO_TEST_CASE(the_last_handle_may_be_dropped_inside) {
    for (const bool late : {false, true}) {
        fixture f;
        bool good = false;
        const auto handler = [&](const IAsyncOperation<value>& sender, AsyncStatus status) {
            f.op = nullptr;
            // The sender is the last one now, for the time of the call.
            good = status == AsyncStatus::Completed && sender.Status() == status &&
                   *sender.GetResults() == 7 && !f.result_alive.expired();
        };
        set_and_end(late, [&] { f.op.Completed(handler); }, [&] { f.complete(); });
        BOOST_TEST(good);
        BOOST_TEST(!f.op);
        BOOST_TEST(f.result_alive.expired());
    }
}

BOOST_AUTO_TEST_CASE(every_member_may_be_used_inside) {
    for (const bool late : {false, true}) {
        fixture f;
        std::optional<IAsyncInfo> kept;
        error_code closed;
        const auto handler = [&](const IAsyncOperation<value>& sender, AsyncStatus) {
            kept = sender;
            sender.Cancel();
            static_cast<void>(sender.get());
            static_cast<void>(sender.outcome());
            sender.wait();
            sender.Close();
            sender.Status(closed);
        };
        set_and_end(late, [&] { f.op.Completed(handler); }, [&] { f.complete(); });
        BOOST_TEST((closed == errc::illegal_method_call));
        BOOST_TEST((kept == f.op));
        BOOST_TEST(f.result_alive.expired());
    }
}

// Nor by anything else: another thread may use every member meanwhile, and end another operation.
BOOST_AUTO_TEST_CASE(no_lock_is_held_meanwhile) {
    for (const bool late : {false, true}) {
        fixture f, other;
        int calls = 0;
        error_code assigned;
        other.op.Completed([&](auto&, AsyncStatus) { ++calls; });
        const auto handler = [&](const IAsyncOperation<value>& sender, AsyncStatus) {
            ++calls;
            joining_thread([&] {
                sender.Cancel();
                static_cast<void>(sender.get());
                static_cast<void>(sender.Completed());
                sender.Completed([](auto&, AsyncStatus) {}, assigned);
                other.complete();
                sender.Close();
            }).join();
        };
        set_and_end(late, [&] { f.op.Completed(handler); }, [&] { f.complete(); });
        BOOST_TEST(calls == 2);
        BOOST_TEST((assigned == errc::illegal_delegate_assignment));
        BOOST_TEST(f.result_alive.expired());
    }
}

// "Close does not revoke a call that is due."
BOOST_AUTO_TEST_CASE(close_does_not_revoke_it) {
    for (const bool late : {false, true}) {
        fixture f;
        asio::io_context context;
        int calls = 0;
        AsyncStatus status = AsyncStatus::Started;
        const auto assign = [&] {
            f.op.Completed(asio::bind_executor(context, [&](auto& sender, AsyncStatus s) {
                calls += sender == f.op;
                status = s;
            }));
        };
        set_and_end(late, [&] { assign(); }, [&] { f.complete(); });
        f.op.Close();
        BOOST_TEST(calls == 0);
        context.run();
        BOOST_TEST(calls == 1);
        BOOST_TEST(status == AsyncStatus::Completed);
    }
}

// One whose executor never gets to it goes with that executor's context.
BOOST_AUTO_TEST_CASE(uncalled_it_goes_with_its_executor) {
    auto captured = std::make_shared<int>();
    const std::weak_ptr<int> alive = captured;
    fixture f;
    {
        asio::io_context never_run;
        f.op.Completed(asio::bind_executor(
            never_run, [captured = std::move(captured)](auto&, AsyncStatus) {}));
        f.op = nullptr;
        f.complete();
        BOOST_TEST(!alive.expired());
        BOOST_TEST(!f.result_alive.expired());
    }
    BOOST_TEST(alive.expired());
    BOOST_TEST(f.result_alive.expired());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::completed_is_released_after_its_call_test
