// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "client.hpp"

#include <iterator>
#include <random>

namespace asyncinfo_test::console_fuzz_test {
namespace {

using namespace console_test;

/// A few changes of the kind that find mistakes in parsers.
std::string changed(std::string text, std::minstd_rand& random) {
    const auto below = [&](std::size_t limit) { return limit ? random() % limit : 0; };
    static constexpr std::string_view pieces[] = {"\r\n",
                                                  "\r\n\r\n",
                                                  "\n",
                                                  "\r",
                                                  ":",
                                                  " ",
                                                  "\0",
                                                  "%00",
                                                  "/",
                                                  "../",
                                                  "?",
                                                  "#",
                                                  "HTTP/1.1",
                                                  "Host",
                                                  "Origin: x",
                                                  "\t",
                                                  "\xFF",
                                                  "0",
                                                  "-1",
                                                  "99999999999",
                                                  "\x80",
                                                  "[",
                                                  "]",
                                                  "@",
                                                  "Transfer-Encoding: chunked\r\n",
                                                  "Content-Length: 5\r\n",
                                                  "Expect: 100-continue\r\n",
                                                  "Connection: keep-alive\r\n",
                                                  "Upgrade: websocket\r\n"};
    for (auto changes = 1 + below(4); changes > 0; --changes) {
        const auto at = below(text.size() + 1),
                   length = below(std::min<std::size_t>(text.size() - at, 30) + 1);
        switch (below(6)) {
        case 0:
            text.erase(at, length);
            break;
        case 1:
            text.insert(at, pieces[below(std::size(pieces))]);
            break;
        case 2:
            text.insert(below(text.size() + 1), text.substr(at, length));
            break;
        case 3:
            if (at < text.size())
                text[at] = static_cast<char>(random() % 256);
            break;
        case 4:
            text.insert(at, below(9000), static_cast<char>('a' + random() % 26));
            break;
        default:
            text.resize(at);
        }
    }
    return text;
}

BOOST_AUTO_TEST_SUITE(console_fuzz)

BOOST_AUTO_TEST_CASE(requests_of_all_kinds_are_survived) {
    shown_program program;
    console_options options;
    options.may_cancel = true;
    const server running(any_port(), options, program.functions(),
                         patience{.request = 2s, .answer = 2s});
    const address at(running);
    const std::string requests[] = {
        at.request(""),
        at.request("snapshot", "Origin: http://" + at.host + "\r\nConnection: close\r\n"),
        at.request("metrics", "Accept: */*\r\n"),
        at.request("cancel/1", "Content-Length: 3\r\n", "POST") + "abc",
        at.request("cancel/1", "Transfer-Encoding: chunked\r\n", "POST") + "3\r\nabc\r\n0\r\n\r\n",
        at.request("console.js") + at.request("console.css")};
    const auto secret = std::string_view(at.path).substr(1, 32);
    std::minstd_rand random(20);
    int answered = 0;
    for (int n = 0; n < 2000; ++n) {
        const auto request = changed(requests[random() % std::size(requests)], random);
        client one(at);
        one.send(request);
        one.send_nothing_more();
        const auto answer = one.rest();
        BOOST_TEST((answer.empty() || status(answer) != 0), n << ": " << answer.substr(0, 100));
        answered += status(answer) == 200;
        if (request.find(secret) == std::string::npos)
            BOOST_TEST((answer.empty() || status(answer) >= 400), n << ": " << request);
    }
    BOOST_TEST(answered > 100); // otherwise nothing behind the first check has been reached
    BOOST_TEST(status(ask(at, at.request("snapshot"))) == 200);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asyncinfo_test::console_fuzz_test
