// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::completed_may_throw_test {
namespace {

struct failure {
    int number;
};

/// An executor that takes nothing.
struct refusing_executor {
    template <typename Function>
    void execute(Function&&) const {
        throw failure{8};
    }
    bool operator==(const refusing_executor&) const noexcept = default;
};

/// The operation ended well, and its only handler is gone.
template <typename Handle>
void check_in_order(const Handle& op, const std::weak_ptr<int>& handler_alive) {
    BOOST_TEST(op.GetResults() == 7);
    BOOST_TEST(op.wait() == AsyncStatus::Completed);
    BOOST_TEST(!op.Completed());
    BOOST_TEST(handler_alive.expired());
    error_code error;
    op.Completed([](auto&, AsyncStatus) {}, error);
    BOOST_TEST((error == errc::illegal_delegate_assignment));
    op.Cancel();
    op.Close();
}

struct throwing_handler {
    std::shared_ptr<int> calls = std::make_shared<int>(0);

    template <typename Sender>
    void operator()(const Sender&, AsyncStatus) const {
        throw failure{++*calls};
    }
};

const auto is_first_call = [](const failure& f) { return f.number == 1; };
const auto is_refusal = [](const failure& f) { return f.number == 8; };

} // namespace

BOOST_AUTO_TEST_SUITE(completed_may_throw)

// §5: "What it throws propagates to whoever runs it, as for any Asio handler, and leaves the
// operation in order."
BOOST_AUTO_TEST_CASE(set_early_out_of_the_completing_call) {
    pending<void(error_code, int)> operation;
    const auto op = operation.start(use_async_info);
    throwing_handler handler;
    const std::weak_ptr<int> alive = handler.calls;
    op.Completed(std::move(handler));
    BOOST_CHECK_EXCEPTION(operation.complete({}, 7), failure, is_first_call);
    check_in_order(op, alive);
}

BOOST_AUTO_TEST_CASE(set_early_out_of_run) {
    asio::io_context context;
    const auto op = asio::post(context, use_async_info);
    op.Completed(throwing_handler());
    bool next_has_run = false;
    asio::post(context, [&] { next_has_run = true; });
    BOOST_CHECK_EXCEPTION(context.run(), failure, is_first_call);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(!next_has_run);
    context.run();
    BOOST_TEST(next_has_run);
}

BOOST_AUTO_TEST_CASE(set_early_out_of_get_that_drives_the_context) {
    asio::io_context context;
    const auto op = asio::post(context, use_async_info);
    op.Completed(throwing_handler());
    BOOST_CHECK_EXCEPTION(op.get(context), failure, is_first_call);
    BOOST_CHECK_NO_THROW(op.get(context));
}

BOOST_AUTO_TEST_CASE(set_late_out_of_the_setter) {
    for (const bool with_code : {false, true}) {
        const auto op = pending<void(error_code, int)>::ended(use_async_info, {}, 7);
        throwing_handler handler;
        const std::weak_ptr<int> alive = handler.calls;
        error_code error;
        if (with_code)
            BOOST_CHECK_EXCEPTION(op.Completed(std::move(handler), error), failure, is_first_call);
        else
            BOOST_CHECK_EXCEPTION(op.Completed(std::move(handler)), failure, is_first_call);
        check_in_order(op, alive);
    }
}

BOOST_AUTO_TEST_CASE(on_its_own_executor_out_of_that_run) {
    for (const bool late : {false, true}) {
        asio::io_context context;
        pending<void(error_code, int)> operation;
        const auto op = operation.start(use_async_info);
        throwing_handler handler;
        const std::weak_ptr<int> alive = handler.calls;
        if (late)
            operation.complete({}, 7);
        op.Completed(asio::bind_executor(context, std::move(handler)));
        if (!late)
            BOOST_CHECK_NO_THROW(operation.complete({}, 7));
        BOOST_CHECK_EXCEPTION(context.run(), failure, is_first_call);
        check_in_order(op, alive);
    }
}

// "If submitting a handler to its executor throws, that handler is destroyed uncalled, the others
// are served, and the exception propagates as if the handler had thrown it."
BOOST_AUTO_TEST_CASE(an_executor_may_refuse_it) {
    for (const bool late : {false, true}) {
        pending<void(error_code, int)> operation;
        const auto op = operation.start(use_async_info);
        auto waiting = std::async(std::launch::async, [op] { return op.get(); });
        waiter::until_there_is_one(op);

        throwing_handler handler;
        const std::weak_ptr<int> alive = handler.calls;
        if (late)
            operation.complete({}, 7);
        const auto assign = [&] {
            op.Completed(asio::bind_executor(refusing_executor(), std::move(handler)));
        };
        if (late) {
            BOOST_CHECK_EXCEPTION(assign(), failure, is_refusal);
        } else {
            assign();
            BOOST_CHECK_EXCEPTION(operation.complete({}, 7), failure, is_refusal);
        }
        BOOST_TEST(waiting.get() == 7);
        check_in_order(op, alive);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::completed_may_throw_test
