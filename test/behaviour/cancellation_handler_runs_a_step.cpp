// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.2, §4.3 where a cancellation handler does not just ask but acts: it ends its operation, or
/// runs a step of it, inline. It is inside the gate, and so is what it runs; nothing is lost.
namespace asyncinfo_test::cancellation_handler_runs_a_step_test {
namespace {

using types = asio::cancellation_type_t;

struct fixture : played_on_context {
    std::string log;
    IAsyncAction op;

    template <typename Handler>
    void start(Handler handler) {
        op = played.start(use_async_info, [this, handler] { played.place(handler); });
        op.Completed([this](auto&&, AsyncStatus) { log += 'C'; });
    }

    void complete() {
        played.complete(asio::error::operation_aborted);
        log += '.';
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(cancellation_handler_runs_a_step)

BOOST_FIXTURE_TEST_CASE(it_ends_the_operation, fixture) {
    start([this](types) { complete(); });
    op.Cancel();
    run();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(log == ".C"); // outside the handler, whose place in the slot is cleared before
}

BOOST_FIXTURE_TEST_CASE(it_dispatches_the_step_that_ends_the_operation, fixture) {
    start([this](types) {
        played.dispatch([this] { complete(); });
        log += '1';
    });
    op.Cancel();
    run();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(log == ".1C");
}

BOOST_FIXTURE_TEST_CASE(it_abandons_the_operation, fixture) {
    start([this](types) { played.drop(); });
    op.Cancel();
    run();
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    BOOST_TEST(log == "C");
}

BOOST_FIXTURE_TEST_CASE(it_dispatches_a_step_that_places_the_next_handler, fixture) {
    start([this](types) {
        log += '1';
        auto& self = *this; // what the step places takes this handler's place
        self.played.dispatch([&self] {
            self.played.place([&self](types) {
                self.log += '2';
                self.played.post([&self] { self.complete(); });
            });
        });
    });
    op.Cancel();
    run();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(log == "12.C");
}

BOOST_FIXTURE_TEST_CASE(steps_dispatch_steps, fixture) {
    start([this](types) { log += 'x'; });
    played.post([this] {
        log += '1';
        played.dispatch([this] {
            log += '2';
            op.Cancel();
            played.dispatch([this] {
                log += '3';
                played.place([this](types) { log += 'y'; });
            });
            log += '4';
        });
        log += '5';
    });
    run();
    BOOST_TEST(log == "12345y");
    played.post([this] {
        played.dispatch([this] { complete(); });
        log += '6';
    });
    run();
    BOOST_TEST(log == "12345y.6C");
}

BOOST_FIXTURE_TEST_CASE(a_step_that_throws_is_left_in_order, fixture) {
    start([this](types) { log += 'x'; });
    played.post([this] {
        op.Cancel();
        throw std::runtime_error("step");
    });
    BOOST_CHECK_EXCEPTION(context.run(), std::runtime_error,
                          [](auto& e) { return e.what() == std::string("step"); });
    BOOST_TEST(log == "x");

    played.post(
        [this] { played.dispatch([]() -> void { throw std::runtime_error("inner step"); }); });
    BOOST_CHECK_EXCEPTION(run(), std::runtime_error,
                          [](auto& e) { return e.what() == std::string("inner step"); });

    played.post([this] {
        complete();
        throw std::runtime_error("last step");
    });
    BOOST_CHECK_EXCEPTION(run(), std::runtime_error,
                          [](auto& e) { return e.what() == std::string("last step"); });
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(log == "x.C");
}

BOOST_FIXTURE_TEST_CASE(a_cancellation_handler_that_throws_throws_out_of_the_executor, fixture) {
    start([this](types) {
        log += 'x';
        throw std::runtime_error("handler");
    });
    op.Cancel(types::total);
    BOOST_CHECK_THROW(run(), std::runtime_error);
    op.Cancel();
    BOOST_CHECK_THROW(run(), std::runtime_error);
    BOOST_TEST(log == "xx");
    played.post([this] { complete(); });
    run();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(log == "xx.C");
}

BOOST_FIXTURE_TEST_CASE(what_it_throws_never_leaves_cancel, fixture) {
    // Without any executor the signal is emitted by the caller of Cancel.
    auto other = asio::async_initiate<decltype((use_async_info)), void(error_code)>(
        [](auto handler) {
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto held = std::make_shared<decltype(handler)>(std::move(handler));
            slot.assign([held](types) {
                std::move (*held)(asio::error::operation_aborted);
                throw std::runtime_error("handler");
            });
        },
        use_async_info);
    other.Completed([&](auto&&, AsyncStatus) {
        log += 'C';
        throw std::runtime_error("completed");
    });
    BOOST_CHECK_NO_THROW(other.Cancel());
    BOOST_TEST(other.Status() == AsyncStatus::Canceled);
    BOOST_TEST(log == "C");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancellation_handler_runs_a_step_test
