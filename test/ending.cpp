// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/registry_on.hpp"
#include "support/test.hpp"

#include <asyncinfo/abandon_on_cancel.hpp>

namespace asyncinfo_test::ending_test {

using asio::cancellation_type;
using asyncinfo::async_ending;
using asyncinfo::cancel_source;
using asyncinfo::ending_reason;

BOOST_AUTO_TEST_SUITE(ending)

// --- The reason, which is known always ----------------------------------------------------------

struct without_the_registry {
    pending<void(error_code)> source;
    const IAsyncAction op = source.start(use_async_info);
};

BOOST_FIXTURE_TEST_CASE(a_running_operation_has_none, without_the_registry) {
    BOOST_TEST((op.ending().reason == ending_reason::none));
    BOOST_TEST((op.ending().asked_types == cancellation_type::none));
    source.complete({});
}

BOOST_FIXTURE_TEST_CASE(success, without_the_registry) {
    source.complete({});
    BOOST_TEST((op.ending().reason == ending_reason::finished));
}

BOOST_FIXTURE_TEST_CASE(an_error_of_its_own, without_the_registry) {
    source.complete(asio::error::eof);
    BOOST_TEST((op.ending().reason == ending_reason::failed));
}

BOOST_FIXTURE_TEST_CASE(a_time_out_of_its_own_is_no_deadline, without_the_registry) {
    source.complete(asio::error::timed_out);
    BOOST_TEST((op.ending().reason == ending_reason::failed));
}

BOOST_FIXTURE_TEST_CASE(cancelled_by_nobody, without_the_registry) {
    source.complete(asio::error::operation_aborted);
    const async_ending told = op.ending();
    BOOST_TEST((told.reason == ending_reason::cancelled));
    BOOST_TEST((told.asked_types == cancellation_type::none));
}

BOOST_FIXTURE_TEST_CASE(cancelled_by_somebody, without_the_registry) {
    op.Cancel(cancellation_type::total);
    BOOST_TEST((op.ending().asked_types == cancellation_type::total));
    source.complete(asio::error::operation_aborted);
    const async_ending told = op.ending();
    BOOST_TEST((told.reason == ending_reason::cancelled));
    BOOST_TEST((told.asked_types == cancellation_type::total));
    BOOST_TEST((told.asked_by == cancel_source::none)); // the registry was off
    BOOST_TEST(!told.asked_at);
    BOOST_TEST(!told.stopped_after);
}

BOOST_FIXTURE_TEST_CASE(a_completion_handler_that_is_lost, without_the_registry) {
    source.drop();
    BOOST_TEST((op.ending().reason == ending_reason::abandoned));
}

BOOST_AUTO_TEST_CASE(a_deadline) {
    asio::io_context context;
    const IAsyncAction op = async_wait_for_ever(context.get_executor(), use_async_info);
    op.cancel_after(0ms);
    context.run();
    const async_ending told = op.ending();
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST((told.reason == ending_reason::deadline));
    BOOST_TEST((told.asked_by == cancel_source::deadline));
}

BOOST_AUTO_TEST_CASE(an_exception) {
    const auto thrown = std::make_exception_ptr(std::runtime_error("no"));
    const IAsyncAction op = pending<void(std::exception_ptr)>::ended(use_async_info, thrown);
    BOOST_TEST((op.ending().reason == ending_reason::failed));
    op.Close();
    CHECK_THROWS_CODE(op.ending(), errc::illegal_method_call);
}

BOOST_AUTO_TEST_CASE(of_an_empty_handle_there_is_none) {
    CHECK_THROWS_CODE(IAsyncInfo().ending(), errc::empty_handle);
    error_code error;
    static_cast<void>(IAsyncInfo().ending(error));
    BOOST_TEST((error == errc::empty_handle));
}

// --- Who asked, and when, which the registry knows ----------------------------------------------

/// Ends at once when it is asked to stop.
IAsyncAction start_obedient() {
    return async_until_cancelled(
        [](asio::cancellation_type_t) { return asio::error::operation_aborted; }, use_async_info);
}

IAsyncAction await_it(IAsyncAction op) { co_await op; }

struct who {
    const char* name;
    cancel_source source;
    std::function<void(IAsyncAction)> ask;
};

const who everybody[] = {
    {"a handle", cancel_source::handle, [](const IAsyncAction& op) { op.Cancel(); }},
    {"a scope", cancel_source::handle,
     [](IAsyncAction op) { const asyncinfo::cancel_on_destroy scope(std::move(op)); }},
    {"when_all", cancel_source::combination,
     [](IAsyncAction op) { when_all(std::move(op), start_obedient()).Cancel(); }},
    {"when_any", cancel_source::combination,
     [](IAsyncAction op) { when_any(std::move(op), start_obedient()).Cancel(); }},
    {"an adapter", cancel_source::combination,
     [](IAsyncAction op) { asyncinfo::abandon_on_cancel(std::move(op)).Cancel(); }},
    {"a coroutine", cancel_source::coroutine,
     [](IAsyncAction op) { await_it(std::move(op)).Cancel(); }},
    {"a group", cancel_source::group,
     [](IAsyncAction op) {
         operation_group<> group;
         group.add(std::move(op));
         group.cancel_all();
     }},
    {"a shutdown", cancel_source::shutdown,
     [](IAsyncAction op) {
         operation_group<> group;
         group.add(std::move(op));
         group.shutdown(0ms);
     }},
    {"its number", cancel_source::registry,
     [](const IAsyncAction& op) { asyncinfo::registry::cancel(op.Id()); }},
#if defined(ASYNCINFO_HAS_STOP_TOKEN)
    {"a stop token", cancel_source::stop_token,
     [](const IAsyncAction& op) {
         std::stop_source stop;
         static_cast<void>(asyncinfo::stop_on(op, stop.get_token()));
         stop.request_stop();
     }},
    {"a stop token that was stopped", cancel_source::stop_token,
     [](const IAsyncAction& op) {
         std::stop_source stop;
         stop.request_stop();
         static_cast<void>(asyncinfo::stop_on(op, stop.get_token()));
     }},
#endif
};

BOOST_AUTO_TEST_CASE(who_asked_is_told) {
    const registry_on on;
    for (const who& w : everybody) {
        BOOST_TEST_CONTEXT(w.name) {
            const IAsyncAction op = start_obedient();
            const auto before = std::chrono::steady_clock::now();
            w.ask(op);
            const auto after = std::chrono::steady_clock::now();
            const async_ending told = op.ending();
            BOOST_TEST((told.reason == ending_reason::cancelled));
            BOOST_TEST(to_string(told.asked_by) == to_string(w.source));
            BOOST_REQUIRE(told.asked_at.has_value());
            BOOST_TEST((*told.asked_at >= before && *told.asked_at <= after));
            BOOST_REQUIRE(told.stopped_after.has_value());
            BOOST_TEST((*told.stopped_after >= 0ns && *told.stopped_after <= after - before));
            const auto remembered = memory_of(op.Id());
            BOOST_REQUIRE(remembered.has_value());
            BOOST_TEST((remembered->ending.asked_by == w.source));
            BOOST_TEST((remembered->ending.reason == ending_reason::cancelled));
            BOOST_TEST((remembered->ending.asked_types == told.asked_types));
            BOOST_TEST((remembered->ending.stopped_after == told.stopped_after));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_bound_slot_is_told) {
    const registry_on on;
    asio::cancellation_signal signal;
    pending<void(error_code)> source;
    const auto op = source.start(asio::bind_cancellation_slot(signal.slot(), use_async_info));
    signal.emit(cancellation_type::partial);
    source.complete(asio::error::operation_aborted);
    BOOST_TEST((op.ending().asked_by == cancel_source::slot));
    BOOST_TEST((op.ending().asked_types == cancellation_type::partial));
}

BOOST_AUTO_TEST_CASE(the_first_to_ask_counts) {
    const registry_on on;
    pending<void(error_code)> source;
    const IAsyncAction op = source.start(use_async_info);
    op.Cancel(cancellation_type::total);
    const auto first = op.ending();
    asyncinfo::registry::cancel(op.Id(), cancellation_type::partial);
    const auto second = op.ending();
    BOOST_TEST((second.asked_by == cancel_source::handle));
    BOOST_TEST((second.asked_at == first.asked_at));
    BOOST_TEST((second.asked_types == (cancellation_type::total | cancellation_type::partial)));
    BOOST_TEST(!second.stopped_after); // it runs on
    source.complete({});
    BOOST_TEST((op.ending().reason == ending_reason::finished));
    BOOST_TEST(op.ending().stopped_after.has_value());
}

BOOST_AUTO_TEST_CASE(who_asks_after_the_end_is_not_told) {
    const registry_on on;
    const IAsyncAction op = pending<void()>::ended(use_async_info);
    op.Cancel();
    BOOST_TEST((op.ending().asked_by == cancel_source::none));
    BOOST_TEST(!op.ending().asked_at);
}

// --- In words -----------------------------------------------------------------------------------

std::string in_words(const async_ending& told) {
    std::ostringstream text;
    text << told;
    return text.str();
}

BOOST_AUTO_TEST_CASE(it_is_a_sentence) {
    BOOST_TEST(in_words({}) == "has not ended");
    BOOST_TEST(in_words({.reason = ending_reason::finished}) == "finished");
    BOOST_TEST(in_words({.reason = ending_reason::cancelled,
                         .asked_by = cancel_source::shutdown,
                         .asked_types = cancellation_type::total | cancellation_type::terminal,
                         .stopped_after = 1500us}) ==
               "cancelled, asked to stop by the shutdown of its group (terminal, total), stopped "
               "after 1.5 ms");
    BOOST_TEST(
        in_words({.reason = ending_reason::deadline, .asked_types = cancellation_type::all}) ==
        "deadline, asked to stop (all types)");
}

BOOST_AUTO_TEST_CASE(each_enumerator_has_a_name) {
    for (int i = 0; i <= static_cast<int>(ending_reason::abandoned); ++i)
        BOOST_TEST(to_string(static_cast<ending_reason>(i)) != "(unknown)");
    BOOST_TEST(to_string(ending_reason::deadline) == "deadline");
    BOOST_TEST(to_string(static_cast<ending_reason>(99)) == "(unknown)");
    for (int i = 0; i <= static_cast<int>(cancel_source::deadline); ++i)
        BOOST_TEST(to_string(static_cast<cancel_source>(i)) != "(unknown)");
    BOOST_TEST(to_string(cancel_source::stop_token) == "stop_token");
    BOOST_TEST(to_string(static_cast<cancel_source>(99)) == "(unknown)");
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace asyncinfo_test::ending_test
