// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"
#include "support/tls.hpp"

#include <boost/asio/ssl/stream.hpp>

/// §4.2, §4.3: Cancel between any two steps of a TLS handshake, or of reading from a TLS stream,
/// ends it.
namespace asyncinfo_test::cancel_between_steps_of_tls_test {
namespace {

using side = asio::ssl::stream_base::handshake_type;

struct streams : conversation {
    static inline tls_contexts tls;
    asio::ssl::stream<socket&> near_tls{near_end, tls.client};
    asio::ssl::stream<socket&> far_tls{far_end, tls.server};
};

/// Ends by itself if Cancel comes late.
template <side Side>
struct handshake : streams {
    bool answered = false;

    IAsyncInfo start() {
        auto& own = Side == side::client ? near_tls : far_tls;
        auto& other = Side == side::client ? far_tls : near_tls;
        other.async_handshake(Side == side::client ? side::server : side::client,
                              [this](error_code) { answered = true; });
        return own.async_handshake(Side, use_async_info);
    }

    void check(const IAsyncInfo& op) {
        BOOST_TEST((op.Status() == AsyncStatus::Canceled || op.Status() == AsyncStatus::Completed));
        near_end.close();
        far_end.close();
        run_again(context);
        BOOST_TEST(answered);
    }
};

/// The other side sends a byte at a time, but not enough of them.
struct reading : streams {
    const std::string sent = "abcd";
    std::size_t sent_so_far = 0;
    std::array<char, 5> received{};

    reading() {
        near_tls.async_handshake(side::client, [](error_code) {});
        far_tls.async_handshake(side::server, [](error_code) {});
        context.run();
        context.restart();
    }

    void send() {
        if (sent_so_far < sent.size())
            asio::async_write(far_tls, asio::buffer(sent.data() + sent_so_far, 1),
                              [this](error_code, std::size_t n) {
                                  sent_so_far += n;
                                  send();
                              });
    }

    IAsyncInfo start() {
        send();
        return asio::async_read(near_tls, asio::buffer(received), use_async_info);
    }

    void check(const IAsyncInfo& op) {
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        const auto n = std::get<1>(op.try_as<IAsyncOperation<std::size_t>>().outcome()).value();
        BOOST_TEST(std::string(received.data(), n) == sent.substr(0, n));
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_between_steps_of_tls)

BOOST_AUTO_TEST_CASE(of_a_client_handshake) {
    BOOST_TEST(cancel_after_each_handler<handshake<side::client>>() >= 2);
}

BOOST_AUTO_TEST_CASE(of_a_server_handshake) {
    BOOST_TEST(cancel_after_each_handler<handshake<side::server>>() >= 2);
}

BOOST_AUTO_TEST_CASE(of_async_read) { BOOST_TEST(cancel_after_each_handler<reading>() > 8); }

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_between_steps_of_tls_test
