// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
// Boost.Beast: one operation at a time on a stream needs no strand, on a bare pool of four threads.
// Two at a time, such as a close while a read is pending, need one, as in Beast.

#include "check.hpp"

#include <boost/beast.hpp>

#include <functional>
#include <string>

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using namespace clients;
using tcp = asio::ip::tcp;

namespace {

/// Serves one connection after the other, on a thread of its own.
class peer {
public:
    explicit peer(std::function<void(tcp::socket&)> serve)
        : thread_([this, serve = std::move(serve)] {
              for (;;) {
                  tcp::socket socket = acceptor_.accept();
                  if (over_)
                      return;
                  try {
                      serve(socket);
                  } catch (const boost::system::system_error&) { // the client has gone
                  }
                  error_code ignored;
                  socket.set_option(asio::socket_base::linger(true, 0), ignored); // a reset
              }
          }) {}

    ~peer() {
        over_ = true;
        tcp::socket(context_).connect(acceptor_.local_endpoint());
        thread_.join();
    }

    tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

private:
    asio::io_context context_;
    tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

/// A body of 2000 chunks, one by one; or the connection is reset after some of them.
void dribble(tcp::socket& socket, int chunks = 2000) {
    beast::flat_buffer buffer;
    http::request<http::empty_body> request;
    http::read(socket, buffer, request);
    asio::write(socket,
                asio::buffer(std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")));
    for (int i = 0; i < chunks; ++i)
        asio::write(socket, asio::buffer(std::string("5\r\nhello\r\n")));
    if (chunks == 2000)
        asio::write(socket, asio::buffer(std::string("0\r\n\r\n")));
}

void echo(tcp::socket& socket) {
    websocket::stream<tcp::socket&> stream(socket);
    stream.accept();
    for (;;) {
        beast::flat_buffer buffer;
        stream.read(buffer);
        stream.write(buffer.data());
    }
}

/// A request that has been sent, and the response that is to be read.
struct client {
    explicit client(const peer& server) {
        socket.async_connect(server.endpoint(), use_async_info).get();
        const http::request<http::empty_body> request{http::verb::get, "/", 11};
        http::async_write(socket, request, use_async_info).get();
    }
    ~client() { pool.join(); }

    template <typename Token>
    auto read(Token token) {
        return http::async_read(socket, buffer, response, token);
    }

    asio::thread_pool pool{4};
    tcp::socket socket{pool};
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
};

template <typename Executor>
struct websocket_client {
    websocket_client(const peer& server, Executor executor) : stream(executor) {
        stream.next_layer().async_connect(server.endpoint(), use_async_info).get();
        stream.async_handshake("localhost", "/", use_async_info).get();
    }

    websocket::stream<asio::basic_stream_socket<tcp, Executor>> stream;
    beast::flat_buffer buffer;
};

} // namespace

int main() {
    const watchdog limit(120s);

    scenario("HTTP: requests from another thread, results by get()", [] {
        const peer server([](tcp::socket& s) { dribble(s); });
        for (int i = 0; i < 5; ++i) {
            client c(server);
            c.read(use_async_info).get();
            expect(c.response.body().size() == 10000, "another body");
        }
    });
    scenario("HTTP: read cancelled from another thread between its steps, 50 times", [] {
        const peer server([](tcp::socket& s) { dribble(s); });
        int quicker = 0;
        for (int i = 0; i < 50; ++i) {
            client c(server);
            const auto read = c.read(use_async_info);
            std::this_thread::sleep_for(i * 10us);
            read.Cancel();
            expect(read.wait_for(patience) != AsyncStatus::Started, "the read goes on");
            expect(read.Status() != AsyncStatus::Error, "the read is " + told(read));
            quicker += read.Status() == AsyncStatus::Completed;
        }
        return std::to_string(quicker) + " of 50 were quicker";
    });
    scenario("HTTP: deadline of a read, partial results kept", [] {
        std::promise<void> over;
        const peer server([&](tcp::socket& s) {
            dribble(s, 3);
            over.get_future().wait();
        });
        client c(server);
        const auto read = c.read(use_async_info.cancel_after(300ms));
        read.wait_for(patience);
        over.set_value();
        expect_timed_out(read, "the read");
        expect(std::get<1>(read.outcome()).value_or(0) > 0, "nothing of what had come");
    });
    scenario("HTTP: the server goes in the middle", [] {
        const peer server([](tcp::socket& s) { dribble(s, 3); });
        client c(server);
        const auto read = c.read(use_async_info);
        expect_end(read, AsyncStatus::Error, "the read");
        return told(read);
    });
    scenario("WebSocket: messages, results by get() on another thread", [] {
        const peer server(echo);
        asio::thread_pool pool(4);
        websocket_client c(server, pool.get_executor());
        for (int i = 0; i < 20; ++i) {
            c.stream.async_write(asio::buffer("hello", 5), use_async_info).get();
            expect(c.stream.async_read(c.buffer, use_async_info).get() == 5, "another message");
        }
        c.stream.async_close(websocket::close_code::normal, use_async_info).get();
        pool.join();
    });
    scenario("WebSocket: read cancelled from another thread, 20 times", [] {
        const peer server(echo);
        for (int i = 0; i < 20; ++i) {
            asio::thread_pool pool(4);
            websocket_client c(server, pool.get_executor());
            const auto read = c.stream.async_read(c.buffer, use_async_info);
            read.Cancel();
            expect_end(read, AsyncStatus::Canceled, "the read");
            pool.join();
        }
    });
    scenario("WebSocket: deadline of a read", [] {
        const peer server(echo);
        asio::thread_pool pool(4);
        websocket_client c(server, pool.get_executor());
        expect_timed_out(c.stream.async_read(c.buffer, use_async_info.cancel_after(100ms)),
                         "the read");
        pool.join();
    });
    scenario("WebSocket: close while a read is pending, on a strand, 20 times", [] {
        const peer server(echo);
        for (int i = 0; i < 20; ++i) {
            asio::thread_pool pool(4);
            const auto strand = asio::make_strand(pool);
            websocket_client c(server, strand);
            const auto [read, ping, close] = run_on(strand, [&] {
                auto reading = c.stream.async_read(c.buffer, use_async_info);
                auto pinging = c.stream.async_ping({}, use_async_info);
                auto closing = c.stream.async_close(websocket::close_code::normal, use_async_info);
                return std::tuple(std::move(reading), std::move(pinging), std::move(closing));
            });
            expect_end(close, AsyncStatus::Completed, "the close");
            read.wait_for(patience);
            expect(read.ErrorCode() == websocket::error::closed ||
                       read.Status() == AsyncStatus::Canceled,
                   "the read is " + told(read));
            expect(ping.wait_for(patience) != AsyncStatus::Started, "the ping goes on");
            pool.join();
        }
    });
    scenario("WebSocket: the server goes while a read is pending", [] {
        const peer server([](tcp::socket& s) { websocket::stream<tcp::socket&>(s).accept(); });
        asio::thread_pool pool(4);
        websocket_client c(server, pool.get_executor());
        const auto read = c.stream.async_read(c.buffer, use_async_info);
        expect_end(read, AsyncStatus::Error, "the read");
        pool.join();
        return told(read);
    });
    return result();
}
