// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"
#include "support/tls.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

/// §4.2: no strand is asked for; here for TLS and Beast on a pool of four threads, cancelled by
/// others at any moment. Thread sanitizer sees if a strand would have been needed.
namespace asyncinfo_test::cancel_of_tls_and_beast_needs_no_strand_test {
namespace {

namespace http = boost::beast::http;
using side = asio::ssl::stream_base::handshake_type;

struct connection {
    local::socket near_end, far_end;
    asio::ssl::stream<local::socket&> near_tls, far_tls;

    template <typename Context>
    connection(Context& context, tls_contexts& tls)
        : near_end(context), far_end(context), near_tls(near_end, tls.client),
          far_tls(far_end, tls.server) {
        connect_pair(near_end, far_end);
    }
};

struct fixture {
    tls_contexts tls;
    running_context context{4};
    asio::thread_pool cancellers{2};

    void cancel_soon(const IAsyncInfo& op, unsigned round) {
        for (int n = 0; n < 2; ++n)
            asio::post(cancellers, [op, round] {
                for (unsigned delay = 0; delay < round % 32; ++delay)
                    std::this_thread::yield();
                op.Cancel();
            });
    }

    template <typename Context>
    void cancel_handshakes(Context& where) {
        for (unsigned round = 0; round < 60; ++round) {
            connection c(where, tls);
            const auto client = c.near_tls.async_handshake(side::client, use_async_info);
            const auto server = c.far_tls.async_handshake(side::server, use_async_info);
            cancel_soon(client, round);
            cancel_soon(server, round / 2);
            const auto ended = client.wait();
            BOOST_TEST((ended == AsyncStatus::Canceled || ended == AsyncStatus::Completed));
            server.wait();
        }
    }

    template <typename Context>
    void cancel_responses(Context& where) {
        const std::string body = "the body begins";
        const std::string sent = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + body;
        for (unsigned round = 0; round < 60; ++round) {
            connection c(where, tls);
            const auto client = c.near_tls.async_handshake(side::client, use_async_info);
            c.far_tls.async_handshake(side::server, use_async_info).get();
            client.get();

            boost::beast::flat_buffer buffer;
            http::response_parser<http::string_body> parser;
            const auto op = http::async_read(c.near_tls, buffer, parser, use_async_info);
            cancel_soon(op, round);
            for (std::size_t n = 0; n < sent.size() && op.Status() == AsyncStatus::Started; n += 5)
                c.far_tls.async_write_some(asio::buffer(asio::buffer(sent) + n, 5), use_async_info)
                    .wait();
            BOOST_TEST(op.wait() == AsyncStatus::Canceled);
            BOOST_TEST(body.substr(0, parser.get().body().size()) == parser.get().body());
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_of_tls_and_beast_needs_no_strand)

BOOST_FIXTURE_TEST_CASE(of_a_handshake, fixture) { cancel_handshakes(context); }
BOOST_FIXTURE_TEST_CASE(of_a_response_over_tls, fixture) { cancel_responses(context); }

// Asio takes the steps there another way than on an io_context.
BOOST_FIXTURE_TEST_CASE(on_a_thread_pool, fixture) {
    asio::thread_pool pool(4);
    for (int again = 0; again != 3; ++again) {
        cancel_handshakes(pool);
        cancel_responses(pool);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_of_tls_and_beast_needs_no_strand_test
