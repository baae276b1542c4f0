// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "client.hpp"

#include <asyncinfo/console.hpp>

#include <boost/system/system_error.hpp>

#include <cstdio>
#include <memory>

#if !defined(_WIN32)
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace asyncinfo_test::console_requests_test {
namespace {

using namespace console_test;

struct fixture {
    shown_program program;
    console_options options;
    patience waits;
    std::unique_ptr<server> running;

    address serve() {
        options.program = "the-program";
        running = std::make_unique<server>(any_port(), options, program.functions(), waits);
        return address(*running);
    }
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

BOOST_FIXTURE_TEST_SUITE(console_requests, fixture)

BOOST_AUTO_TEST_CASE(the_page_is_served_and_protected) {
    const auto at = serve();
    for (const auto& [path, type] :
         {std::pair("", "text/html"), std::pair("console.css", "text/css"),
          std::pair("console.js", "text/javascript"), std::pair("snapshot", "application/json"),
          std::pair("metrics", "text/plain; version=0.0.4")}) {
        const auto answer = ask(at, at.request(path));
        BOOST_TEST(status(answer) == 200, path);
        BOOST_TEST(contains(answer, std::string("Content-Type: ") + type), path);
        BOOST_TEST(contains(answer, "Content-Security-Policy: default-src 'none'; "), path);
        BOOST_TEST(contains(answer, "X-Content-Type-Options: nosniff"), path);
        BOOST_TEST(!contains(answer, "unsafe"), path);
    }
    BOOST_TEST(contains(ask(at, at.request("snapshot")), "an operation"));
    BOOST_TEST(status(ask(at, at.request("nothing"))) == 404);
    BOOST_TEST(status(ask(at, at.request("?query"))) == 200);

    auto without_slash = at;
    without_slash.path.pop_back();
    const auto moved = ask(at, without_slash.request(""));
    BOOST_TEST(status(moved) == 308);
    BOOST_TEST(contains(moved, "Location: " + at.path + "\r\n"));
}

BOOST_AUTO_TEST_CASE(without_the_secret_nothing_is_told) {
    options.may_cancel = true;
    const auto at = serve();
    BOOST_TEST_REQUIRE(at.path.size() == 1 + 32 + 1);
    std::vector<std::string> wrong = {"/",
                                      "//",
                                      "/x/",
                                      "/" + std::string(32, '0') + "/",
                                      at.path.substr(0, 32) + "/",
                                      at.path.substr(0, 33) + "0/",
                                      "/x" + at.path};
    for (std::size_t n = 1; n <= 32; ++n) {
        wrong.push_back(at.path);
        wrong.back()[n] = at.path[n] == 'a' ? 'b' : 'a';
    }
    for (const auto& path : wrong)
        for (const auto* method : {"GET", "POST", "HEAD"})
            for (const auto* what :
                 {"", "snapshot", "events", "metrics", "console.js", "cancel/1"}) {
                auto other = at;
                other.path = path;
                const auto answer = ask(at, other.request(what, {}, method));
                BOOST_TEST(status(answer) == 403, method << " " << path << what);
                BOOST_TEST(!contains(answer, "the-program"));
                BOOST_TEST(!contains(answer, at.path.substr(1, 32)));
            }
    BOOST_TEST(program.snapshots == 0);
    BOOST_TEST(program.cancelled.empty());
    BOOST_TEST(status(ask(at, at.request("../snapshot"))) == 404);
}

BOOST_AUTO_TEST_CASE(each_console_has_a_secret_of_its_own) {
    const auto first = serve();
    const server second(any_port(), options, program.functions());
    BOOST_TEST(first.path != address(second).path);
}

BOOST_AUTO_TEST_CASE(a_rebound_name_reads_nothing) {
    auto at = serve();
    const auto port = at.host.substr(at.host.find(':'));
    const auto own = at.host;
    for (const std::string host :
         {"evil.example", "evil.example:80", "", ":80", "localhost.evil.example",
          "127.0.0.1.evil.example", "evil.example@127.0.0.1", "[::1", "[", "10.0.0.1", "0.0.0.0",
          "localhost\r\nHost: evil.example", "evil.example\r\nHost: localhost"}) {
        at.host = host;
        BOOST_TEST(status(ask(at, at.request("snapshot"))) == 403, host);
    }
    BOOST_TEST(status(ask(at, "GET " + at.path + " HTTP/1.1\r\n\r\n")) == 403);
    BOOST_TEST(program.snapshots == 0);
    for (const std::string& host :
         {own, "localhost" + port, std::string("LocalHost"), std::string("localhost:9"),
          std::string("127.0.0.1"), std::string("[::1]:80")}) { // such as of a forwarded port
        at.host = host;
        BOOST_TEST(status(ask(at, at.request("snapshot"))) == 200, host);
    }
}

BOOST_AUTO_TEST_CASE(another_page_reads_nothing) {
    options.may_cancel = true;
    const auto at = serve();
    for (const auto& origin :
         {std::string("http://evil.example"), std::string("null"), std::string(""),
          "https://" + at.host, std::string("http://localhost"), at.host,
          "http://" + at.host + ".evil.example",
          "http://" + at.host + "\r\nOrigin: http://evil.example"}) {
        const auto header = "Origin: " + origin + "\r\n";
        BOOST_TEST(status(ask(at, at.request("snapshot", header))) == 403, origin);
        BOOST_TEST(status(ask(at, at.request("cancel/1", header, "POST"))) == 403, origin);
    }
    BOOST_TEST(program.snapshots == 0);
    BOOST_TEST(program.cancelled.empty());
    const auto header = "Origin: http://" + at.host + "\r\n";
    BOOST_TEST(status(ask(at, at.request("snapshot", header))) == 200);
    BOOST_TEST(status(ask(at, at.request("cancel/1", header, "POST"))) == 204);
}

BOOST_AUTO_TEST_CASE(cancel_takes_permission_and_post) {
    const auto reading = serve();
    BOOST_TEST(status(ask(reading, reading.request("cancel/1", {}, "POST"))) == 403);
    BOOST_TEST(contains(ask(reading, reading.request("snapshot")), "\"may_cancel\":false"));
    BOOST_TEST(program.cancelled.empty());

    options.may_cancel = true;
    const auto at = serve();
    BOOST_TEST(contains(ask(at, at.request("snapshot")), "\"may_cancel\":true"));
    BOOST_TEST(status(ask(at, at.request("cancel/1"))) == 405);
    for (const auto* id : {"", "x", "1x", "-1", "+1", " 1", "99999999999999999999999", "1/", "0x1"})
        BOOST_TEST(status(ask(at, at.request(std::string("cancel/") + id, {}, "POST"))) >= 400, id);
    BOOST_TEST(program.cancelled.empty());
    BOOST_TEST(status(ask(at, at.request("cancel/2", {}, "POST"))) == 404);
    BOOST_TEST(status(ask(at, at.request("cancel/1", {}, "POST"))) == 204);
    BOOST_TEST((program.cancelled == std::vector<std::uint64_t>{2, 1}));
}

BOOST_AUTO_TEST_CASE(other_methods_are_refused) {
    const auto at = serve();
    for (const auto* method : {"PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "QUITE"})
        BOOST_TEST(status(ask(at, at.request("snapshot", {}, method))) == 405, method);
    BOOST_TEST(status(ask(at, at.request("snapshot", {}, "POST"))) == 405);
    const auto head = ask(at, at.request("", {}, "HEAD"));
    BOOST_TEST(status(head) == 200);
    BOOST_TEST(head.substr(head.size() - 4) == "\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_refused) {
    const auto at = serve();
    const std::string large(20'000, 'x');
    BOOST_TEST(status(ask(at, at.request("snapshot", "X-Large: " + large + "\r\n"))) == 431);
    BOOST_TEST(status(ask(at, at.request(large))) == 431);
    BOOST_TEST(status(ask(at, at.request("cancel/1", "Content-Length: 20000\r\n", "POST") +
                                  large)) == 413);
    BOOST_TEST(status(ask(at, at.request("cancel/1", "Transfer-Encoding: chunked\r\n", "POST") +
                                  "4e20\r\n" + large + "\r\n0\r\n\r\n")) == 413);
    // Without an end.
    client endless(at);
    for (int n = 0; n < 100; ++n)
        endless.send("X-More: " + large + "\r\n");
    const auto answer = endless.rest();
    BOOST_TEST((answer.empty() || status(answer) == 400 || status(answer) == 431));
    BOOST_TEST(status(ask(at, at.request("snapshot"))) == 200);
}

BOOST_AUTO_TEST_CASE(what_is_half_sent_is_not_waited_for) {
    waits.request = 50ms;
    const auto at = serve();
    const auto whole = at.request("snapshot", "Content-Length: 10\r\n", "POST");
    std::vector<std::unique_ptr<client>> clients;
    for (std::size_t n = 0; n < whole.size(); n += 7) {
        clients.push_back(std::make_unique<client>(at));
        clients.back()->send(std::string_view(whole).substr(0, n));
    }
    for (const auto& one : clients)
        BOOST_TEST(one->rest().empty());
    BOOST_TEST(program.snapshots == 0);
}

BOOST_AUTO_TEST_CASE(what_is_not_http_is_refused) {
    const auto at = serve();
    for (const std::string request :
         {"hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
          "GET / HTTP/1.1\r\nno colon\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n",
          "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"})
        BOOST_TEST(status(ask(at, request)) == 400, request);
}

BOOST_AUTO_TEST_CASE(a_connection_serves_several_requests) {
    const auto at = serve();
    client one(at);
    one.send(at.request("") + at.request("console.css")); // at once
    BOOST_TEST(contains(one.answer(), "text/html"));
    BOOST_TEST(contains(one.answer(), "text/css"));
    one.send(at.request("console.js", "Connection: close\r\n"));
    BOOST_TEST(contains(one.answer(), "text/javascript"));
    BOOST_TEST(one.rest().empty());
}

BOOST_AUTO_TEST_CASE(other_machines_cannot_connect_unless_told) {
    const asio::ip::tcp::endpoint everywhere(asio::ip::address_v4::any(), 0);
    BOOST_CHECK_EXCEPTION(server(everywhere, options, program.functions()),
                          boost::system::system_error, [](const auto& error) {
                              return error.code() == asio::error::access_denied &&
                                     contains(error.what(), "allow_remote");
                          });
    options.allow_remote = true;
    const server remote(everywhere, options, program.functions());
    auto at = address(remote);
    BOOST_TEST(status(ask(at, at.request("snapshot"))) == 200);
    at.host = "evil.example";
    BOOST_TEST(status(ask(at, at.request("snapshot"))) == 403);
}

BOOST_AUTO_TEST_CASE(a_chunk_extension_without_an_end_is_cut_off) {
    const server one(any_port(), options, program.functions());
    const auto at = address(one);
    client sender(at);
    sender.send("POST / HTTP/1.1\r\nHost: " + at.host + "\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                std::string(64 * 1024, 'a'));
    const int answer = status(sender.rest()); // it ends, and nothing has been asked of the client
    BOOST_TEST((answer == 400 || answer == 0));
}

BOOST_AUTO_TEST_CASE(a_query_does_not_lead_round_in_circles) {
    const server one(any_port(), options, program.functions());
    auto at = address(one);
    at.path.pop_back();
    const auto answer = ask(at, at.request("?x"));
    BOOST_TEST(status(answer) == 308);
    BOOST_TEST(contains(answer, "Location: " + at.path + "/\r\n"));
}

BOOST_AUTO_TEST_CASE(a_host_ends_with_its_address) {
    const server one(any_port(), options, program.functions());
    auto at = address(one);
    at.host = "[::1]:80";
    BOOST_TEST(status(ask(at, at.request("snapshot"))) == 200);
    at.host = "[::1]x.evil.example";
    BOOST_TEST(status(ask(at, at.request("snapshot"))) == 403);
}

#if !defined(_WIN32)

BOOST_AUTO_TEST_CASE(programs_that_are_started_get_no_socket) {
    const server one(any_port(), options, program.functions());
    const auto at = address(one);
    client connected(at);
    connected.send(at.request("snapshot"));
    connected.answer(); // so that the other end is there
    int sockets = 0;
    for (int descriptor = 0; descriptor < 256; ++descriptor) {
        protocol::endpoint named;
        socklen_t size = static_cast<socklen_t>(named.capacity());
        if (::getsockname(descriptor, named.data(), &size) != 0)
            continue;
        named.resize(size);
        if (named != at.endpoint)
            continue;
        ++sockets; // the acceptor, and the session
        BOOST_TEST((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
    }
    BOOST_TEST(sockets == 2);
}

#endif

#if defined(BOOST_ASIO_HAS_LOCAL_SOCKETS) && !defined(_WIN32)

/// In a folder of its own, which the test removes.
struct socket_path {
    char folder[32] = "/tmp/asyncinfo-XXXXXX";
    std::string file;

    socket_path() {
        BOOST_TEST_REQUIRE(::mkdtemp(folder));
        file = std::string(folder) + "/socket";
    }
    ~socket_path() { ::rmdir(folder); }

    bool exists() const { return ::access(file.c_str(), F_OK) == 0; }
};

BOOST_AUTO_TEST_CASE(a_unix_socket_is_for_its_owner) {
    const socket_path path;
    for (const mode_t mask : {0u, 077u, 0777u}) {
        const auto before = ::umask(mask);
        const server one(asio::local::stream_protocol::endpoint(path.file), options,
                         program.functions());
        ::umask(before);
        struct stat about{};
        BOOST_TEST_REQUIRE(::stat(path.file.c_str(), &about) == 0);
        BOOST_TEST(S_ISSOCK(about.st_mode));
        BOOST_TEST((about.st_mode & 0777) == 0600u);
        BOOST_TEST(one.url() == "unix:" + path.file);
        auto at = address(one);
        BOOST_TEST(status(ask(at, at.request("snapshot"))) == 200);
        at.host = "evil.example"; // a browser's, through a forwarded port
        BOOST_TEST(status(ask(at, at.request("snapshot"))) == 403);
    }
    BOOST_TEST(!path.exists());
}

BOOST_AUTO_TEST_CASE(a_socket_left_behind_is_replaced_and_one_in_use_is_not) {
    const socket_path path;
    const asio::local::stream_protocol::endpoint endpoint(path.file);
    {
        asio::io_context context;
        asio::local::stream_protocol::acceptor left(context, endpoint);
    }
    BOOST_TEST_REQUIRE(path.exists());
    const server one(endpoint, options, program.functions());
    BOOST_CHECK_EXCEPTION(
        server(endpoint, options, program.functions()), boost::system::system_error,
        [](const auto& error) { return error.code() == asio::error::address_in_use; });
    const auto at = address(one);
    BOOST_TEST(status(ask(at, at.request("snapshot"))) == 200);
}

BOOST_AUTO_TEST_CASE(only_its_own_file_is_removed) {
    const socket_path path;
    const asio::local::stream_protocol::endpoint endpoint(path.file);
    auto first = std::make_unique<server>(endpoint, options, program.functions());
    std::remove(path.file.c_str());
    const server second(endpoint, options, program.functions());
    first.reset();
    BOOST_TEST(path.exists());
    const auto at = address(second);
    BOOST_TEST(status(ask(at, at.request("snapshot"))) == 200);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_socket_stays) {
    const socket_path path;
    std::fclose(std::fopen(path.file.c_str(), "w"));
    BOOST_CHECK_THROW(
        server(asio::local::stream_protocol::endpoint(path.file), options, program.functions()),
        boost::system::system_error);
    BOOST_TEST(path.exists());
    std::remove(path.file.c_str());
}

BOOST_AUTO_TEST_CASE(a_unix_socket_without_a_file_is_refused) {
    for (const std::string& name : {std::string(), std::string("\0asyncinfo-test", 15)})
        BOOST_CHECK_EXCEPTION(
            server(asio::local::stream_protocol::endpoint(name), options, program.functions()),
            boost::system::system_error,
            [](const auto& error) { return error.code() == asio::error::access_denied; });
}

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asyncinfo_test::console_requests_test
