// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §9: a coroutine may await any other awaitable, of whatever library.
namespace asyncinfo_test::coroutines_await_foreign_awaitables_test {
namespace {

struct refused {};

/// To be resumed by hand.
struct event {
    std::coroutine_handle<> waiting{};
    int value = 0;
};

template <typename Result, int Way>
struct by_hand {
    event* e;

    bool await_ready() const noexcept { return Way == 'r'; }
    Result await_suspend(std::coroutine_handle<> coroutine) const {
        if constexpr (std::is_void_v<Result>) {
            e->waiting = coroutine;
            if (Way == 'i')
                e->waiting.resume();
            if (Way == 't')
                throw refused();
            if (Way == 'd')
                e->waiting.destroy();
        } else if constexpr (std::is_same_v<Result, bool>) {
            if (Way == 't')
                throw refused();
            if (Way == 'f')
                return false;
            e->waiting = coroutine;
            return true;
        } else {
            if (Way == 'b')
                return coroutine;
            e->waiting = coroutine;
            return std::noop_coroutine();
        }
    }
    int await_resume() const { return e->value; }
};

/// ... with promises of its own kind only, and by operators.
struct by_member {
    event* e;
    by_hand<void, 0> operator co_await() && { return {e}; }
};
struct by_function {
    event* e;
};
by_hand<bool, 0> operator co_await(by_function f) { return {f.e}; }

struct by_any_promise {
    event* e;
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> coroutine) const {
        e->waiting = coroutine;
    }
    int& await_resume() const { return e->value; }
};

/// A lazy task of somebody else's, by symmetric transfer.
class task {
public:
    struct promise_type {
        task get_return_object() {
            return task(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        auto final_suspend() noexcept {
            struct awaiter {
                bool await_ready() noexcept { return false; }
                std::coroutine_handle<>
                await_suspend(std::coroutine_handle<promise_type> self) noexcept {
                    return self.promise().continuation;
                }
                void await_resume() noexcept {}
            };
            return awaiter();
        }
        void return_value(int v) { value = v; }
        void unhandled_exception() { thrown = std::current_exception(); }

        int value = 0;
        std::exception_ptr thrown{};
        std::coroutine_handle<> continuation{};
    };

    task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    task& operator=(task&&) = delete;
    ~task() {
        if (frame_)
            frame_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> continuation) {
        frame_.promise().continuation = continuation;
        return frame_;
    }
    int await_resume() {
        if (frame_.promise().thrown)
            std::rethrow_exception(frame_.promise().thrown);
        return frame_.promise().value;
    }

private:
    explicit task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
    std::coroutine_handle<promise_type> frame_;
};

task wait_for(IAsyncAction op, int value) {
    co_await op;
    if (value == 0)
        throw refused();
    co_return value;
}

template <typename Awaitable>
IAsyncOperation<int> await_other(event* e) {
    co_return co_await Awaitable{e};
}
IAsyncOperation<int> await_other_lvalue(event* e) {
    by_hand<void, 0> awaitable{e};
    co_return co_await awaitable;
}
IAsyncOperation<int> await_reference(event* e) {
    int& value = co_await by_any_promise{e};
    co_return ++value;
}
IAsyncOperation<int> await_task(IAsyncAction op, int value) {
    co_return co_await wait_for(std::move(op), value) + 1;
}
IAsyncAction catch_refused(event* e, IAsyncAction ended, int* caught) {
    try {
        co_await by_hand<void, 't'>{e};
    } catch (const refused&) {
        ++*caught;
    }
    try {
        co_await by_hand<bool, 't'>{e};
    } catch (const refused&) {
        ++*caught;
    }
    co_await ended;
}
IAsyncAction after_one_that_does_not_suspend(event* e, IAsyncAction ended) {
    co_await by_hand<bool, 'f'>{e};
    co_await ended;
}

/// On an executor.
IAsyncAction on_context(asio::io_context&, event* e, std::thread::id* thread) {
    co_await by_hand<void, 0>{e};
    *thread = std::this_thread::get_id();
}

IAsyncAction ended_action() { co_return; }

} // namespace

BOOST_AUTO_TEST_SUITE(coroutines_await_foreign_awaitables)

BOOST_AUTO_TEST_CASE(other_awaitables) {
    const auto resumed = [](auto start) {
        event e;
        const IAsyncOperation<int> op = start(&e);
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        e.value = 7;
        e.waiting.resume();
        BOOST_TEST(op.GetResults() == 7);
    };
    resumed(await_other<by_hand<void, 0>>);
    resumed(await_other<by_hand<bool, 0>>);
    resumed(await_other<by_hand<std::coroutine_handle<>, 0>>);
    resumed(await_other<by_member>);
    resumed(await_other<by_function>);
    resumed(await_other<by_any_promise>);
    resumed(await_other_lvalue);

    const auto at_once = [](auto start) {
        event e{.waiting = nullptr, .value = 7};
        BOOST_TEST(start(&e).GetResults() == 7);
    };
    at_once(await_other<by_hand<void, 'r'>>);
    at_once(await_other<by_hand<void, 'i'>>);
    at_once(await_other<by_hand<bool, 'f'>>);
    at_once(await_other<by_hand<std::coroutine_handle<>, 'b'>>);

    event e;
    const auto op = await_reference(&e);
    e.waiting.resume();
    BOOST_TEST(op.GetResults() == 1);
    BOOST_TEST(e.value == 1);
}

BOOST_AUTO_TEST_CASE(other_awaitables_that_throw_or_give_up) {
    event e;
    int caught = 0;
    BOOST_TEST(catch_refused(&e, ended_action(), &caught).Status() == AsyncStatus::Completed);
    BOOST_TEST(caught == 2);
    BOOST_TEST(after_one_that_does_not_suspend(&e, ended_action()).Status() ==
               AsyncStatus::Completed);
    // Destroying what was to be resumed abandons it: in await_suspend, or later.
    BOOST_TEST((await_other<by_hand<void, 'd'>>(&e).ErrorCode() == errc::abandoned));
    const auto op = await_other<by_hand<void, 0>>(&e);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    e.waiting.destroy();
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
}

BOOST_AUTO_TEST_CASE(lazy_tasks_of_others) {
    for (const bool late : {false, true}) {
        pending<void()> source;
        auto awaited = source.start(use_async_info);
        if (late)
            source.complete();
        const auto good = await_task(awaited, 7);
        const auto bad = await_task(awaited, 0);
        if (!late)
            source.complete();
        BOOST_TEST(good.GetResults() == 8);
        BOOST_CHECK_THROW(bad.GetResults(), refused);
    }
}

BOOST_AUTO_TEST_CASE(and_resume_on_their_executor_all_the_same) {
    running_context context;
    event e;
    std::thread::id thread;
    const auto op = on_context(context, &e, &thread);
    e.waiting.resume();
    BOOST_TEST(op.wait() == AsyncStatus::Completed);
    BOOST_TEST(context.runs_on(thread));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_await_foreign_awaitables_test
