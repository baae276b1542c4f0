// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"
#include "support/tls.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

/// A `progress_stream` shows how far operations of Beast's and of Asio's TLS are, which are called
/// as always.
namespace asyncinfo_test::progress_of_http_and_tls_test {
namespace {

namespace http = boost::beast::http;
using asyncinfo::progress_stream;
using transfer = IAsyncOperationWithProgress<std::size_t, transfer_progress>;
using side = asio::ssl::stream_base::handshake_type;

/// A download, whose server says its part in pieces.
struct download : conversation {
    progress_stream<socket> client{std::move(near_end)};
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    std::string sent;
    std::size_t sent_so_far = 0;
    std::vector<transfer_progress> seen;

    auto into_seen() {
        return [this](auto&, const transfer_progress& p) { seen.push_back(p); };
    }

    void send(bool close) {
        constexpr std::size_t piece = 100;
        if (sent_so_far < sent.size())
            far_end.async_write_some(asio::buffer(asio::buffer(sent) + sent_so_far, piece),
                                     [this, close](error_code, std::size_t n) {
                                         sent_so_far += n;
                                         send(close);
                                     });
        else if (close)
            far_end.close();
    }

    bool grows() const {
        return std::is_sorted(seen.begin(), seen.end(), [](auto& a, auto& b) {
            return a.bytes < b.bytes && a.elapsed <= b.elapsed;
        });
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(progress_of_http_and_tls)

// The total is known when the header is read: what is left of the body.
BOOST_FIXTURE_TEST_CASE(of_a_download_with_a_content_length, download) {
    const std::string body(1000, 'x');
    sent = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + body;
    send(false);
    http::async_read_header(client, buffer, parser, use_async_info).get(context);
    const std::uint64_t left = parser.content_length_remaining().value() - buffer.size();
    const transfer op = asyncinfo::with_progress(
        client, left, [&](auto token) { return http::async_read(client, buffer, parser, token); });
    op.Progress(into_seen());
    op.get(context);
    BOOST_TEST(parser.get().body() == body);
    BOOST_TEST(seen.size() > 5u);
    BOOST_TEST(grows());
    BOOST_TEST(seen.front().fraction() < 0.5);
    BOOST_TEST(seen.back().bytes == left);
    BOOST_TEST(seen.back().fraction() == 1);
    BOOST_TEST((op.progress() == seen.back()));
    BOOST_TEST(client.bytes_read() == sent.size());
}

BOOST_FIXTURE_TEST_CASE(of_a_download_without_a_content_length, download) {
    const std::string body(1000, 'x');
    sent = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body;
    send(true);
    const transfer op = asyncinfo::with_progress(
        client, [&](auto token) { return http::async_read(client, buffer, parser, token); });
    op.Progress(into_seen());
    op.get(context);
    BOOST_TEST(parser.get().body() == body);
    BOOST_TEST(seen.size() > 5u);
    BOOST_TEST(grows());
    BOOST_TEST(!seen.back().total);
    BOOST_TEST(seen.back().fraction() == 0);
    BOOST_TEST(op.progress()->bytes == sent.size());
}

BOOST_FIXTURE_TEST_CASE(of_a_download_that_is_cancelled_midway, download) {
    sent = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(500, 'x');
    send(false);
    const transfer op = asyncinfo::with_progress(
        client, 1040, [&](auto token) { return http::async_read(client, buffer, parser, token); });
    context.poll(); // until the server falls silent
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    op.Cancel();
    run_again(context);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(op.progress()->bytes == sent.size());
    BOOST_TEST(op.progress()->bytes == client.bytes_read());
}

BOOST_FIXTURE_TEST_CASE(of_an_upload, download) {
    http::request<http::string_body> request(http::verb::put, "/", 11);
    request.body() = std::string(1 << 20, 'x');
    request.prepare_payload();
    const transfer op = asyncinfo::with_progress(client, request.body().size(), [&](auto token) {
        return http::async_write(client, request, token);
    });
    op.Progress(into_seen());
    std::string received(1 << 21, '\0');
    const auto read = asio::async_read(far_end, asio::buffer(received), use_async_info);
    const auto written = op.get(context);
    BOOST_TEST(seen.size() > 2u);
    BOOST_TEST(grows());
    BOOST_TEST(op.progress()->bytes == written);
    BOOST_TEST(op.progress()->fraction() == 1); // with the header more than the total
    client.lowest_layer().close();
    read.wait_for(context, 1h);
}

// Below TLS what passes is what is encrypted, above it what is said; the handshake is an action.
BOOST_FIXTURE_TEST_CASE(of_tls, conversation) {
    tls_contexts tls;
    progress_stream<asio::ssl::stream<progress_stream<socket>>> client(std::move(near_end),
                                                                       tls.client);
    auto& below = client.next_layer().next_layer();
    asio::ssl::stream<socket&> server(far_end, tls.server);

    const IAsyncActionWithProgress<transfer_progress> handshake =
        asyncinfo::with_progress(below, [&](auto token) {
            return client.next_layer().async_handshake(side::client, token);
        });
    const auto other = server.async_handshake(side::server, use_async_info);
    handshake.get(context);
    other.get(context);
    BOOST_TEST(handshake.progress()->bytes == below.bytes_read() + below.bytes_written());
    BOOST_TEST(below.bytes_read() > 0u);
    BOOST_TEST(below.bytes_written() > 0u);
    BOOST_TEST(client.progress().bytes == 0u);

    const auto before = below.bytes_read();
    std::string place(100000, '\0');
    const std::string said(100000, 'x');
    const transfer inner = asyncinfo::with_progress(below, said.size(), [&](auto token) {
        return asio::async_read(client.next_layer(), asio::buffer(place, 50000), token);
    });
    const auto write = asio::async_write(server, asio::buffer(said), use_async_info);
    BOOST_TEST(inner.get(context) == 50000u);
    BOOST_TEST(inner.progress()->bytes == below.bytes_read() - before);
    BOOST_TEST(inner.progress()->bytes > 50000u);

    const transfer above = asyncinfo::with_progress(client, 50000, [&](auto token) {
        return asio::async_read(client, asio::buffer(place, 50000), token);
    });
    BOOST_TEST(above.get(context) == 50000u);
    BOOST_TEST(above.progress()->bytes == 50000u);
    BOOST_TEST(above.progress()->fraction() == 1);
    write.get(context);
    BOOST_TEST(client.bytes_read() == 50000u);
}

// On a pool of threads, polled by another and cancelled at any moment: what Asio's TLS and Beast
// need they still have.
BOOST_AUTO_TEST_CASE(on_a_pool) {
    tls_contexts tls;
    // Session tickets could be read before the Progress handler is set, and it is not told of
    // these.
    SSL_CTX_set_num_tickets(tls.server.native_handle(), 0);
    running_context context(4);
    for (int round = 0; round != 20; ++round) {
        conversation::socket near_end(context), far_end(context);
        connect_pair(near_end, far_end);
        asio::ssl::stream<progress_stream<decltype(near_end)>> client(std::move(near_end),
                                                                      tls.client);
        asio::ssl::stream<decltype(far_end)&> server(far_end, tls.server);
        const auto handshake = client.async_handshake(side::client, use_async_info);
        server.async_handshake(side::server, use_async_info).get();
        handshake.get();

        boost::beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        const transfer op = asyncinfo::with_progress(client.next_layer(), 2000, [&](auto token) {
            return http::async_read(client, buffer, parser, token);
        });
        std::atomic<std::uint64_t> told = 0;
        std::atomic<bool> backwards = false;
        op.Progress([&](auto&, const transfer_progress& p) {
            if (p.bytes <= told.exchange(p.bytes))
                backwards = true;
        });
        const std::string sent =
            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x');
        std::uint64_t polled = 0;
        for (std::size_t n = 0; n < sent.size() && op.Status() == AsyncStatus::Started; n += 100) {
            asio::async_write(server, asio::buffer(asio::buffer(sent) + n, 100), use_async_info)
                .wait();
            const auto now = op.progress()->bytes;
            if (now < polled)
                backwards = true;
            polled = now;
            if (round % 2 && n == 500)
                op.Cancel();
        }
        op.wait();
        BOOST_TEST((op.Status() == AsyncStatus::Completed || round % 2));
        BOOST_TEST(op.progress()->bytes == told);
        BOOST_TEST(!backwards);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::progress_of_http_and_tls_test
