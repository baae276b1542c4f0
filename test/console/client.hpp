// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_CONSOLE_CLIENT_HPP
#define ASYNCINFO_TEST_CONSOLE_CLIENT_HPP

#include "../../src/console/server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asyncinfo_test::console_test {

namespace asio = boost::asio;
namespace registry = asyncinfo::registry;
using asyncinfo::console_options;
using asyncinfo::detail::console::patience;
using asyncinfo::detail::console::protocol;
using asyncinfo::detail::console::server;
using asyncinfo::detail::console::subject;
using boost::system::error_code;
using namespace std::chrono_literals;

inline asio::ip::tcp::endpoint any_port() { return {asio::ip::address_v4::loopback(), 0}; }

/// A server that shows one operation, number 1, and counts what it is asked for.
struct shown_program {
    std::string name = "an operation"; ///< the operation's
    std::atomic<int> snapshots{0};     ///< number of those taken, which is the Id of the second one
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::uint64_t> cancelled;

    subject functions() {
        return {.snapshot =
                    [this] {
                        registry::report report;
                        report.taken = registry::clock::now();
                        report.running.resize(2);
                        report.running[0].id = 1;
                        report.running[0].name = name;
                        report.running[0].started = report.taken;
                        std::lock_guard lock(mutex);
                        report.running[1].id = 1000 + static_cast<unsigned>(++snapshots);
                        report.running[1].started = report.taken;
                        changed.notify_all();
                        return report;
                    },
                .cancel =
                    [this](std::uint64_t id) {
                        cancelled.push_back(id);
                        return id == 1;
                    }};
    }

    void wait_for(int number) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return snapshots >= number; });
    }
};

/// Where a server is: its endpoint, and its path.
struct address {
    protocol::endpoint endpoint;
    std::string host, path; ///< the path is "/<secret>/"

    explicit address(const std::string& url) {
        if (url.compare(0, 5, "unix:") == 0) {
            endpoint = asio::local::stream_protocol::endpoint(url.substr(5));
            host = "localhost";
            path = "/";
            return;
        }
        const auto slash = url.find('/', 7), colon = url.rfind(':');
        host = url.substr(7, slash - 7);
        path = url.substr(slash);
        endpoint =
            asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(),
                                    static_cast<unsigned short>(std::stoi(url.substr(colon + 1))));
    }
    explicit address(const server& of) : address(of.url()) {}

    std::string request(std::string_view what, std::string_view headers = {},
                        std::string_view method = "GET") const {
        std::string text(method);
        text.append(" ").append(path).append(what).append(" HTTP/1.1\r\nHost: ").append(host);
        return text.append("\r\n").append(headers).append("\r\n");
    }
};

/// A client whose calls block.
class client {
public:
    explicit client(const address& to, int receive_buffer = 0) : socket_(context_) {
        socket_.open(to.endpoint.protocol());
        if (receive_buffer)
            socket_.set_option(asio::socket_base::receive_buffer_size(receive_buffer));
        socket_.connect(to.endpoint);
    }

    void send(std::string_view text) {
        error_code ignored; // it may have had enough
        asio::write(socket_, asio::buffer(text.data(), text.size()), ignored);
    }
    void send_nothing_more() {
        error_code ignored;
        socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    }

    /// All that comes until the server closes.
    std::string rest() {
        error_code end;
        asio::read(socket_, asio::dynamic_buffer(received_), end);
        return std::exchange(received_, {});
    }

    /// All up to `end`, and that; less if the server closes.
    std::string until(std::string_view end) {
        std::size_t seen = 0;
        for (;;) {
            if (const auto at = received_.find(end, seen - std::min(seen, end.size()));
                at != std::string::npos) {
                const auto text = received_.substr(0, at + end.size());
                received_.erase(0, text.size());
                return text;
            }
            seen = received_.size();
            char more[65536];
            error_code closed;
            const auto n = socket_.read_some(asio::buffer(more), closed);
            if (closed)
                return std::exchange(received_, {});
            received_.append(more, n);
        }
    }

    /// One answer that says how long it is.
    std::string answer(bool has_body = true) {
        auto text = until("\r\n\r\n");
        const std::string_view field = "Content-Length: ";
        const auto at = text.find(field);
        std::size_t left =
            at == std::string::npos || !has_body ? 0 : std::stoul(text.substr(at + field.size()));
        while (left > received_.size()) {
            char more[4096];
            error_code closed;
            const auto n = socket_.read_some(asio::buffer(more), closed);
            if (closed)
                break;
            received_.append(more, n);
        }
        text.append(received_, 0, left);
        received_.erase(0, left);
        return text;
    }

    /// The next picture of those that come by themselves.
    std::string picture() {
        until("data: ");
        return until("\n\n");
    }

private:
    asio::io_context context_;
    protocol::socket socket_;
    std::string received_;
};

/// The answer to a request on a connection of its own.
inline std::string ask(const address& to, std::string_view request) {
    client one(to);
    one.send(request);
    return one.answer(request.substr(0, 4) != "HEAD");
}

/// "HTTP/1.1 200 OK" -> 200; zero if there was no answer.
inline int status(std::string_view answer) {
    return answer.substr(0, 9) == "HTTP/1.1 " ? std::stoi(std::string(answer.substr(9, 3))) : 0;
}

} // namespace asyncinfo_test::console_test

#endif // ASYNCINFO_TEST_CONSOLE_CLIENT_HPP
