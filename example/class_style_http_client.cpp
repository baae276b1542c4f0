// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A class whose callbacks call the next one, as Beast's own client is written, and two ways to make
// it an operation with a handle; doc/class-style-clients.md explains them.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

using request = http::request<http::empty_body>;
using response = http::response<http::string_body>;

request get_request(const std::string& host, const std::string& target) {
    request made(http::verb::get, target, 11);
    made.set(http::field::host, host);
    return made;
}

// --- Before: nobody learns the result, or when it is over, or can stop it ------------------------

namespace before {

class session : public std::enable_shared_from_this<session> {
    tcp::resolver resolver_;
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    request request_;
    response response_;

public:
    explicit session(asio::any_io_executor strand) : resolver_(strand), stream_(strand) {}

    void run(const std::string& host, const std::string& port, const std::string& target) {
        request_ = get_request(host, target);
        resolver_.async_resolve(
            host, port, beast::bind_front_handler(&session::on_resolve, shared_from_this()));
    }

private:
    void on_resolve(error_code error, tcp::resolver::results_type results) {
        if (error)
            return fail(error, "resolve");
        stream_.expires_after(30s);
        stream_.async_connect(results,
                              beast::bind_front_handler(&session::on_connect, shared_from_this()));
    }

    void on_connect(error_code error, const tcp::endpoint&) {
        if (error)
            return fail(error, "connect");
        http::async_write(stream_, request_,
                          beast::bind_front_handler(&session::on_write, shared_from_this()));
    }

    void on_write(error_code error, std::size_t) {
        if (error)
            return fail(error, "write");
        http::async_read(stream_, buffer_, response_,
                         beast::bind_front_handler(&session::on_read, shared_from_this()));
    }

    void on_read(error_code error, std::size_t) {
        if (error)
            return fail(error, "read");
        std::cout << response_.body().size() << " bytes\n";
        stream_.socket().shutdown(tcp::socket::shutdown_both, error);
    }

    void fail(error_code error, const char* what) {
        std::cerr << what << ": " << error.message() << '\n';
    }
};

} // namespace before

// --- By a source: the class stays, and its ends end an operation ---------------------------------

namespace by_source {

class session : public std::enable_shared_from_this<session> {
    tcp::resolver resolver_;
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    request request_;
    http::response_parser<http::string_body> parser_;
    asyncinfo::async_source<response> source_{"http get"};

public:
    explicit session(asio::any_io_executor strand) : resolver_(strand), stream_(strand) {}

    asyncinfo::IAsyncOperation<response> run(const std::string& host, const std::string& port,
                                             const std::string& target) {
        request_ = get_request(host, target);
        source_.on_cancel([weak = weak_from_this()] {
            if (const auto self = weak.lock())
                asio::dispatch(self->stream_.get_executor(), [self] { self->stop(); });
        });
        resolver_.async_resolve(
            host, port, beast::bind_front_handler(&session::on_resolve, shared_from_this()));
        return source_.operation();
    }

private:
    void on_resolve(error_code error, tcp::resolver::results_type results) {
        if (has_ended(error))
            return;
        stream_.expires_after(30s);
        stream_.async_connect(results,
                              beast::bind_front_handler(&session::on_connect, shared_from_this()));
    }

    void on_connect(error_code error, const tcp::endpoint&) {
        if (has_ended(error))
            return;
        http::async_write(stream_, request_,
                          beast::bind_front_handler(&session::on_write, shared_from_this()));
    }

    void on_write(error_code error, std::size_t) {
        if (has_ended(error))
            return;
        http::async_read(stream_, buffer_, parser_,
                         beast::bind_front_handler(&session::on_read, shared_from_this()));
    }

    void on_read(error_code error, std::size_t) {
        if (error)
            return fail(error);
        stream_.socket().shutdown(tcp::socket::shutdown_both, error);
        source_.set_value(parser_.release());
    }

    /// Before the next step: a request that came while a handler was on its way has stopped
    /// nothing.
    bool has_ended(error_code error) {
        if (!error && source_.operation().cancel_requested())
            error = asio::error::operation_aborted;
        if (error)
            fail(error);
        return error.failed();
    }

    /// What had come of the answer goes along with the error.
    void fail(error_code error) { source_.set_error(error, parser_.release()); }

    void stop() {
        resolver_.cancel();
        stream_.cancel();
    }
};

} // namespace by_source

// --- By async_compose: an operation of Asio's, which takes any token -----------------------------

namespace composed {

struct session {
    session(asio::any_io_executor strand, std::string h, std::string p, const std::string& target)
        : resolver(strand), stream(strand), host(std::move(h)), port(std::move(p)),
          asked(get_request(host, target)) {}

    tcp::resolver resolver;
    beast::tcp_stream stream;
    std::string host, port;
    request asked;
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
};

/// What were the callbacks are overloads, told apart by their arguments; `self` is the next
/// handler.
class get_operation {
    std::unique_ptr<session> session_;
    bool written_ = false;

public:
    explicit get_operation(std::unique_ptr<session> session) : session_(std::move(session)) {}

    template <typename Self>
    void operator()(Self& self) {
        auto& s = *session_;
        s.resolver.async_resolve(s.host, s.port, std::move(self));
    }

    template <typename Self>
    void operator()(Self& self, error_code error, tcp::resolver::results_type results) {
        if (error)
            return complete(self, error);
        auto& s = *session_;
        s.stream.expires_after(30s);
        s.stream.async_connect(results, std::move(self));
    }

    template <typename Self>
    void operator()(Self& self, error_code error, const tcp::endpoint&) {
        if (error)
            return complete(self, error);
        auto& s = *session_;
        http::async_write(s.stream, s.asked, std::move(self));
    }

    template <typename Self>
    void operator()(Self& self, error_code error, std::size_t) {
        if (error || std::exchange(written_, true))
            return complete(self, error);
        auto& s = *session_;
        http::async_read(s.stream, s.buffer, s.parser, std::move(self));
    }

private:
    template <typename Self>
    void complete(Self& self, error_code error) {
        const auto ended = std::move(session_); // closed before anybody learns of the end
        if (error_code ignored; !error)
            ended->stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
        self.complete(error, ended->parser.release());
    }
};

template <typename Token>
auto async_get(asio::any_io_executor strand, std::string host, std::string port,
               const std::string& target, Token&& token) {
    return asio::async_compose<Token, void(error_code, response)>(
        get_operation(std::make_unique<session>(strand, std::move(host), std::move(port), target)),
        token, strand);
}

} // namespace composed

// --- All of them ---------------------------------------------------------------------------------

/// Announces 1000 bytes to each client, and sends so many of them.
void serve(tcp::acceptor& acceptor, std::size_t size, int clients) {
    while (clients--) {
        tcp::socket client = acceptor.accept();
        beast::flat_buffer buffer;
        request asked;
        http::read(client, buffer, asked);
        asio::write(client, asio::buffer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" +
                                         std::string(size, 'x')));
    }
}

std::string port_of(const tcp::acceptor& acceptor) {
    return std::to_string(acceptor.local_endpoint().port());
}

/// `get` starts the operation against the server at a port.
template <typename Get>
bool check(Get get, const std::string& whole, const std::string& half, const std::string& silent) {
    const bool all = get(whole).get().body().size() == 1000;

    // The server goes away in the middle of it.
    const auto broken = get(half);
    broken.wait();
    const auto [error, part] = broken.outcome();
    std::cout << error.message() << " after " << part->body().size() << " bytes\n";
    const bool partial = error == http::error::partial_message && part->body().size() == 500;

    const auto late = get(silent);
    late.Cancel(); // from any thread
    return all && partial && late.wait() == asyncinfo::AsyncStatus::Canceled;
}

int main() {
    asio::thread_pool pool(2);
    const tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
    tcp::acceptor whole(pool, loopback), half(pool, loopback), silent(pool, loopback);
    std::thread whole_server([&] { serve(whole, 1000, 3); });
    std::thread half_server([&] { serve(half, 500, 2); });
    const auto strand = [&] { return asio::make_strand(pool); };

    std::make_shared<before::session>(strand())->run("127.0.0.1", port_of(whole), "/");
    const auto by_source = [&](const std::string& port) {
        return std::make_shared<by_source::session>(strand())->run("127.0.0.1", port, "/");
    };
    const auto composed = [&](const std::string& port) {
        return composed::async_get(strand(), "127.0.0.1", port, "/", asyncinfo::use_async_info);
    };
    const auto right = [&](auto get) {
        return check(get, port_of(whole), port_of(half), port_of(silent));
    };
    const bool both = right(by_source) && right(composed);
    pool.join();
    whole_server.join();
    half_server.join();
    return both ? 0 : 1;
}
