// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/console.hpp>

#include "client.hpp"

#include <asyncinfo/registry.hpp>
#include <asyncinfo/use_async_info.hpp>

#include <boost/asio/steady_timer.hpp>

#include <cerrno> // program_invocation_short_name

namespace asyncinfo_test::console_itself_test {
namespace {

using namespace console_test;

using asyncinfo::use_async_info;

BOOST_AUTO_TEST_SUITE(console)

BOOST_AUTO_TEST_CASE(it_shows_what_runs) {
    const asyncinfo::console shown;
    const address at(shown.url());
    BOOST_TEST(registry::is_enabled());
    asio::io_context context; // nobody runs it
    asio::steady_timer timer(context, 24h);
    const auto op = timer.async_wait(use_async_info.named("<b>the timer</b>"));
    const auto row = "{\"id\":" + std::to_string(op.Id()) + ",\"name\":\"<b>the timer</b>\"";
    BOOST_TEST(ask(at, at.request("snapshot")).find(row) != std::string::npos);
    BOOST_TEST(
        ask(at, at.request("metrics")).find("asyncinfo_outstanding{name=\"<b>the timer</b>\"") !=
        std::string::npos);
    BOOST_TEST(status(ask(at, at.request("cancel/" + std::to_string(op.Id()), {}, "POST"))) == 403);
    BOOST_TEST((op.Status() == asyncinfo::AsyncStatus::Started));
}

BOOST_AUTO_TEST_CASE(it_cancels_if_it_may) {
    console_options options;
    options.may_cancel = true;
    const asyncinfo::console shown(any_port(), options);
    const address at(shown.url());
    asio::io_context context;
    asio::steady_timer timer(context, 24h);
    const auto op = timer.async_wait(use_async_info);
    const auto request = at.request("cancel/" + std::to_string(op.Id()), {}, "POST");
    BOOST_TEST(status(ask(at, request)) == 204);
    context.run(); // otherwise it runs for a day
    BOOST_TEST((op.Status() == asyncinfo::AsyncStatus::Canceled));
    BOOST_TEST((op.ending().asked_by == asyncinfo::cancel_source::registry));
    BOOST_TEST(status(ask(at, request)) == 404);
}

BOOST_AUTO_TEST_CASE(it_keeps_no_context_running) {
    asio::io_context context;
    const asyncinfo::console shown;
    BOOST_TEST(context.run() == 0u);
    // Nor is it among the operations that it shows.
    const address at(shown.url());
    client watching(at);
    watching.send(at.request("events"));
    BOOST_TEST(watching.picture().find("\"outstanding\":[]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(its_name_is_the_programs_or_another) {
    console_options options;
    options.program = "another \"name\"";
    const asyncinfo::console shown(any_port(), options);
    const address at(shown.url());
    BOOST_TEST(ask(at, at.request("snapshot")).find(R"("program":"another \"name\"")") !=
               std::string::npos);
#if defined(__GLIBC__)
    const asyncinfo::console other;
    const address there(other.url());
    BOOST_TEST(ask(there, there.request("snapshot")).find(program_invocation_short_name) !=
               std::string::npos);
#endif
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asyncinfo_test::console_itself_test
