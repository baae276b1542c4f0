// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/channel_error.hpp>

#if defined(ASYNCINFO_HAS_CANCEL_AFTER)
#include <boost/asio/cancel_after.hpp>
#endif

#include <cerrno>

namespace asyncinfo_test::status_says_how_it_ended_test {
namespace {

/// An error code of a category of the user's own, equal to `operation_canceled`.
class users_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "user"; }
    std::string message(int) const override { return "user's"; }
    boost::system::error_condition default_error_condition(int value) const noexcept override {
        if (value == 1)
            return boost::system::errc::make_error_condition(
                boost::system::errc::operation_canceled);
        return {value, *this};
    }
};
const users_category category;

struct ending {
    error_code code;
    AsyncStatus status;
};

// §3, its rows for a code.
const ending endings[] = {
    {{}, AsyncStatus::Completed},
    {asio::error::operation_aborted, AsyncStatus::Canceled},
    {boost::system::errc::make_error_code(boost::system::errc::operation_canceled),
     AsyncStatus::Canceled},
    {{1, category}, AsyncStatus::Canceled},
    {asio::experimental::error::channel_cancelled, AsyncStatus::Canceled},
    {{2, category}, AsyncStatus::Error},
    {asio::experimental::error::channel_closed, AsyncStatus::Error},
    {asio::error::eof, AsyncStatus::Error},
    {asio::error::timed_out, AsyncStatus::Error},
    {asio::error::connection_refused, AsyncStatus::Error},
    {{2, boost::system::generic_category()}, AsyncStatus::Error},
};

template <typename Handle>
void check_ended(const Handle& operation, AsyncStatus status, const error_code& code) {
    BOOST_TEST(operation.Status() == status);
    BOOST_TEST(operation.ErrorCode() == code);
    BOOST_TEST((&operation.ErrorCode().category() == &code.category()));
    BOOST_TEST(std::get<0>(operation.outcome()) == code);
}

template <typename Handle>
void check_abandoned(const Handle& operation) {
    check_ended(operation, AsyncStatus::Error, errc::abandoned);
    BOOST_TEST(!operation.exception());
}

} // namespace

BOOST_AUTO_TEST_SUITE(status_says_how_it_ended)

// §3: rows 1, 2 and 4: "either way", i.e. whether or not Cancel was requested.
BOOST_AUTO_TEST_CASE(by_a_code) {
    for (const bool requested : {false, true})
        for (const auto& [code, status] : endings)
            BOOST_TEST_CONTEXT(code << ", requested: " << requested) {
                pending<void(error_code)> action;
                const auto a = action.start(use_async_info);
                pending<void(error_code, int)> operation;
                const auto o = operation.start(use_async_info);
                if (requested) {
                    a.Cancel();
                    o.Cancel();
                }
                // "Status tells what happened, not what was asked".
                BOOST_TEST(a.Status() == AsyncStatus::Started);
                BOOST_TEST(a.ErrorCode() == error_code());
                action.complete(code);
                check_ended(a, status, code);
                operation.complete(code, 7);
                check_ended(o, status, code);
                BOOST_TEST((std::get<1>(o.outcome()) == 7));
            }
}

BOOST_AUTO_TEST_CASE(by_a_standard_code) {
    const std::pair<std::error_code, AsyncStatus> table[] = {
#if !defined(_WIN32) // where the standard's system_category is not that of Boost
        {{}, AsyncStatus::Completed},
        {std::error_code(ECANCELED, std::system_category()), AsyncStatus::Canceled},
#endif
        {std::make_error_code(std::errc::operation_canceled), AsyncStatus::Canceled},
        {std::make_error_code(std::errc::connection_refused), AsyncStatus::Error},
        {error_code(asio::error::operation_aborted), AsyncStatus::Canceled},
        {error_code(asio::error::eof), AsyncStatus::Error},
        {error_code(asio::experimental::error::channel_cancelled), AsyncStatus::Canceled},
    };
    for (const auto& [code, status] : table)
        BOOST_TEST_CONTEXT(code) {
            const auto o = pending<void(std::error_code, int)>::ended(use_async_info, code, 7);
            BOOST_TEST(o.Status() == status);
            BOOST_TEST((o.ErrorCode() == code));
            BOOST_TEST((std::error_code(o.ErrorCode()) == code));
            BOOST_TEST(o.ErrorCode().message() == code.message());
            error_code error;
            BOOST_TEST(!o.GetResults(error) == (status != AsyncStatus::Completed));
            BOOST_TEST((error == code));
        }
}

// §3: "a system_error of these", Boost's and the standard one; any other exception is an Error.
BOOST_AUTO_TEST_CASE(by_an_exception) {
    const auto boosts = [](error_code code) { return std::make_exception_ptr(system_error(code)); };
    const auto standard = [](std::errc code) {
        return std::make_exception_ptr(std::system_error(std::make_error_code(code)));
    };
    const std::tuple<std::exception_ptr, AsyncStatus, error_code> table[] = {
        {nullptr, AsyncStatus::Completed, {}},
        {boosts(asio::error::operation_aborted), AsyncStatus::Canceled,
         asio::error::operation_aborted},
        {boosts(asio::experimental::error::channel_cancelled), AsyncStatus::Canceled,
         asio::experimental::error::channel_cancelled},
        {boosts(asio::error::eof), AsyncStatus::Error, asio::error::eof},
        {standard(std::errc::operation_canceled), AsyncStatus::Canceled,
         std::make_error_code(std::errc::operation_canceled)},
        {standard(std::errc::timed_out), AsyncStatus::Error,
         std::make_error_code(std::errc::timed_out)},
        {std::make_exception_ptr(std::runtime_error("bad")), AsyncStatus::Error,
         errc::unhandled_exception},
        {std::make_exception_ptr(1), AsyncStatus::Error, errc::unhandled_exception},
    };
    for (const bool requested : {false, true})
        for (const auto& [exception, status, code] : table)
            BOOST_TEST_CONTEXT(code << ", requested: " << requested) {
                pending<void(std::exception_ptr)> action;
                const auto a = action.start(use_async_info);
                if (requested)
                    a.Cancel();
                action.complete(exception);
                check_ended(a, status, code);
                BOOST_TEST((a.exception() == exception));
            }
}

// §3: success, whatever else is asked: nothing that arrived is thrown away.
BOOST_AUTO_TEST_CASE(by_values_alone) {
    pending<void()> action;
    const auto a = action.start(use_async_info);
    a.Cancel();
    action.complete();
    check_ended(a, AsyncStatus::Completed, {});
    pending<void(int)> operation;
    const auto o = operation.start(use_async_info);
    o.Cancel();
    operation.complete(7);
    check_ended(o, AsyncStatus::Completed, {});
    BOOST_TEST(o.GetResults() == 7);
}

// §3: the handler destroyed uninvoked: by the initiation, later, or with its context.
BOOST_AUTO_TEST_CASE(abandoned) {
    for (const bool requested : {false, true})
        BOOST_TEST_CONTEXT("requested: " << requested) {
            pending<void(error_code, int)> dropped;
            const auto o = dropped.start(use_async_info);
            if (requested)
                o.Cancel();
            dropped.drop();
            check_abandoned(o);
            BOOST_TEST((std::get<1>(o.outcome()) == std::nullopt));
            CHECK_THROWS_CODE(o.GetResults(), errc::abandoned);
        }

    const auto in_initiation =
        asio::async_initiate<decltype(use_async_info), void()>([](auto) {}, use_async_info);
    check_abandoned(in_initiation);

    IAsyncAction waiting, posted;
    {
        asio::io_context context;
        waiting = async_wait_for_ever(context.get_executor(), use_async_info);
        posted = asio::post(context, use_async_info);
        BOOST_TEST(waiting.Status() == AsyncStatus::Started);
        BOOST_TEST(posted.Status() == AsyncStatus::Started);
    }
    check_abandoned(waiting);
    check_abandoned(posted);
}

// §3: as_tuple.
BOOST_AUTO_TEST_CASE(under_as_tuple_the_error_still_decides) {
    for (const auto& [code, status] : endings)
        BOOST_TEST_CONTEXT(code) {
            const auto o =
                pending<void(error_code, int)>::ended(asio::as_tuple(use_async_info), code, 7);
            check_ended(o, status, code);
            const std::tuple<error_code, int> expected(code, 7);
            BOOST_CHECK_NO_THROW(BOOST_TEST((o.GetResults() == expected)));
            BOOST_CHECK_NO_THROW(BOOST_TEST((o.try_get() == expected)));
            BOOST_CHECK_NO_THROW(BOOST_TEST((o.get() == expected)));
            error_code error;
            BOOST_TEST((o.GetResults(error) == expected));
            BOOST_TEST(error == error_code());
            BOOST_TEST((std::get<1>(o.outcome()) == expected));

            const auto a = pending<void(error_code)>::ended(asio::as_tuple(use_async_info), code);
            check_ended(a, status, code);
            BOOST_TEST((a.GetResults() == std::tuple<error_code>(code)));
        }
}

BOOST_AUTO_TEST_CASE(under_as_tuple_so_does_an_exception) {
    const auto exception = std::make_exception_ptr(std::runtime_error("bad"));
    const auto o =
        pending<void(std::exception_ptr, int)>::ended(asio::as_tuple(use_async_info), exception, 7);
    check_ended(o, AsyncStatus::Error, errc::unhandled_exception);
    BOOST_TEST((o.exception() == exception));
    BOOST_TEST((o.GetResults() == std::tuple(exception, 7)));
}

BOOST_AUTO_TEST_CASE(under_as_tuple_values_alone_succeed_and_an_abandoned_operation_has_none) {
    const auto o = pending<void(int)>::ended(asio::as_tuple(use_async_info), 7);
    check_ended(o, AsyncStatus::Completed, {});
    BOOST_TEST((o.GetResults() == std::tuple(7)));

    pending<void(error_code, int)> dropped;
    const auto d = dropped.start(asio::as_tuple(use_async_info));
    dropped.drop();
    check_abandoned(d);
    CHECK_THROWS_CODE(d.GetResults(), errc::abandoned);
}

// §3: redirect_error hides the error by request.
BOOST_AUTO_TEST_CASE(under_redirect_error_it_completed) {
    for (const auto& [code, status] : endings)
        BOOST_TEST_CONTEXT(code) {
            error_code redirected = asio::error::fault;
            const auto o = pending<void(error_code, int)>::ended(
                asio::redirect_error(use_async_info, redirected), code, 7);
            check_ended(o, AsyncStatus::Completed, {});
            BOOST_TEST(o.GetResults() == 7);
            BOOST_TEST(redirected == code);
        }
}

// §3: the socket may have been closed, the timer cancelled, by somebody else.
BOOST_AUTO_TEST_CASE(an_abort_is_a_cancellation_whoever_caused_it) {
    asio::io_context context;
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    const auto wait = timer.async_wait(use_async_info);
    asio::experimental::channel<void(error_code, int)> channel(context);
    const auto receive = channel.async_receive(use_async_info);
    timer.cancel();
    channel.cancel();
    context.run();
    check_ended(wait, AsyncStatus::Canceled, asio::error::operation_aborted);
    check_ended(receive, AsyncStatus::Canceled, asio::experimental::error::channel_cancelled);
    BOOST_TEST(!wait.cancel_requested());
}

#if defined(ASYNCINFO_HAS_CANCEL_AFTER)
// §3: "cannot tell an abort by asio::cancel_after from other aborts: [...] Canceled."
BOOST_AUTO_TEST_CASE(an_abort_by_cancel_after_is_a_cancellation) {
    asio::io_context context;
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    const auto wait = timer.async_wait(asio::cancel_after(1ms, use_async_info));
    context.run();
    check_ended(wait, AsyncStatus::Canceled, asio::error::operation_aborted);
}
#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::status_says_how_it_ended_test
