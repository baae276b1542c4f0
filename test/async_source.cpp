// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::async_source_test {
namespace {

using types = asio::cancellation_type_t;

template <typename T, typename P>
using handle = decltype(std::declval<const async_source<T, P>&>().operation());
static_assert(std::is_same_v<handle<void, void>, IAsyncAction>);
static_assert(std::is_same_v<handle<int, void>, IAsyncOperation<int>>);
static_assert(std::is_same_v<handle<void, int>, IAsyncActionWithProgress<int>>);
static_assert(std::is_same_v<handle<char, int>, IAsyncOperationWithProgress<char, int>>);

// Move-only; only what makes a T is a value, and only a source with progress reports.
static_assert(!std::is_copy_constructible_v<async_source<int>>);
static_assert(std::is_nothrow_move_constructible_v<async_source<int>>);
static_assert(std::is_nothrow_move_assignable_v<async_source<int>>);
template <typename Source, typename... Args>
concept takes = requires(const Source& source, Args... args) {
    { source.set_value(args...) } -> std::same_as<bool>;
};
template <typename Source, typename Progress>
concept reports = requires(const Source& source, Progress progress) {
    { source.report(progress) } -> std::same_as<bool>;
};
static_assert(takes<async_source<>>);
static_assert(!takes<async_source<>, int>);
static_assert(takes<async_source<std::string>, int, char>);
static_assert(!takes<async_source<int>, std::string>);
static_assert(!reports<async_source<int>, int>);
static_assert(reports<async_source<int, std::string>, const char*>);
static_assert(!reports<async_source<int, std::string>, int>);

const types all = asio::cancellation_type::all;
const types total = asio::cancellation_type::total;
const types partial = asio::cancellation_type::partial;

} // namespace

BOOST_AUTO_TEST_SUITE(async_source)

BOOST_AUTO_TEST_CASE(a_value_completes) {
    const asyncinfo::async_source<std::string> source;
    const auto op = source.operation();
    BOOST_TEST((source.operation() == op));
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    BOOST_TEST(source.set_value(2u, 'x'));
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(op.get() == "xx");

    const asyncinfo::async_source<> action;
    BOOST_TEST(action.set_value());
    BOOST_CHECK_NO_THROW(action.operation().GetResults());

    const asyncinfo::async_source<std::unique_ptr<int>> moved;
    BOOST_TEST(moved.set_value(std::make_unique<int>(7)));
    BOOST_TEST(*moved.operation().get() == 7);
}

// Contract, §3: what an ending's code amounts to, and the exception as it was.
BOOST_AUTO_TEST_CASE(an_error_fails_or_cancels) {
    const auto ended = [](auto error) {
        const asyncinfo::async_source<int> source;
        BOOST_TEST(source.set_error(error));
        return source.operation();
    };
    const error_code eof = asio::error::eof;
    BOOST_TEST(ended(eof).Status() == AsyncStatus::Error);
    BOOST_TEST(ended(eof).ErrorCode() == eof);
    BOOST_TEST(ended(error_code(asio::error::operation_aborted)).Status() == AsyncStatus::Canceled);
    const auto failed = ended(std::make_exception_ptr(std::runtime_error("as it was")));
    BOOST_TEST(failed.Status() == AsyncStatus::Error);
    BOOST_CHECK_EXCEPTION(failed.get(), std::runtime_error,
                          [](auto& e) { return e.what() == std::string("as it was"); });
    BOOST_TEST(
        ended(std::make_exception_ptr(system_error(error_code(asio::error::operation_aborted))))
            .Status() == AsyncStatus::Canceled);

    const asyncinfo::async_source<int> canceled;
    BOOST_TEST(canceled.set_canceled());
    BOOST_TEST(canceled.operation().Status() == AsyncStatus::Canceled);
    BOOST_TEST(canceled.operation().ErrorCode() == error_code(asio::error::operation_aborted));
}

BOOST_AUTO_TEST_CASE(what_is_no_error_is_refused) {
    const asyncinfo::async_source<> source;
    CHECK_THROWS_CODE(source.set_error(error_code()), boost::system::errc::invalid_argument);
    CHECK_THROWS_CODE(source.set_error(std::exception_ptr()),
                      boost::system::errc::invalid_argument);
    BOOST_TEST(source.operation().Status() == AsyncStatus::Started);
    BOOST_TEST(source.set_value());
}

BOOST_AUTO_TEST_CASE(a_result_that_cannot_be_made_fails) {
    struct throwing {
        explicit throwing(int i) { throw i; }
    };
    const asyncinfo::async_source<throwing> source;
    BOOST_TEST(source.set_value(7));
    BOOST_TEST(source.operation().Status() == AsyncStatus::Error);
    BOOST_CHECK_EXCEPTION(source.operation().get(), int, [](int i) { return i == 7; });
    BOOST_TEST(!source.set_value(8));
}

// "A second ending is refused", whatever the two are, and changes nothing.
BOOST_AUTO_TEST_CASE(the_second_ending_is_refused) {
    using source_type = asyncinfo::async_source<int, int>;
    const std::pair<std::function<bool(const source_type&)>, AsyncStatus> endings[] = {
        {[](auto& s) { return s.set_value(7); }, AsyncStatus::Completed},
        {[](auto& s) { return s.set_error(asio::error::eof); }, AsyncStatus::Error},
        {[](auto& s) { return s.set_error(std::make_exception_ptr(1)); }, AsyncStatus::Error},
        {[](auto& s) { return s.set_canceled(); }, AsyncStatus::Canceled},
    };
    for (const auto& [first, status] : endings)
        for (const auto& [second, other] : endings) {
            const source_type source;
            BOOST_TEST(first(source));
            BOOST_TEST(!second(source));
            BOOST_TEST(source.operation().Status() == status);
            BOOST_TEST(!source.report(1));
            BOOST_TEST(!source.operation().progress());
            BOOST_TEST(!source.on_cancel([] {}));
        }
}

BOOST_AUTO_TEST_CASE(one_that_was_moved_from_refuses_everything) {
    asyncinfo::async_source<int, int> source;
    const auto op = source.operation();
    const asyncinfo::async_source<int, int> moved = std::move(source);
    BOOST_TEST((moved.operation() == op));
    BOOST_TEST(!source.set_value(1));
    BOOST_TEST(!source.set_error(asio::error::eof));
    BOOST_TEST(!source.set_error(std::make_exception_ptr(1)));
    BOOST_TEST(!source.set_canceled());
    BOOST_TEST(!source.report(1));
    BOOST_TEST(!source.on_cancel([] {}));
    BOOST_TEST(!source.on_cancel(nullptr));
    CHECK_THROWS_CODE(source.operation(), errc::empty_handle);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    BOOST_TEST(moved.set_value(2));
    BOOST_TEST(op.get() == 2);
}

// "f() or f(types) runs once per growing request, on the thread that cancels."
BOOST_AUTO_TEST_CASE(a_request_is_told_once_and_again_when_it_has_grown) {
    const asyncinfo::async_source<> source;
    const auto op = source.operation();
    std::vector<types> told;
    std::thread::id thread;
    BOOST_TEST(source.on_cancel([&](types t) {
        told.push_back(t);
        thread = std::this_thread::get_id();
    }));
    op.Cancel(total);
    BOOST_TEST((told == std::vector{total}));
    BOOST_TEST((thread == std::this_thread::get_id()));
    op.Cancel(total);
    BOOST_TEST(told.size() == 1u);
    joining_thread([&] { op.Cancel(partial); }).join();
    BOOST_TEST((told == std::vector{total, total | partial}));
    BOOST_TEST((thread != std::this_thread::get_id()));
    op.Cancel();
    op.Cancel();
    BOOST_TEST((told == std::vector{total, total | partial, all}));
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    BOOST_TEST(source.set_value()); // nobody has to heed it
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

// "... or inside on_cancel itself if the request came before; replaces an earlier f".
BOOST_AUTO_TEST_CASE(a_request_that_came_before_is_told_at_once) {
    const asyncinfo::async_source<> source;
    const auto op = source.operation();
    std::vector<types> first;
    int second = 0, third = 0;
    source.on_cancel([&](types t) { first.push_back(t); });
    source.on_cancel(nullptr);
    op.Cancel(total);
    op.Cancel(partial);
    source.on_cancel([&](types t) { first.push_back(t); });
    BOOST_TEST((first == std::vector{total | partial}));
    source.on_cancel([&] { ++second; });
    BOOST_TEST(second == 1);
    source.on_cancel(std::function<void()>());
    op.Cancel();
    BOOST_TEST(first.size() == 1u);
    BOOST_TEST(second == 1);
    source.on_cancel([&, own = std::make_unique<int>(1)] { third += *own; });
    BOOST_TEST(third == 1);
}

BOOST_AUTO_TEST_CASE(the_callback_may_end_the_operation) {
    for (const bool before : {false, true}) {
        auto source = std::make_optional<asyncinfo::async_source<int>>();
        const auto op = source->operation();
        if (before)
            op.Cancel();
        source->on_cancel([&] {
            BOOST_TEST(source->set_canceled());
            BOOST_TEST(!source->set_value(1));
            source.reset(); // what it captures lives on
            BOOST_TEST(!source);
        });
        if (!before)
            op.Cancel();
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    }
}

BOOST_AUTO_TEST_CASE(the_callback_may_replace_itself_and_ask_for_more) {
    const asyncinfo::async_source<> source;
    const auto op = source.operation();
    std::string log;
    source.on_cancel([&, own = std::string("1")] {
        source.on_cancel([&, own2 = std::string("2")](types t) {
            log += own2;
            if (t != all)
                op.Cancel(); // told when this call has returned
            log += 'e';
        });
        log += own;
    });
    op.Cancel(total);
    BOOST_TEST(log == "2e12e");
}

BOOST_AUTO_TEST_CASE(the_callback_must_not_wait_for_the_end) {
    for (const bool ended : {false, true}) {
        const asyncinfo::async_source<int> source;
        const auto op = source.operation();
        error_code error;
        source.on_cancel([&] {
            if (ended)
                source.set_canceled();
            op.wait(error);
        });
        op.Cancel();
        BOOST_TEST((error == errc::would_deadlock));
        BOOST_TEST(op.Status() == (ended ? AsyncStatus::Canceled : AsyncStatus::Started));
    }
}

// "Never twice at once"; and nobody waits for one that runs.
BOOST_AUTO_TEST_CASE(the_callback_runs_on_one_thread_at_a_time) {
    for (const bool inside_on_cancel : {false, true}) {
        const asyncinfo::async_source<> source;
        const auto op = source.operation();
        semaphore in_call(0), go_on(0);
        std::vector<types> told;
        std::vector<std::thread::id> threads;
        const auto callback = [&](types t) {
            told.push_back(t);
            threads.push_back(std::this_thread::get_id());
            if (told.size() == 1) {
                in_call.release();
                go_on.acquire();
            }
        };
        if (inside_on_cancel)
            op.Cancel(total);
        else
            source.on_cancel(callback);
        std::thread calling([&] {
            if (inside_on_cancel)
                source.on_cancel(callback);
            else
                op.Cancel(total);
        });
        in_call.acquire();
        op.Cancel();
        BOOST_TEST(told.size() == 1u);
        const auto id = calling.get_id();
        go_on.release();
        calling.join();
        BOOST_TEST((told == std::vector{total, all}));
        BOOST_TEST((threads == std::vector{id, id}));
    }
}

BOOST_AUTO_TEST_CASE(a_callback_is_replaced_while_it_runs) {
    const asyncinfo::async_source<> source;
    const auto op = source.operation();
    semaphore in_call(0), go_on(0);
    int first = 0, second = 0;
    source.on_cancel([&] {
        ++first;
        in_call.release();
        go_on.acquire();
    });
    std::thread canceling([&] { op.Cancel(total); });
    in_call.acquire();
    source.on_cancel([&] { ++second; });
    BOOST_TEST(second == 1); // here and now
    go_on.release();
    canceling.join();
    op.Cancel();
    BOOST_TEST(first == 1);
    BOOST_TEST(second == 2);
}

// Released at the end, never called after it, and no leak if it holds the handle.
BOOST_AUTO_TEST_CASE(the_callback_is_released_at_the_end) {
    const asyncinfo::async_source<> source;
    const auto op = source.operation();
    auto held = std::make_shared<int>();
    const std::weak_ptr<int> alive = held;
    source.on_cancel([held = std::move(held), op] { ++*held; });
    source.set_value();
    BOOST_TEST(alive.expired());
    op.Cancel();
    BOOST_TEST(!op.cancel_requested());
    BOOST_TEST(!source.on_cancel([] { BOOST_ERROR("after the end"); }));
}

// What it throws is thrown by on_cancel, and lost in Cancel, which never throws.
BOOST_AUTO_TEST_CASE(a_callback_that_throws) {
    const asyncinfo::async_source<> source;
    const auto op = source.operation();
    int calls = 0;
    const auto throwing = [&] {
        ++calls;
        throw std::runtime_error("");
    };
    source.on_cancel(throwing);
    BOOST_CHECK_NO_THROW(op.Cancel(total));
    BOOST_TEST(calls == 1);
    BOOST_CHECK_THROW(source.on_cancel(throwing), std::runtime_error);
    BOOST_CHECK_NO_THROW(op.Cancel());
    BOOST_TEST(calls == 3);
    BOOST_TEST(source.set_value());
}

// Contract, §5: what a Completed handler throws propagates to whoever runs it.
BOOST_AUTO_TEST_CASE(what_completed_throws_is_thrown_by_the_ending) {
    const asyncinfo::async_source<> source;
    source.operation().Completed([](auto&, AsyncStatus) { throw std::runtime_error(""); });
    BOOST_CHECK_THROW(source.set_value(), std::runtime_error);
    BOOST_TEST(source.operation().Status() == AsyncStatus::Completed);
    BOOST_TEST(!source.set_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::async_source_test
