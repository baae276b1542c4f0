// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.2, §4.3: Cancel between any two steps of Asio's composed operations ends them, and the bytes
/// that were transferred until then are accounted for.
namespace asyncinfo_test::cancel_between_steps_test {
namespace {

constexpr std::size_t chunk = 64 * 1024;

template <typename T>
T partial_result(const IAsyncInfo& op) {
    return std::get<1>(op.try_as<IAsyncOperation<T>>().outcome()).value();
}

/// The peer sends some bytes, one at a time.
struct reading : conversation {
    std::string sent = "abcdefgh";
    std::size_t sent_so_far = 0;
    std::string received;

    void send() {
        if (sent_so_far < sent.size())
            far_end.async_write_some(asio::buffer(sent.data() + sent_so_far, 1),
                                     [this](error_code, std::size_t n) {
                                         sent_so_far += n;
                                         send();
                                     });
    }

    void check_received(std::size_t n) {
        context.restart();
        context.run(); // until all is sent
        BOOST_TEST(received.substr(0, n) == sent.substr(0, n));
        BOOST_TEST(near_end.available() == sent.size() - n);
    }
};

struct async_read_test : reading {
    IAsyncInfo start() {
        received.resize(sent.size() + 1);
        send();
        return asio::async_read(near_end, asio::buffer(received), use_async_info);
    }
    void check(const IAsyncInfo& op) {
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        check_received(partial_result<std::size_t>(op));
    }
};

struct async_read_until_test : reading {
    IAsyncInfo start() {
        send();
        return asio::async_read_until(near_end, asio::dynamic_buffer(received), '.',
                                      use_async_info);
    }
    void check(const IAsyncInfo& op) {
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        BOOST_TEST(received.size() <= sent.size());
        check_received(received.size());
    }
};

/// The peer takes some of the bytes and leaves the rest.
struct async_write_test : conversation {
    std::vector<char> sent = std::vector<char>(64 * chunk);
    std::vector<char> buffer = std::vector<char>(chunk);
    std::size_t taken = 0;
    int reads = 8;

    IAsyncInfo start() {
        take();
        return asio::async_write(near_end, asio::buffer(sent), use_async_info);
    }
    void take() {
        if (reads-- > 0)
            far_end.async_read_some(asio::buffer(buffer), [this](error_code, std::size_t n) {
                taken += n;
                take();
            });
    }
    void check(const IAsyncInfo& op) {
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        reads = 0;
        far_end.cancel();
        run_again(context);
        near_end.close();
        error_code error;
        while (!error)
            taken += far_end.read_some(asio::buffer(buffer), error);
        BOOST_TEST(taken == partial_result<std::size_t>(op));
    }
};

/// All endpoints refuse: the port is taken, and nobody listens.
struct async_connect_test {
    asio::io_context context;
    asio::ip::tcp::socket socket{context};
    asio::ip::tcp::socket deaf{context, {asio::ip::address_v4::loopback(), 0}};
    std::vector<asio::ip::tcp::endpoint> endpoints;

    IAsyncInfo start() {
        endpoints.assign(6, deaf.local_endpoint());
        return asio::async_connect(socket, endpoints, use_async_info);
    }
    void check(const IAsyncInfo& op) {
        if (op.Status() == AsyncStatus::Error)
            BOOST_TEST(op.ErrorCode() == asio::error::connection_refused);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_between_steps)

BOOST_AUTO_TEST_CASE(of_async_read) {
    BOOST_TEST(cancel_after_each_handler<async_read_test>() > 8);
}

BOOST_AUTO_TEST_CASE(of_async_read_until) {
    BOOST_TEST(cancel_after_each_handler<async_read_until_test>() > 8);
}

BOOST_AUTO_TEST_CASE(of_async_write) {
    BOOST_TEST(cancel_after_each_handler<async_write_test>() > 8);
}

BOOST_AUTO_TEST_CASE(of_async_connect_to_a_range) {
    BOOST_TEST(cancel_after_each_handler<async_connect_test>() >= 5);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_between_steps_test
