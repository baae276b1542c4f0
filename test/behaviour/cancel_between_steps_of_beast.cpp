// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"
#include "support/tls.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

/// §4.2, §4.3: Beast hands the slot through to the operations it is made of; it is cancelled at its
/// next step, whether that is on a socket or on a TLS stream. What came so far stays.
namespace asyncinfo_test::cancel_between_steps_of_beast_test {
namespace {

namespace http = boost::beast::http;

/// A server that sends the head of a response and the beginning of its body, in pieces.
template <typename Derived>
struct reading : conversation {
    const std::string sent = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe body begins";
    std::size_t sent_so_far = 0;
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;

    void send() {
        constexpr std::size_t piece = 7;
        if (sent_so_far < sent.size())
            static_cast<Derived*>(this)->server().async_write_some(
                asio::buffer(asio::buffer(sent) + sent_so_far, piece),
                [this](error_code, std::size_t n) {
                    sent_so_far += n;
                    send();
                });
    }

    IAsyncInfo start() {
        send();
        return http::async_read(static_cast<Derived*>(this)->client(), buffer, parser,
                                use_async_info);
    }

    void check(const IAsyncInfo& op) {
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        const auto& body = parser.get().body();
        BOOST_TEST(std::string("the body begins").substr(0, body.size()) == body);
    }
};

struct on_a_socket : reading<on_a_socket> {
    socket& client() { return near_end; }
    socket& server() { return far_end; }
};

struct on_a_tls_stream : reading<on_a_tls_stream> {
    static inline tls_contexts tls;
    asio::ssl::stream<socket&> near_tls{near_end, tls.client};
    asio::ssl::stream<socket&> far_tls{far_end, tls.server};

    on_a_tls_stream() {
        near_tls.async_handshake(asio::ssl::stream_base::client, [](error_code) {});
        far_tls.async_handshake(asio::ssl::stream_base::server, [](error_code) {});
        context.run();
        context.restart();
    }
    auto& client() { return near_tls; }
    auto& server() { return far_tls; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_between_steps_of_beast)

BOOST_AUTO_TEST_CASE(on_a_socket_) { BOOST_TEST(cancel_after_each_handler<on_a_socket>() > 8); }

BOOST_AUTO_TEST_CASE(on_a_tls_stream_) {
    BOOST_TEST(cancel_after_each_handler<on_a_tls_stream>() > 8);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_between_steps_of_beast_test
