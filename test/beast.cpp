// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/beast.hpp>

#include "support/test.hpp"
#include "support/tls.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace asyncinfo_test::beast_test {
namespace {

namespace websocket = boost::beast::websocket;
using asyncinfo::progress_stream;

/// Without compression, which these do not negotiate: it takes long to compile.
template <typename Below>
using stream_over = websocket::stream<Below, false>;

struct fixture {
    asio::io_context context;
    tcp::socket near_end{context}, far_end{context};

    fixture() {
        tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
        near_end.connect(acceptor.local_endpoint());
        acceptor.accept(far_end);
    }

    /// A message each way at once, then the closing handshake with all its teardown.
    template <typename Client, typename Server, typename Counted>
    void talk(Client& client, Server& server, Counted& counted) {
        const auto handshake = client.async_handshake("localhost", "/", use_async_info);
        server.async_accept(use_async_info).get(context);
        handshake.get(context);

        const std::string question(5000, '?'), answer(70000, '!');
        boost::beast::flat_buffer asked, answered;
        const auto read =
            asyncinfo::with_progress(counted, answer.size(), traffic::read, [&](auto token) {
                return client.async_read(answered, token);
            });
        const auto write =
            asyncinfo::with_progress(counted, question.size(), traffic::written, [&](auto token) {
                return client.async_write(asio::buffer(question), token);
            });
        const auto other = server.async_read(asked, use_async_info);
        const auto reply = server.async_write(asio::buffer(answer), use_async_info);
        std::uint64_t told = 0;
        int calls = 0;
        read.Progress([&](auto&, const transfer_progress& p) {
            BOOST_TEST(p.bytes > told);
            told = p.bytes;
            ++calls;
        });
        BOOST_TEST(read.get(context) == answer.size());
        BOOST_TEST(write.get(context) == question.size());
        BOOST_TEST(other.get(context) == question.size());
        reply.get(context);
        BOOST_TEST(calls > 1);
        BOOST_TEST(read.progress()->bytes == told);
        BOOST_TEST(told >= answer.size());
        BOOST_TEST(told < answer.size() + 5000);
        BOOST_TEST(write.progress()->bytes >= question.size());
        BOOST_TEST(write.progress()->bytes < question.size() + 1000);
        BOOST_TEST(read.progress()->fraction() == 1);

        // Cancelled midway: the last progress is what came.
        const auto before = counted.bytes_read();
        const auto canceled =
            asyncinfo::with_progress(counted, std::nullopt, traffic::read, [&](auto token) {
                return client.async_read(answered, token);
            });
        server.async_write_some(false, asio::buffer("beginning", 9), use_async_info).get(context);
        while (canceled.progress()->bytes <= 9u) {
            context.restart();
            context.run_one();
        }
        canceled.Cancel();
        canceled.wait_for(context, 1h);
        BOOST_TEST(canceled.Status() == AsyncStatus::Canceled);
        BOOST_TEST(canceled.progress()->bytes == counted.bytes_read() - before);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(beast)

BOOST_FIXTURE_TEST_CASE(websocket_over_a_stream_that_counts, fixture) {
    stream_over<progress_stream<tcp::socket>> client(std::move(near_end));
    stream_over<progress_stream<tcp::socket>> server(std::move(far_end));
    talk(client, server, client.next_layer());
}

BOOST_FIXTURE_TEST_CASE(websocket_over_tls_over_a_stream_that_counts, fixture) {
    tls_contexts tls;
    using counted_tls = asio::ssl::stream<progress_stream<tcp::socket>>;
    stream_over<counted_tls> client(std::move(near_end), tls.client);
    stream_over<counted_tls> server(std::move(far_end), tls.server);
    using side = asio::ssl::stream_base::handshake_type;
    const auto handshake = client.next_layer().async_handshake(side::client, use_async_info);
    server.next_layer().async_handshake(side::server, use_async_info).get(context);
    handshake.get(context);
    talk(client, server, client.next_layer().next_layer());
}

// The closing handshake tears down what is below.
BOOST_FIXTURE_TEST_CASE(websocket_closes_the_stream_below, fixture) {
    stream_over<progress_stream<tcp::socket>> client(std::move(near_end));
    stream_over<progress_stream<tcp::socket>> server(std::move(far_end));
    const auto handshake = client.async_handshake("localhost", "/", use_async_info);
    server.async_accept(use_async_info).get(context);
    handshake.get(context);

    boost::beast::flat_buffer buffer;
    const auto read = server.async_read(buffer, use_async_info);
    client.async_close(websocket::close_code::normal, use_async_info).get(context);
    read.wait_for(context, 1h);
    BOOST_TEST((read.ErrorCode() == websocket::error::closed));
    BOOST_TEST(!client.next_layer().lowest_layer().is_open());
    BOOST_TEST(!server.next_layer().lowest_layer().is_open());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::beast_test
