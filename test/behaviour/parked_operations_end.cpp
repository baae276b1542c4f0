// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

/// §4: an operation of a WebSocket that has to wait for another one of the same stream is parked
/// with its slot, which Beast keeps as `asio::cancellation_slot` before it fills it. It ends, also
/// when it is cancelled there; started by the token, or awaited by a coroutine.
namespace asyncinfo_test::parked_operations_end_test {
namespace {

namespace websocket = boost::beast::websocket;
using stream = websocket::stream<tcp::socket>;

IAsyncAction await_close(stream& s) {
    co_await s.async_close(websocket::close_code::normal, asio::deferred);
}

IAsyncAction await_ping(stream& s) { co_await s.async_ping({}, asio::deferred); }

IAsyncOperation<std::size_t> await_read(stream& s, boost::beast::flat_buffer& to) {
    co_return co_await s.async_read(to, asio::deferred);
}

IAsyncOperation<std::size_t> await_write(stream& s, const std::string& text) {
    co_return co_await s.async_write(asio::buffer(text), asio::deferred);
}

/// Two ends of a WebSocket, one of which is under test.
struct conversation {
    asio::io_context& context;
    const bool awaited;
    std::optional<stream> near_end{context}, far_end{context};
    boost::beast::flat_buffer in, far_in;
    const std::string long_text = std::string(std::size_t{8} << 20, 'x');

    conversation(asio::io_context& c, bool a) : context(c), awaited(a) {
        tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
        near_end->next_layer().connect(acceptor.local_endpoint());
        acceptor.accept(far_end->next_layer());
        near_end->auto_fragment(false);
    }

    /// Fails rather than hangs.
    AsyncStatus end_of(const IAsyncInfo& op) { return op.wait_for(context, 1min); }

    void shake_hands() {
        const auto handshake = near_end->async_handshake("localhost", "/", use_async_info);
        end_of(far_end->async_accept(use_async_info));
        end_of(handshake);
    }

    auto read() {
        return awaited ? await_read(*near_end, in) : near_end->async_read(in, use_async_info);
    }
    auto write() {
        return awaited ? await_write(*near_end, long_text)
                       : near_end->async_write(asio::buffer(long_text), use_async_info);
    }
    IAsyncAction ping() {
        return awaited ? await_ping(*near_end) : near_end->async_ping({}, use_async_info);
    }
    IAsyncAction close() {
        return awaited ? await_close(*near_end)
                       : near_end->async_close(websocket::close_code::normal, use_async_info);
    }
    auto far_read() { return far_end->async_read(far_in, use_async_info); }
};

/// On a context that the test drives.
template <typename Test>
void in_both(Test test) {
    for (const bool awaited : {false, true})
        BOOST_TEST_CONTEXT("awaited: " << awaited) {
            asio::io_context context;
            conversation c(context, awaited);
            c.shake_hands();
            test(c);
        }
}

} // namespace

BOOST_AUTO_TEST_SUITE(parked_operations_end)

BOOST_AUTO_TEST_CASE(closed_while_it_reads) {
    in_both([](conversation& c) {
        const auto far_end = c.far_read();
        const auto read = c.read();
        const auto close = c.close();
        BOOST_TEST(c.end_of(close) == AsyncStatus::Completed);
        BOOST_TEST(c.end_of(read) == AsyncStatus::Canceled);
        BOOST_TEST(c.end_of(far_end) == AsyncStatus::Error);
        BOOST_TEST((far_end.ErrorCode() == websocket::error::closed));
    });
}

BOOST_AUTO_TEST_CASE(pinged_while_it_writes) {
    in_both([](conversation& c) {
        const auto far_end = c.far_read();
        const auto write = c.write();
        const auto ping = c.ping();
        BOOST_TEST(c.end_of(ping) == AsyncStatus::Completed);
        BOOST_TEST(c.end_of(write) == AsyncStatus::Completed);
        BOOST_TEST(c.end_of(far_end) == AsyncStatus::Completed);
    });
}

BOOST_AUTO_TEST_CASE(closed_while_it_writes) {
    in_both([](conversation& c) {
        const auto far_end = c.far_read();
        const auto write = c.write();
        const auto close = c.close();
        BOOST_TEST(c.end_of(far_end) == AsyncStatus::Completed);
        BOOST_TEST(c.end_of(write) == AsyncStatus::Completed);
        BOOST_TEST(c.end_of(c.far_read()) == AsyncStatus::Error); // closed
        BOOST_TEST(c.end_of(close) == AsyncStatus::Completed);
    });
}

BOOST_AUTO_TEST_CASE(cancelled_where_it_is_parked) {
    in_both([](conversation& c) {
        const auto write = c.write(); // nobody reads it yet
        const auto ping = c.ping();
        c.context.poll();
        BOOST_TEST(ping.Status() == AsyncStatus::Started);
        ping.Cancel();
        BOOST_TEST(c.end_of(ping) == AsyncStatus::Canceled);
        BOOST_TEST(write.Status() == AsyncStatus::Started);
        const auto far_end = c.far_read();
        BOOST_TEST(c.end_of(write) == AsyncStatus::Completed);
        BOOST_TEST(c.end_of(far_end) == AsyncStatus::Completed);
    });
}

BOOST_AUTO_TEST_CASE(cancelled_before_it_is_parked) {
    in_both([](conversation& c) {
        const auto write = c.write();
        const auto ping = c.ping();
        ping.Cancel();
        BOOST_TEST(c.end_of(ping) == AsyncStatus::Canceled);
        BOOST_TEST(write.Status() == AsyncStatus::Started);
    });
}

/// By the token: what a coroutine awaits as deferred keeps Beast's part of the stream alive.
BOOST_AUTO_TEST_CASE(its_stream_is_destroyed) {
    asio::io_context context;
    conversation c(context, false);
    c.shake_hands();
    const auto write = c.write();
    const auto ping = c.ping();
    context.poll();
    BOOST_TEST(ping.Status() == AsyncStatus::Started);
    c.near_end.reset();
    ping.Cancel();
    BOOST_TEST(c.end_of(ping) == AsyncStatus::Error);
    BOOST_TEST((ping.ErrorCode() == errc::abandoned));
    BOOST_TEST(c.end_of(write) == AsyncStatus::Canceled);
}

/// Two operations of one stream are on one thread; Cancel comes from another.
BOOST_AUTO_TEST_CASE(cancelled_from_another_thread) {
    for (const bool awaited : {false, true})
        for (int round = 0; round < race_rounds(20); ++round)
            BOOST_TEST_CONTEXT("awaited: " << awaited << ", round: " << round) {
                running_context context;
                conversation c(context, awaited);
                const auto handshake =
                    c.near_end->async_handshake("localhost", "/", use_async_info);
                c.far_end->async_accept(use_async_info).wait();
                handshake.wait();
                std::promise<std::pair<IAsyncInfo, IAsyncInfo>> started;
                asio::post(context, [&] { started.set_value({c.write(), c.ping()}); });
                const auto [write, ping] = started.get_future().get();
                for (int delay = 0; delay < round; ++delay)
                    std::this_thread::yield();
                ping.Cancel();
                BOOST_TEST(ping.wait() == AsyncStatus::Canceled);
                write.Cancel();
                BOOST_TEST(write.wait() != AsyncStatus::Started);
            }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::parked_operations_end_test
