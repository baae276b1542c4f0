// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.3: a request is delivered to the cancellation handler that is in the slot, and to each one
/// placed there afterwards, once, after the step that placed it; never twice to the same one unless
/// the request has grown. So an operation that hands its slot through is cancelled at its next
/// step.
namespace asyncinfo_test::cancel_is_sticky_test {
namespace {

using types = asio::cancellation_type;

struct fixture : played_on_context {
    std::string log;

    void step(std::function<void()> body = [] {}) {
        played.post(std::move(body));
        run();
    }

    played_operation::cancellation_handler noting(char name) {
        return [this, name](asio::cancellation_type_t) { log += name; };
    }

    void place(char name) { played.place(noting(name)); }
};

/// Hands its slot through to one operation after the other, and gives up at the first that fails;
/// `patience` tells how many failures it does not care for.
template <typename Handler>
struct series {
    std::shared_ptr<Handler> handler;
    asio::steady_timer& timer;
    bool composed;
    int patience = 3;

    using executor_type = asio::associated_executor_t<Handler, asio::any_io_executor>;
    executor_type get_executor() const noexcept {
        return asio::get_associated_executor(*handler, timer.get_executor());
    }
    using cancellation_slot_type = asio::associated_cancellation_slot_t<Handler>;
    cancellation_slot_type get_cancellation_slot() const noexcept {
        return asio::get_associated_cancellation_slot(*handler);
    }

    void start() {
        if (composed)
            asio::async_compose<series&, void(error_code)>(
                [&t = timer, first = true](auto& self, error_code error = {}) mutable {
                    if (std::exchange(first, false))
                        t.async_wait(std::move(self));
                    else
                        self.complete(error);
                },
                *this, timer);
        else
            timer.async_wait(*this);
    }

    void operator()(error_code error) {
        if (error && patience-- > 0)
            start();
        else
            std::exchange(handler, nullptr)->operator()(error);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_is_sticky)

BOOST_FIXTURE_TEST_CASE(the_handler_in_the_slot_gets_it_once, fixture) {
    auto op = played.start(use_async_info, [&] { place('a'); });
    run();
    BOOST_TEST(log == "");
    op.Cancel();
    BOOST_TEST(log == "");
    run();
    BOOST_TEST(log == "a");

    op.Cancel();
    run();
    step();
    op.Cancel();
    step();
    BOOST_TEST(log == "a");
    step([&] { played.complete(); });
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(log == "a");
}

BOOST_FIXTURE_TEST_CASE(each_one_placed_later_gets_it_once_after_its_step, fixture) {
    auto op = played.start(use_async_info);
    op.Cancel();
    run();
    for (char name : {'a', 'b'}) {
        step([&] {
            place(name);
            log += '.';
        });
        step();
        op.Cancel();
        run();
    }
    BOOST_TEST(log == ".a.b");

    // Two in one step: the first is gone before it could be called.
    step([&] {
        place('c');
        place('d');
    });
    BOOST_TEST(log == ".a.bd");

    // Taken off and placed again is placed later.
    step([&] { played.place(nullptr); });
    BOOST_TEST(log == ".a.bd");
    step([&] { place('d'); });
    step();
    BOOST_TEST(log == ".a.bdd");
    step([&] { played.complete(); });
}

BOOST_FIXTURE_TEST_CASE(requested_while_the_step_runs, fixture) {
    IAsyncAction op = played.start(use_async_info, [&] { place('a'); });
    step([&] {
        op.Cancel();
        log += '1';
        place('b');
        log += '2';
    });
    BOOST_TEST(log == "12b");
    step([&] { played.complete(); });
    BOOST_TEST(log == "12b");
}

BOOST_FIXTURE_TEST_CASE(requested_while_the_initiating_function_runs, fixture) {
    asio::cancellation_signal signal;
    auto op = played.start(asio::bind_cancellation_slot(signal.slot(), use_async_info), [&] {
        signal.emit(types::all);
        place('a');
        log += '1';
    });
    BOOST_TEST(op.cancel_requested());
    run();
    BOOST_TEST(log == "1a");
    step([&] { played.complete(); });
}

BOOST_FIXTURE_TEST_CASE(again_when_the_request_has_grown, fixture) {
    auto op = played.start(use_async_info, [&] { place('a'); });
    const std::pair<types, const char*> rows[] = {
        {types::total, "a"},  {types::total, "a"},      {types::partial, "aa"},
        {types::total, "aa"}, {types::terminal, "aaa"}, {types::partial, "aaa"},
        {types::all, "aaaa"}, {types::all, "aaaa"},     {types::terminal, "aaaa"},
    };
    for (const auto& [requested, expected] : rows) {
        op.Cancel(requested);
        run();
        step();
        BOOST_TEST(log == expected);
    }
    step([&] { played.complete(); });
}

BOOST_FIXTURE_TEST_CASE(requests_that_meet_on_the_way_are_one, fixture) {
    auto op = played.start(use_async_info, [&] { place('a'); });
    run();
    op.Cancel(types::total);
    op.Cancel(types::partial);
    op.Cancel();
    run();
    BOOST_TEST(log == "a");
    step([&] { played.complete(); });
}

BOOST_FIXTURE_TEST_CASE(grown_by_the_handler_itself, fixture) {
    IAsyncAction op;
    op = played.start(use_async_info, [&] {
        played.place([&](asio::cancellation_type_t) {
            log += 'a';
            op.Cancel();
            log += '.';
        });
    });
    op.Cancel(types::total);
    run();
    BOOST_TEST(log == "a.a.");
    step([&] { played.complete(); });
    BOOST_TEST(log == "a.a.");
}

BOOST_AUTO_TEST_CASE(an_operation_that_hands_its_slot_through_is_cancelled_at_its_next_step) {
    for (const bool composed : {false, true})
        BOOST_TEST_CONTEXT("a series of composed operations: " << composed) {
            asio::io_context context;
            asio::steady_timer timer(context, 1h);
            auto op = asio::async_initiate<decltype((use_async_info)), void(error_code)>(
                [&](auto handler) {
                    using handler_type = decltype(handler);
                    series<handler_type> s{std::make_shared<handler_type>(std::move(handler)),
                                           timer, composed};
                    s.start();
                },
                use_async_info);
            op.Cancel();
            for (int i = 0; i < 20; ++i) {
                run_ready(context);
            }
            BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_is_sticky_test
