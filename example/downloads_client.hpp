// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef EXAMPLE_DOWNLOADS_CLIENT_HPP
#define EXAMPLE_DOWNLOADS_CLIENT_HPP

// The client of the demo: an HTTP download with Boost.Beast, written as anyone would write it for
// any completion token and any stream. Nothing in this file knows of the library that the demo shows.

#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace demo {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

struct download {
    unsigned http_status = 0; ///< 0 when no header came
    std::string body;         ///< all that came of it, also when the download failed half-way
};

namespace detail {

template <class Stream>
class download_op {
public:
    download_op(Stream stream, std::string host, std::string port, std::string target)
        : state_(std::make_unique<state>(std::move(stream), std::move(host), std::move(port),
                                         std::move(target))) {}

    template <class Self>
    void operator()(Self& self) {
        state& s = *state_;
        s.resolver.async_resolve(s.host, s.port, std::move(self));
    }

    template <class Self>
    void operator()(Self& self, error_code ec, tcp::resolver::results_type endpoints) {
        if (stop(self, ec))
            return finish(self, ec);
        state& s = *state_;
        beast::get_lowest_layer(s.stream).async_connect(endpoints, std::move(self));
    }

    template <class Self>
    void operator()(Self& self, error_code ec, const tcp::endpoint&) {
        if (stop(self, ec))
            return finish(self, ec);
        state& s = *state_;
        http::async_write(s.stream, s.request, std::move(self));
    }

    template <class Self>
    void operator()(Self& self, error_code ec, std::size_t) // request sent, or some more read
    {
        state& s = *state_;
        if (s.parser.is_done() || stop(self, ec))
            return finish(self, ec);
        http::async_read_some(s.stream, s.buffer, s.parser, std::move(self));
    }

private:
    struct state {
        state(Stream stream_, std::string host_, std::string port_, std::string target)
            : stream(std::move(stream_)), resolver(stream.get_executor()), host(std::move(host_)),
              port(std::move(port_)), request(http::verb::get, target, 11) {
            request.set(http::field::host, host);
            request.set(http::field::connection, "close");
            parser.body_limit(boost::none);
        }

        Stream stream;
        tcp::resolver resolver;
        std::string host;
        std::string port;
        http::request<http::empty_body> request;
        beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
    };

    /// Whether to go no further, also because a cancellation came between two steps.
    template <class Self>
    static bool stop(Self& self, error_code& ec) {
        if (!ec && self.cancelled() != asio::cancellation_type::none)
            ec = asio::error::operation_aborted;
        return ec.failed();
    }

    template <class Self>
    void finish(Self& self, error_code ec) {
        auto& parser = state_->parser;
        download result;
        if (parser.is_header_done())
            result.http_status = parser.get().result_int();
        result.body = std::move(parser.get().body());
        state_.reset(); // the socket is closed before the handler runs
        self.complete(ec, std::move(result));
    }

    std::unique_ptr<state> state_;
};

} // namespace detail

/// Gets `http://host:port/target` by a stream over a `beast::tcp_stream` that is not connected yet.
/// Signature: `void(error_code, download)`. Cancellation: `terminal`, with what came by then.
template <class Stream, class Token>
auto async_download(Stream stream, std::string host, std::string port, std::string target,
                    Token&& token) {
    const auto executor = stream.get_executor();
    return asio::async_compose<Token, void(error_code, download)>(
        detail::download_op<Stream>(std::move(stream), std::move(host), std::move(port),
                                    std::move(target)),
        token, executor);
}

} // namespace demo

#endif // EXAMPLE_DOWNLOADS_CLIENT_HPP
