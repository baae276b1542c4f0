// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §3: a coroutine that returns a value after Cancel has Completed, one that lets
/// `operation_aborted` escape is Canceled, any other exception is Error and is rethrown as it was
/// (§2). Each of {value, error, cancel, abandoned}, with an {early, late} observer.
namespace asyncinfo_test::coroutine_status_follows_the_contract_test {
namespace {

struct own_exception {
    std::string text;
};

IAsyncOperation<int> stubborn(IAsyncAction awaited) {
    co_await asio::this_coro::throw_if_cancelled(false);
    try {
        co_await awaited;
    } catch (const system_error&) {
    }
    co_return 7;
}

/// Is thrown out of its await, and has a value all the same.
IAsyncOperation<int> consoled(IAsyncAction awaited) {
    try {
        co_await awaited;
    } catch (const system_error&) {
    }
    co_return 7;
}

IAsyncOperation<int> throwing(std::exception_ptr thrown, IAsyncAction awaited) {
    co_await awaited;
    std::rethrow_exception(thrown);
    co_return 7;
}

IAsyncAction plain(IAsyncAction awaited) { co_await awaited; }

/// Throws while it leaves, when the value is there.
IAsyncOperation<int> throwing_local(bool* thrown) {
    struct local {
        bool* thrown;
        ~local() noexcept(false) {
            *thrown = true;
            throw own_exception{"destructor"};
        }
    } const l{thrown};
    co_return 7;
}

struct not_to_be_had {
    explicit not_to_be_had(int) { throw own_exception{"constructor"}; }
};
IAsyncOperation<not_to_be_had> throwing_result() { co_return 7; }

AsyncStatus status_by(std::exception_ptr thrown, error_code* code) {
    pending<void()> source;
    const auto op = throwing(std::move(thrown), source.start(use_async_info));
    source.complete();
    *code = op.ErrorCode();
    return op.Status();
}

// --- The matrix ---------------------------------------------------------------------------------

enum class ending { value, error, cancel, abandoned };

/// One coroutine that can end in each way, by what happens to what it awaits.
class scene {
public:
    static IAsyncOperation<std::string> body(pending<void(error_code, int)>* source,
                                             bool with_handle) {
        const int value = with_handle ? co_await source->start(use_async_info)
                                      : co_await source->start(asio::deferred);
        co_return std::string(static_cast<std::size_t>(value), 'x');
    }

    explicit scene(bool with_handle) : op(body(&source, with_handle)) {}

    void end(ending e) {
        switch (e) {
        case ending::value:
            return source.complete({}, 3);
        case ending::error:
            return source.complete(asio::error::eof, 0);
        case ending::cancel:
            op.Cancel();
            return source.complete(asio::error::operation_aborted, 0);
        case ending::abandoned:
            return source.drop();
        }
    }

    pending<void(error_code, int)> source;
    IAsyncOperation<std::string> op;
};

/// What an observer has seen.
struct seen {
    std::optional<AsyncStatus> status{};
    error_code code{};
    std::string value{};

    bool is(ending e) const {
        switch (e) {
        case ending::value:
            return status == AsyncStatus::Completed && !code && value == "xxx";
        case ending::error:
            return status == AsyncStatus::Error && code == asio::error::eof;
        case ending::cancel:
            return status == AsyncStatus::Canceled && code == asio::error::operation_aborted;
        case ending::abandoned:
            return status == AsyncStatus::Error && code == errc::abandoned;
        }
        return false;
    }

    void note(const IAsyncOperation<std::string>& op) {
        status = op.Status();
        code = op.ErrorCode();
        error_code error;
        if (auto result = op.GetResults(error))
            value = *result;
    }
};

IAsyncAction observe_in_coroutine(IAsyncOperation<std::string> op, seen* s) {
    try {
        s->value = co_await op;
        s->status = AsyncStatus::Completed;
    } catch (const system_error& e) {
        s->code = e.code();
        s->status =
            e.code() == asio::error::operation_aborted ? AsyncStatus::Canceled : AsyncStatus::Error;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutine_status_follows_the_contract)

BOOST_AUTO_TEST_CASE(a_value_after_cancel_is_completed) {
    for (const auto start : {stubborn, consoled}) {
        pending<void(error_code)> source;
        const auto op = start(source.start(use_async_info));
        op.Cancel();
        source.complete(asio::error::operation_aborted);
        BOOST_TEST(op.cancel_requested());
        BOOST_TEST(op.GetResults() == 7);
        BOOST_TEST(!op.ErrorCode());
    }
}

BOOST_AUTO_TEST_CASE(an_escaping_abort_is_canceled_whoever_caused_it) {
    pending<void(error_code)> source;
    for (const bool requested : {true, false}) {
        const auto op = plain(source.start(use_async_info));
        if (requested)
            op.Cancel();
        source.complete(asio::error::operation_aborted);
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        BOOST_TEST((op.ErrorCode() == asio::error::operation_aborted));
        BOOST_CHECK_THROW(op.GetResults(), system_error);
    }
    error_code code;
    BOOST_TEST(status_by(std::make_exception_ptr(std::system_error(
                             std::make_error_code(std::errc::operation_canceled))),
                         &code) == AsyncStatus::Canceled);
    BOOST_TEST((code == boost::system::errc::operation_canceled));
}

BOOST_AUTO_TEST_CASE(any_other_exception_is_an_error_and_rethrown_as_it_was) {
    error_code code;
    BOOST_TEST(status_by(std::make_exception_ptr(system_error(asio::error::eof)), &code) ==
               AsyncStatus::Error);
    BOOST_TEST((code == asio::error::eof));
    BOOST_TEST(status_by(std::make_exception_ptr(own_exception{"as it was"}), &code) ==
               AsyncStatus::Error);
    BOOST_TEST((code == errc::unhandled_exception));

    pending<void()> source;
    const auto thrown = std::make_exception_ptr(own_exception{"as it was"});
    const auto op = throwing(thrown, source.start(use_async_info));
    BOOST_TEST((op.exception() == nullptr));
    source.complete();
    BOOST_TEST((op.exception() == thrown));
    const auto as_it_was = [](const own_exception& e) { return e.text == "as it was"; };
    BOOST_CHECK_EXCEPTION(op.GetResults(), own_exception, as_it_was);
    BOOST_CHECK_EXCEPTION(op.get(), own_exception, as_it_was);
    BOOST_CHECK_EXCEPTION(op.try_get(), own_exception, as_it_was);
    // In the coroutine that awaits it, too.
    const auto outer = [](IAsyncOperation<int> inner) -> IAsyncOperation<int> {
        co_return co_await inner;
    }(op);
    BOOST_TEST((outer.exception() == thrown));
}

BOOST_AUTO_TEST_CASE(an_exception_wins_over_the_value) {
    bool thrown = false;
    const auto op = throwing_local(&thrown);
    BOOST_TEST(thrown);
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_CHECK_THROW(op.GetResults(), own_exception);
    BOOST_TEST(throwing_result().Status() == AsyncStatus::Error);
    BOOST_CHECK_THROW(throwing_result().GetResults(), own_exception);
}

BOOST_AUTO_TEST_CASE(status_leaves_started_once_with_all_there) {
    for (const ending e : {ending::value, ending::error, ending::cancel, ending::abandoned})
        for (const bool with_handle : {true, false})
            BOOST_TEST_CONTEXT("ending " << int(e) << ", of a handle " << with_handle) {
                scene s(with_handle);
                BOOST_TEST(s.op.Status() == AsyncStatus::Started);
                BOOST_TEST(!s.op.ErrorCode());
                BOOST_CHECK_THROW(s.op.GetResults(), system_error);
                s.end(e);
                seen late;
                late.note(s.op);
                BOOST_TEST(late.is(e));
                s.op.Cancel();
                late = seen();
                late.note(s.op);
                BOOST_TEST(late.is(e));
            }
}

BOOST_AUTO_TEST_CASE(every_observer_sees_every_ending_early_and_late) {
    using observer = std::function<void(const IAsyncOperation<std::string>&, seen&)>;
    running_context elsewhere;
    const std::pair<const char*, observer> observers[] = {
        {"Completed",
         [](auto& op, seen& s) {
             op.Completed([&s](auto& sender, AsyncStatus) { s.note(sender); });
         }},
        {"async_wait",
         [&](auto& op, seen& s) {
             op.async_wait(asio::bind_executor(elsewhere, [&s, op](error_code) { s.note(op); }));
         }},
        {"op(callback)",
         [&](auto& op, seen& s) {
             op(asio::bind_executor(elsewhere, [&s, op](error_code error, std::string value) {
                 s.value = value;
                 s.code = error;
                 s.status = op.Status();
             }));
         }},
        {"a coroutine", [](auto& op, seen& s) { static_cast<void>(observe_in_coroutine(op, &s)); }},
    };
    for (const ending e : {ending::value, ending::error, ending::cancel, ending::abandoned})
        for (const auto& [name, observe] : observers)
            for (const bool late : {false, true})
                BOOST_TEST_CONTEXT(name << ", ending " << int(e) << ", late " << late) {
                    scene s(true);
                    seen what;
                    if (late)
                        s.end(e);
                    observe(s.op, what);
                    BOOST_TEST((late || !what.status));
                    if (!late)
                        s.end(e);
                    // Behind the handler, if that has gone there.
                    asio::post(elsewhere, use_async_info).wait();
                    BOOST_TEST(what.is(e));
                }
}

BOOST_AUTO_TEST_CASE(a_blocked_thread_sees_it_too) {
    for (const ending e : {ending::value, ending::error, ending::cancel, ending::abandoned}) {
        scene s(false);
        seen what;
        joining_thread waiting([&, op = s.op] {
            op.wait();
            what.note(op);
        });
        s.end(e);
        waiting.join();
        BOOST_TEST(what.is(e));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutine_status_follows_the_contract_test
