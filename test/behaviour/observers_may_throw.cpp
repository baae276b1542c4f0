// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Whatever produces the progress, the operation goes on when a Progress handler throws, and the
/// exception goes where one of a Completed handler goes: to whoever runs the handler.
namespace asyncinfo_test::observers_may_throw_test {
namespace {

struct from_handler {
    int value;
};

const auto throws_value = [](auto&, int value) { throw from_handler{value}; };

/// What comes out of `run`, in order.
template <typename Run>
std::vector<int> thrown_by(Run run) {
    std::vector<int> thrown;
    for (;;) {
        try {
            run();
            return thrown;
        } catch (const from_handler& e) {
            thrown.push_back(e.value);
        }
    }
}

IAsyncActionWithProgress<int> turns(asio::io_context& context, int& done) {
    const auto progress = co_await asyncinfo::get_progress_token();
    while (done != 3) {
        co_await asio::post(context, asio::deferred);
        progress(2 * done); // of one turn the first is thrown
        progress(2 * done + 1);
        ++done;
    }
}

IAsyncActionWithProgress<int> without_executor(IAsyncAction awaited, int& done) {
    const auto progress = co_await asyncinfo::get_progress_token();
    co_await awaited;
    progress(7);
    ++done;
}

/// Its body goes on when its callback, in a request, has ended what it awaits.
IAsyncActionWithProgress<int> until_asked(asio::io_context&, async_source<>& source) {
    const auto progress = co_await asyncinfo::get_progress_token();
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.callback([&] { source.set_value(); });
    co_await source.operation();
    progress(1);
}

struct cannot_be_copied {
    cannot_be_copied() = default;
    cannot_be_copied(const cannot_be_copied&) { throw from_handler{9}; }
};

IAsyncActionWithProgress<cannot_be_copied> of_its_own(bool& caught) {
    const auto progress = co_await asyncinfo::get_progress_token();
    try {
        progress({});
    } catch (const from_handler&) {
        caught = true;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(observers_may_throw)

BOOST_AUTO_TEST_CASE(of_a_coroutine_out_of_run_after_each_turn) {
    asio::io_context context;
    int done = 0;
    const auto op = turns(context, done);
    op.Progress(throws_value);
    int completed = 0;
    op.Completed([&](auto&, AsyncStatus) { ++completed; });
    const auto thrown = thrown_by([&] { context.run(); });
    BOOST_TEST(thrown == (std::vector{0, 2, 4}), per_element());
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(done == 3);
    BOOST_TEST(completed == 1);
    BOOST_TEST(op.progress().value() == 5);
}

BOOST_AUTO_TEST_CASE(of_a_coroutine_without_executor_out_of_what_resumes_it) {
    const async_source<> source;
    int done = 0;
    const auto op = without_executor(source.operation(), done);
    op.Progress(throws_value);
    BOOST_CHECK_THROW(source.set_value(), from_handler);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(done == 1);
}

BOOST_AUTO_TEST_CASE(of_a_coroutine_that_a_request_resumes) {
    asio::io_context context;
    async_source<> source;
    const auto op = until_asked(context, source);
    op.Progress(throws_value);
    op.Cancel();
    const auto thrown = thrown_by([&] { context.run(); });
    BOOST_TEST(thrown == std::vector{1}, per_element());
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

// The value is the body's own affair, and so is what making it throws.
BOOST_AUTO_TEST_CASE(what_the_value_throws_is_the_bodys) {
    bool caught = false;
    const auto op = of_its_own(caught);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(caught);
}

// The last value that a handler with a pace is owed comes when the body is over.
BOOST_AUTO_TEST_CASE(of_a_coroutine_at_its_end) {
    asio::io_context context;
    int done = 2;
    const auto op = turns(context, done);
    int calls = 0;
    op.Progress(asyncinfo::every(1h, [&](auto&, int value) {
        if (++calls == 2)
            throw from_handler{value};
    }));
    const auto thrown = thrown_by([&] { context.run(); });
    BOOST_TEST(thrown == std::vector{5}, per_element());
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(of_a_source_out_of_report_or_of_the_end) {
    for (const bool throttled : {false, true}) {
        const async_source<int, int> source;
        const auto op = source.operation();
        if (throttled)
            op.Progress(asyncinfo::every(1h, throws_value));
        else
            op.Progress(throws_value);
        BOOST_CHECK_THROW(source.report(1), from_handler);
        if (throttled)
            BOOST_TEST(source.report(2));
        else
            BOOST_CHECK_THROW(source.report(2), from_handler);
        BOOST_TEST(op.progress().value() == 2);
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        if (throttled)
            BOOST_CHECK_THROW(source.set_value(3), from_handler);
        else
            BOOST_TEST(source.set_value(3));
        BOOST_TEST(op.GetResults() == 3);
    }
}

BOOST_AUTO_TEST_CASE(behind_abandon_on_cancel_out_of_the_inner_ones_report) {
    const async_source<void, int> source;
    const auto outer = asyncinfo::abandon_on_cancel(source.operation());
    outer.Progress(throws_value);
    BOOST_CHECK_THROW(source.report(1), from_handler);
    BOOST_TEST(source.set_value());
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(a_bound_one_out_of_its_executor) {
    asio::io_context context, observing;
    int done = 2;
    const auto op = turns(context, done);
    op.Progress(asio::bind_executor(observing, throws_value));
    BOOST_CHECK_NO_THROW(context.run());
    const auto thrown = thrown_by([&] { observing.run(); }); // two calls in one go
    BOOST_TEST(thrown == std::vector{4}, per_element());
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

// A transfer is not to be harmed in the middle of a step: it comes with the end.
BOOST_AUTO_TEST_CASE(of_a_transfer_out_of_run_at_its_end) {
    conversation talk;
    std::string received(8, ' ');
    const auto op = asyncinfo::with_progress(8, [&](auto condition, auto token) {
        return asio::async_read(talk.near_end, asio::buffer(received), condition, token);
    });
    op.Progress(
        [](auto&, const transfer_progress& p) { throw from_handler{static_cast<int>(p.bytes)}; });
    asio::write(talk.far_end, asio::buffer("half", 4));
    while (op.progress()->bytes != 4)
        talk.context.run_one();
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    asio::write(talk.far_end, asio::buffer("full", 4));
    talk.context.restart();
    const auto thrown = thrown_by([&] { talk.context.run(); });
    BOOST_TEST(thrown == std::vector{4}, per_element());
    BOOST_TEST(op.GetResults() == 8u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::observers_may_throw_test
