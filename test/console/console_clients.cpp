// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "client.hpp"

#include <memory>
#include <new>
#include <optional>
#include <utility>

#if !defined(_WIN32)
#include <sys/resource.h>
#endif

namespace asyncinfo_test::console_clients_test {
namespace {

using namespace console_test;

struct fixture {
    shown_program program;
    console_options options;
    patience waits;
    std::optional<server> running;

    address serve() {
        running.emplace(any_port(), options, program.functions(), waits);
        return address(*running);
    }
};

/// The number of a picture: how many had been taken.
int number(const std::string& picture) {
    const auto at = picture.find("{\"id\":1", picture.find("{\"id\":1,") + 1);
    return at == std::string::npos ? 0 : std::stoi(picture.substr(at + 6)) - 1000;
}

std::unique_ptr<client> look(const address& at, int receive_buffer = 0) {
    auto one = std::make_unique<client>(at, receive_buffer);
    one->send(at.request("events"));
    return one;
}

BOOST_FIXTURE_TEST_SUITE(console_clients, fixture)

BOOST_AUTO_TEST_CASE(pictures_come_by_themselves) {
    options.period = 1ms;
    const auto at = serve();
    client one(at);
    one.send(at.request("events"));
    const auto header = one.until("\r\n\r\n");
    BOOST_TEST(status(header) == 200);
    BOOST_TEST(header.find("Content-Type: text/event-stream\r\n") != std::string::npos);
    int before = 0;
    for (int n = 0; n < 5; ++n) {
        const int now = number(one.picture());
        BOOST_TEST(now > before);
        before = now;
    }
}

BOOST_AUTO_TEST_CASE(all_clients_get_the_same_picture) {
    options.period = 24h;
    const auto at = serve();
    for (int n = 0; n < 10; ++n)
        BOOST_TEST(number(look(at)->picture()) == 1);
    BOOST_TEST(number(ask(at, at.request("snapshot"))) == 1);
    BOOST_TEST(program.snapshots == 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_done_while_nobody_looks) {
    options.period = 1ms;
    waits.share = 1;
    const auto at = serve();
    BOOST_TEST(status(ask(at, at.request(""))) == 200);
    BOOST_TEST(program.snapshots == 0);
    {
        const auto one = look(at);
        while (number(one->picture()) < 3)
            ;
    }
    // It has not ended if each of a hundred requests for a file finds a newer picture before it.
    for (int same = 0, seen = 0; same < 100; ++same) {
        ask(at, at.request("console.css"));
        if (const int now = program.snapshots; now != std::exchange(seen, now))
            same = 0;
    }
}

BOOST_AUTO_TEST_CASE(a_slow_reader_gets_the_newest_and_holds_up_nobody) {
    options.period = 1ms;
    waits.answer = 1h;
    waits.share = 1;
    program.name.assign(6'000'000, 'x'); // more than a connection takes unread
    const auto at = serve();
    const auto slow = look(at, 4096);
    const auto swift = look(at);
    while (number(swift->picture()) < 5)
        ;
    const int first = number(slow->picture());
    const int second = number(slow->picture());
    BOOST_TEST(first <= 2);
    BOOST_TEST(second >= 5 - 1);
}

BOOST_AUTO_TEST_CASE(who_does_not_read_is_dropped) {
    waits.answer = 50ms;
    options.max_clients = 1;
    program.name.assign(6'000'000, 'x');
    const auto at = serve();
    for (const auto* what : {"events", "snapshot"}) {
        client slow(at, 4096);
        slow.send(at.request(what));
        slow.until("\r\n\r\n");
        while (status(ask(at, at.request(""))) == 503) // until there is room
            ;
        BOOST_TEST(slow.rest().size() < program.name.size(), what);
    }
}

BOOST_AUTO_TEST_CASE(a_thousand_who_say_nothing_keep_nobody_out) {
#if !defined(_WIN32)
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
#endif
    const auto at = serve();
    const auto watching = look(at);
    watching->picture();
    std::vector<std::unique_ptr<client>> silent;
    for (int n = 0; n < 1000; ++n) {
        silent.push_back(std::make_unique<client>(at));
        if (n % 2)
            silent.back()->send("GET /");
        if (n % 50 == 0)
            BOOST_TEST(status(ask(at, at.request("snapshot"))) == 200);
    }
    BOOST_TEST(status(ask(at, at.request("snapshot"))) == 200);
    BOOST_TEST(number(watching->picture()) >= 1); // it has been there throughout
    // All but the last ones have been closed for others.
    for (int n = 0; n < 900; ++n)
        BOOST_TEST(silent[static_cast<std::size_t>(n)]->rest().empty());
}

BOOST_AUTO_TEST_CASE(who_has_the_secret_is_not_put_out_by_others) {
    options.max_clients = 3;
    options.period = 1ms;
    const auto at = serve();
    std::vector<std::unique_ptr<client>> watching;
    for (int n = 0; n < 3; ++n) {
        watching.push_back(look(at));
        watching.back()->picture();
    }
    client other(at);
    BOOST_TEST(status(other.rest()) == 503);
    for (const auto& one : watching)
        BOOST_TEST(number(one->picture()) > 0);
    // When one of them goes, there is room.
    watching.pop_back();
    while (status(ask(at, at.request("snapshot"))) == 503)
        ;
}

BOOST_AUTO_TEST_CASE(the_end_shows_a_last_picture_and_closes_all) {
    options.period = 24h;
    const auto at = serve();
    const auto watching = look(at);
    BOOST_TEST(number(watching->picture()) == 1);
    client silent(at);
    client halfway(at);
    halfway.send("GET ");
    program.name = "what is left";
    running.reset();
    BOOST_TEST(watching->until("data: ") == "event: last\ndata: ");
    const auto last = watching->until("\n\n");
    BOOST_TEST(number(last) == 2);
    BOOST_TEST(last.find("what is left") != std::string::npos);
    BOOST_TEST(watching->rest().empty());
    BOOST_TEST(silent.rest().empty());
    BOOST_TEST(halfway.rest().empty());
    BOOST_CHECK_THROW(client{at}, boost::system::system_error);
}

BOOST_AUTO_TEST_CASE(who_does_not_read_does_not_hold_up_the_end) {
    waits.answer = 24h;
    program.name.assign(6'000'000, 'x');
    const auto at = serve();
    const auto watching = look(at, 4096);
    client asking(at, 4096);
    asking.send(at.request("snapshot"));
    asking.until("\r\n\r\n");
    running.reset(); // otherwise this takes a day
    BOOST_TEST(asking.rest().size() < program.name.size());
}

BOOST_AUTO_TEST_CASE(a_picture_that_cannot_be_taken_is_left_out) {
    std::atomic<int> taken{0};
    options.period = 1ms;
    running.emplace(any_port(), options,
                    subject{.snapshot =
                                [&] {
                                    if (++taken % 2 == 0)
                                        throw std::bad_alloc();
                                    registry::report report;
                                    report.taken = registry::clock::now();
                                    return report;
                                },
                            .cancel = [](std::uint64_t) { return false; }});
    const auto one = look(address(*running));
    for (int n = 0; n < 5; ++n)
        BOOST_TEST(!one->picture().empty());
    BOOST_TEST(taken >= 9);
    running.reset(); // before what it counts in
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asyncinfo_test::console_clients_test
