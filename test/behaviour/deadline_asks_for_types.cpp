// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4: a deadline asks for the types it is given, and for all of them if it is given none; the
/// types of several add up, each in its time.
namespace asyncinfo_test::deadline_asks_for_types_test {
namespace {

using type = asio::cancellation_type;
using requests = std::vector<asio::cancellation_type_t>;

const error_code aborted = asio::error::operation_aborted;

/// An operation that remembers what it was asked for, and ends as the test says.
class remembering {
public:
    template <typename Token>
    auto start(asio::io_context& context, Token token) {
        return asio::async_initiate<Token, void(error_code)>(
            initiation{this, context.get_executor()}, token);
    }

    void answer(std::function<void(asio::cancellation_type_t)> on_request) {
        on_request_ = std::move(on_request);
    }
    void complete(error_code error) {
        if (auto const held = std::exchange(complete_, nullptr))
            held(error);
    }

    requests asked;

private:
    struct initiation {
        using executor_type = asio::io_context::executor_type;
        executor_type get_executor() const noexcept { return executor; }

        template <typename Handler>
        void operator()(Handler handler) const {
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto held = std::make_shared<Handler>(std::move(handler));
            self->complete_ = [held](error_code error) { std::move (*held)(error); };
            slot.assign([self = self](asio::cancellation_type_t types) {
                self->asked.push_back(types);
                if (self->on_request_)
                    self->on_request_(types);
            });
        }

        remembering* self;
        executor_type executor;
    };

    std::function<void(error_code)> complete_;
    std::function<void(asio::cancellation_type_t)> on_request_;
};

bool has(asio::cancellation_type_t types, asio::cancellation_type_t wanted) {
    return (types & wanted) != type::none;
}

struct fixture {
    asio::io_context context;
    remembering subject;

    template <typename Token>
    requests asked_by(Token token) {
        static_cast<void>(subject.start(context, token));
        context.poll();
        return ended();
    }

    template <typename Set>
    requests asked_after(Set set) {
        const IAsyncAction op = subject.start(context, use_async_info);
        set(op);
        context.poll();
        return ended();
    }

    requests ended() {
        subject.complete(aborted);
        context.restart();
        context.poll(); // what is left of a timer
        context.restart();
        return std::exchange(subject.asked, {});
    }
};

/// As most composed operations are made: it serves `terminal` alone.
template <typename Token>
auto composed_wait(asio::steady_timer& timer, Token token) {
    return asio::async_compose<Token, void(error_code)>(
        [&timer, begun = false](auto& self, error_code error = {}) mutable {
            if (std::exchange(begun, true))
                self.complete(error);
            else
                timer.async_wait(std::move(self));
        },
        token, timer);
}

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_asks_for_types)

BOOST_FIXTURE_TEST_CASE(for_all_if_none_are_given, fixture) {
    const auto past = std::chrono::system_clock::now() - 1h;
    const requests all{type::all};
    BOOST_TEST((asked_by(use_async_info.cancel_after(0s)) == all));
    BOOST_TEST((asked_by(use_async_info.cancel_at(past)) == all));
    BOOST_TEST((asked_after([](auto& op) { op.cancel_after(0s); }) == all));
    BOOST_TEST((asked_after([&](auto& op) { op.cancel_at(past); }) == all));
    BOOST_TEST((asked_after([](auto& op) { op.renew_deadline(0s); }) == all));
}

BOOST_FIXTURE_TEST_CASE(for_those_given, fixture) {
    const auto past = std::chrono::system_clock::now() - 1h;
    for (const auto types :
         {type::terminal, type::partial, type::total, type::total | type::partial, type::all}) {
        const requests once{types};
        error_code error;
        BOOST_TEST((asked_by(use_async_info.cancel_after(0s, types)) == once));
        BOOST_TEST((asked_by(use_async_info.cancel_at(past, types)) == once));
        BOOST_TEST((asked_after([=](auto& op) { op.cancel_after(0s, types); }) == once));
        BOOST_TEST((asked_after([&](auto& op) { op.cancel_after(0s, types, error); }) == once));
        BOOST_TEST((asked_after([=](auto& op) { op.cancel_at(past, types); }) == once));
        BOOST_TEST((asked_after([&](auto& op) { op.cancel_at(past, types, error); }) == once));
        BOOST_TEST((asked_after([=](auto& op) { op.renew_deadline(0s, types); }) == once));
        BOOST_TEST((asked_after([&](auto& op) { op.renew_deadline(0s, types, error); }) == once));
        BOOST_TEST(!error);
    }
    BOOST_TEST(asked_after([](auto& op) { op.cancel_after(0s, type::none); }).empty());
}

// Mildly first, then with more force. What comes second is moved once the first has come: a slow
// machine would see both at once.
BOOST_FIXTURE_TEST_CASE(several_add_up_in_their_time, fixture) {
    const requests both{type::total, type::all};
    const auto run = [&](const IAsyncAction& op) {
        subject.answer([&](auto types) {
            if (has(types, type::terminal))
                subject.complete(aborted);
            else
                op.cancel_after(1ms);
        });
        context.run_for(long_enough);
        BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
        BOOST_TEST(context.stopped());
        context.restart();
        return std::exchange(subject.asked, {});
    };
    const auto token = use_async_info.cancel_after(1h);
    BOOST_TEST((run(subject.start(context, token.cancel_after(1ms, type::total))) == both));
    const IAsyncAction op = subject.start(context, use_async_info.cancel_after(2h, type::total));
    op.cancel_after(1h);
    op.cancel_after(1ms, type::total);
    op.cancel_after(2h);
    BOOST_TEST((run(op) == both));
    // One of them may be moved.
    const IAsyncAction moved = subject.start(context, token);
    moved.renew_deadline(1h, type::partial);
    moved.renew_deadline(1ms, type::total);
    BOOST_TEST((run(moved) == both));
}

// The first request decides how the end is told, whatever it asked for.
BOOST_FIXTURE_TEST_CASE(a_mild_one_is_told_from_cancel, fixture) {
    const IAsyncAction by_deadline = subject.start(context, use_async_info);
    by_deadline.cancel_after(0s, type::total);
    by_deadline.Cancel();
    subject.complete(aborted);
    BOOST_TEST(by_deadline.ErrorCode() == asio::error::timed_out);
    const IAsyncAction by_cancel = subject.start(context, use_async_info);
    by_cancel.Cancel(type::total);
    by_cancel.cancel_after(0s, type::terminal);
    subject.complete(aborted);
    BOOST_TEST(by_cancel.Status() == AsyncStatus::Canceled);
}

// Why the default is not milder: most composed operations would not be ended at all.
BOOST_AUTO_TEST_CASE(what_serves_terminal_alone_needs_it) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction mild =
        composed_wait(timer, use_async_info.cancel_after(1ms, type::total | type::partial));
    const IAsyncAction other = composed_wait(timer, use_async_info.cancel_after(1ms));
    static_cast<void>(other.wait_for(context, long_enough));
    BOOST_TEST(other.ErrorCode() == asio::error::timed_out);
    // Its deadline was the earlier one.
    BOOST_TEST(mild.cancel_requested());
    run_ready(context);
    BOOST_TEST(mild.Status() == AsyncStatus::Started);
    mild.Cancel(type::terminal);
    static_cast<void>(mild.wait_for(context, long_enough));
    BOOST_TEST(mild.ErrorCode() == asio::error::timed_out); // it was the deadline that came first
}

// A client that `terminal` takes down as a whole, and that does no more on `total` than send
// nothing again (Boost.MQTT5): one of its operations is given up alone, in time.
BOOST_FIXTURE_TEST_CASE(one_operation_of_a_client_is_given_up_alone, fixture) {
    remembering receive;
    bool sends_again = true;
    subject.answer([&](auto types) {
        sends_again = false;
        if (has(types, type::terminal)) {
            subject.complete(aborted);
            receive.complete(aborted);
        }
    });
    const IAsyncAction receiving = receive.start(context, use_async_info);
    const auto publish = asyncinfo::abandon_on_cancel(subject.start(context, use_async_info));
    publish.cancel_after(1ms, type::total);
    BOOST_TEST(publish.wait_for(context, long_enough) == AsyncStatus::Error);
    BOOST_TEST(publish.ErrorCode() == asio::error::timed_out);
    run_ready(context);
    BOOST_TEST(!sends_again);
    BOOST_TEST(receiving.Status() == AsyncStatus::Started);
    subject.complete({});
    receive.complete({});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::deadline_asks_for_types_test
