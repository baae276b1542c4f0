// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Moving a coroutine to another executor.
namespace asyncinfo_test::resume_on_test {
namespace {

using asyncinfo::resume_on;

} // namespace

BOOST_AUTO_TEST_SUITE(resume_on)

BOOST_AUTO_TEST_CASE(moves_the_body_and_what_it_awaits_later) {
    running_context here(1), there(1);
    std::vector<bool> on;
    const auto action = [](running_context& a, running_context& b,
                           std::vector<bool>& o) -> IAsyncAction {
        co_await asyncinfo::resume_on(a);
        o.push_back(a.runs_on(std::this_thread::get_id()));
        co_await asyncinfo::resume_on(b.get_executor());
        o.push_back(b.runs_on(std::this_thread::get_id()));
        co_await asio::post(a, asio::deferred); // ends there, resumes here
        o.push_back(b.runs_on(std::this_thread::get_id()));
        asio::steady_timer timer(a);
        co_await asyncinfo::resume_on(timer);
        o.push_back(a.runs_on(std::this_thread::get_id()));
    }(here, there, on);
    action.wait();
    action.GetResults();
    BOOST_TEST(on == std::vector<bool>(4, true), per_element());
}

BOOST_AUTO_TEST_CASE(never_resumes_within_the_await) {
    asio::io_context context;
    int step = 0;
    asio::post(context, [&] {
        (void)[](asio::io_context & c, int& s)->IAsyncAction {
            co_await asyncinfo::resume_on(c);
            s = 1;
        }
        (context, step);
        BOOST_TEST(step == 0);
    });
    context.run();
    BOOST_TEST(step == 1);
}

BOOST_AUTO_TEST_CASE(keeps_the_new_context_running_until_the_end) {
    asio::io_context context, other;
    const auto strand = asio::make_strand(other);
    const auto action = [](asio::io_context& c, decltype(strand)& s) -> IAsyncAction {
        co_await asyncinfo::resume_on(s);
        if (!s.running_in_this_thread())
            throw system_error(asio::error::fault);
        co_await asio::post(c, asio::deferred);
    }(context, strand);
    other.poll();
    BOOST_TEST(!other.stopped()); // it has work: the coroutine
    BOOST_TEST(!context.stopped());
    context.poll();
    other.poll();
    BOOST_TEST(other.stopped());
    action.GetResults();
}

BOOST_AUTO_TEST_CASE(throws_if_the_coroutine_was_asked_to_stop) {
    asio::io_context context, other;
    const auto action = [](asio::io_context& c, asio::io_context& o) -> IAsyncAction {
        co_await asio::post(c, asio::deferred);
        co_await asyncinfo::resume_on(o);
    }(context, other);
    action.Cancel();
    context.run();
    BOOST_TEST(action.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::resume_on_test
