// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Every kind of observer sees every kind of ending, whether it came before the end or after:
/// {plain callback, asio::awaitable, foreign coroutine} × {value, error, cancel, abandoned} ×
/// {early, late}; of operations and of actions.
namespace asyncinfo_test::observer_matrix_test {
namespace {

/// What an observer has been told: a code, and the value that came with it, if it gets one.
struct told {
    int times = 0;
    error_code code{};
    std::optional<int> value{};

    void operator()(error_code c, std::optional<int> v = {}) {
        ++times;
        code = c;
        value = v;
    }
};

/// How the operation ends, and what is to be seen of that.
struct ending {
    const char* name;
    AsyncStatus status;
    error_code code;
    int value; ///< a partial result, where there is an error; of what was abandoned there is none
    bool drop = false;
    bool request = false;
};

const ending endings[] = {
    {"value", AsyncStatus::Completed, {}, 7},
    {"error", AsyncStatus::Error, asio::error::eof, 3},
    {"cancel", AsyncStatus::Canceled, asio::error::operation_aborted, 2, false, true},
    {"abandoned", AsyncStatus::Error, errc::abandoned, 0, true},
};

template <typename... Ts>
void end(pending<void(error_code, Ts...)>& source, const IAsyncInfo& op, const ending& how) {
    if (how.request)
        op.Cancel();
    if (how.drop)
        source.drop();
    else if constexpr (sizeof...(Ts) != 0)
        source.complete(how.code, how.value);
    else
        source.complete(how.code);
}

// --- Observers ----------------------------------------------------------------------------------

/// What a coroutine sees where it awaits. (By pointers and copies only, and each co_await in a
/// statement of its own: g++ 12 destroys some temporaries of larger expressions twice.)
template <typename Coroutine, typename Handle>
Coroutine await_it(Handle op, told* t) {
    std::optional<int> value;
    try {
        if constexpr (std::is_same_v<Handle, IAsyncAction>) {
            co_await std::move(op);
        } else {
            const int got = co_await std::move(op);
            value = got;
        }
    } catch (const system_error& e) {
        (*t)(e.code());
        co_return;
    }
    (*t)(error_code(), value);
}

struct by_callback {
    static constexpr const char* name = "callback";
    static constexpr bool sees_partial_results = true;
    void observe(const IAsyncOperation<int>& op, asio::io_context& context, told& t) {
        op(asio::bind_executor(context, [&t](error_code code, int value) { t(code, value); }));
    }
    void observe(const IAsyncAction& op, asio::io_context& context, told& t) {
        op(asio::bind_executor(context, [&t](error_code code) { t(code); }));
    }
};

struct by_awaitable {
    static constexpr const char* name = "awaitable";
    static constexpr bool sees_partial_results = false;
    template <typename Handle>
    void observe(const Handle& op, asio::io_context& context, told& t) {
        asio::co_spawn(context, await_it<asio::awaitable<void>>(op, &t), [](std::exception_ptr) {});
        context.poll(); // up to its co_await
    }
};

struct by_foreign_coroutine {
    static constexpr const char* name = "foreign coroutine";
    static constexpr bool sees_partial_results = false;
    template <typename Handle>
    void observe(const Handle& op, asio::io_context&, told& t) {
        coroutine = await_it<foreign_coroutine>(op, &t);
    }
    foreign_coroutine coroutine{};
};

template <typename Observer, typename... Ts>
void check(const ending& how, bool late) {
    BOOST_TEST_CONTEXT(Observer::name << ", " << how.name << (late ? ", late" : ", early")
                                      << (sizeof...(Ts) ? "" : ", of an action")) {
        asio::io_context context, of_operation;
        pending<void(error_code, Ts...)> source;
        const auto op = source.start_on(of_operation.get_executor(), use_async_info);
        told t;
        Observer observer;
        if (late)
            end(source, op, how);
        observer.observe(op, context, t);
        if (!late) {
            BOOST_TEST(t.times == 0);
            end(source, op, how);
        }
        run_again(context);
        BOOST_TEST(t.times == 1);
        BOOST_TEST(t.code == how.code);
        std::optional<int> expected;
        if (sizeof...(Ts) != 0 && (!how.code || Observer::sees_partial_results))
            expected = how.value;
        BOOST_TEST((t.value == expected));
        BOOST_TEST(op.Status() == how.status);
        BOOST_TEST(of_operation.poll() <= 1u); // the request, if any, and no observer
        BOOST_TEST(t.times == 1);
    }
}

template <typename Observer>
void check_all() {
    for (const auto& how : endings)
        for (const bool late : {false, true}) {
            check<Observer, int>(how, late);
            check<Observer>(how, late);
        }
}

} // namespace

BOOST_AUTO_TEST_SUITE(observer_matrix)

BOOST_AUTO_TEST_CASE(plain_callback) { check_all<by_callback>(); }
BOOST_AUTO_TEST_CASE(asio_awaitable) { check_all<by_awaitable>(); }
BOOST_AUTO_TEST_CASE(coroutine_of_others) { check_all<by_foreign_coroutine>(); }

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::observer_matrix_test
