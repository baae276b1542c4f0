// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "coroutines.hpp"
#include "loop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <ctime>
#include <deque>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

namespace {

using asio::ip::tcp;

constexpr std::size_t connections = 64;

// ---------------------------------------------------------------------------------------------
// The ways to serve one connection: `start(socket)` echoes what it reads until the peer closes.

/// Callbacks, and a session that they keep.
struct with_callbacks {
    class session : public std::enable_shared_from_this<session> {
    public:
        explicit session(tcp::socket socket) : socket_(std::move(socket)) {}

        void read() {
            socket_.async_read_some(asio::buffer(data_),
                                    [self = shared_from_this()](error_code error, std::size_t n) {
                                        if (!error)
                                            self->write(n);
                                    });
        }

    private:
        void write(std::size_t count) {
            asio::async_write(socket_, asio::buffer(data_, count),
                              [self = shared_from_this()](error_code error, std::size_t) {
                                  if (!error)
                                      self->read();
                              });
        }

        tcp::socket socket_;
        char data_[512];
    };

    static void start(tcp::socket socket) { std::make_shared<session>(std::move(socket))->read(); }
};

/// The same session with a handle to the operation that is on its way, and Completed handlers.
struct with_completed {
    class session : public std::enable_shared_from_this<session> {
    public:
        explicit session(tcp::socket socket) : socket_(std::move(socket)) {}

        void read() {
            operation_ = socket_.async_read_some(asio::buffer(data_), ::asyncinfo::use_async_info);
            operation_.Completed([self = shared_from_this()](auto& read, auto status) {
                if (status == ::asyncinfo::AsyncStatus::Completed)
                    self->write(read.GetResults());
            });
        }

    private:
        void write(std::size_t count) {
            operation_ =
                asio::async_write(socket_, asio::buffer(data_, count), ::asyncinfo::use_async_info);
            operation_.Completed([self = shared_from_this()](auto&, auto status) {
                if (status == ::asyncinfo::AsyncStatus::Completed)
                    self->read();
            });
        }

        tcp::socket socket_;
        ::asyncinfo::IAsyncOperation<std::size_t> operation_;
        char data_[512];
    };

    static void start(tcp::socket socket) { std::make_shared<session>(std::move(socket))->read(); }
};

/// A coroutine of either kind, with any token of its own.
template <class Coroutine>
struct with_coroutine {
    static typename Coroutine::task echo(tcp::socket socket) {
        char data[512];
        for (;;) {
            const auto [error, n] = co_await socket.async_read_some(
                asio::buffer(data), asio::as_tuple(Coroutine::token));
            if (error)
                co_return;
            const auto [write_error, written] = co_await asio::async_write(
                socket, asio::buffer(data, n), asio::as_tuple(Coroutine::token));
            if (write_error)
                co_return;
        }
    }

    static void start(tcp::socket socket, const loop_executor& loop) {
        Coroutine::start(loop, [&](const loop_executor&) { return echo(std::move(socket)); });
    }
};

// ---------------------------------------------------------------------------------------------

/// A connection of the clients': sends a request, reads the echo, and begins again.
class client {
public:
    /// `left`: the requests that all of them have still to send.
    client(asio::io_context& context, std::size_t& left) : socket_(context), left_(left) {}

    void connect(const tcp::endpoint& server) {
        socket_.connect(server);
        socket_.set_option(tcp::no_delay(true));
    }

    void request() {
        if (left_ == 0)
            return;
        --left_;
        asio::async_write(socket_, asio::buffer(data_), [this](error_code error, std::size_t) {
            expect(!error, "not sent");
            asio::async_read(socket_, asio::buffer(data_), [this](error_code e, std::size_t) {
                expect(!e, "no echo");
                request();
            });
        });
    }

private:
    tcp::socket socket_;
    std::size_t& left_;
    char data_[64] = {};
};

double thread_cpu_seconds() {
    std::timespec now;
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// An echo server of 64 loopback connections. Its clients are callbacks on the other thread.
///
/// A server of one thread runs on the caller's, and its time is what that thread has spent on a
/// processor. For one of several threads it is the time that passes.
template <class Session, int Threads>
class echo_row final : public row {
public:
    explicit echo_row(const setup& s) : count_after_(s.count_after) {
        tcp::acceptor acceptor(server_, {asio::ip::address_v4::loopback(), 0});
        for (std::size_t i = 0; i != connections; ++i) {
            clients_.emplace_back(client_context_, left_).connect(acceptor.local_endpoint());
            tcp::socket socket = acceptor.accept();
            socket.set_option(tcp::no_delay(true));
            if constexpr (requires { Session::start(std::move(socket)); })
                Session::start(std::move(socket));
            else
                Session::start(std::move(socket), server_.get_executor());
        }
    }

    ~echo_row() override {
        clients_.clear(); // closes
        server_.restart();
        server_.run();
    }

    double run(std::size_t operations) override {
        if (count_after_ == 0)
            return serve(operations);
        const auto before = count_after_ * connections;
        serve(before);
        heap::start();
        const auto seconds = serve(operations - before);
        counted_ = heap::stop();
        return seconds;
    }

    heap::count counted() const override { return counted_; }

private:
    double serve(std::size_t requests) {
        left_ = requests;
        for (auto& client : clients_)
            client.request();
        client_context_.restart();
        server_.restart();

        stopwatch watch;
        watch.start();
        const auto before = thread_cpu_seconds();
        the_other_thread().start(run_clients_);
        std::vector<std::thread> others;
        for (int i = 1; i < Threads; ++i)
            others.emplace_back([this] { server_.run(); });
        server_.run();
        const auto spent = thread_cpu_seconds() - before;
        watch.stop();

        for (auto& thread : others)
            thread.join();
        while (!the_other_thread().idle())
            std::this_thread::yield();
        expect(left_ == 0, "requests are missing");
        return Threads == 1 ? spent : watch.seconds();
    }

    /// The sessions wait for more: the clients say when there is none.
    struct run_clients {
        echo_row* self;

        void operator()() const {
            self->client_context_.run();
            self->server_.stop();
        }
    };

    const std::size_t count_after_;
    heap::count counted_;
    asio::io_context server_{Threads};
    asio::io_context client_context_{1};
    std::size_t left_ = 0;
    std::deque<client> clients_;
    run_clients run_clients_{this};
};

template <int Threads>
void add_servers(table& rows, const std::string& work, std::size_t operations) {
    const auto add = [&]<class Session>(const std::string& wrapper, Session) {
        add_row<echo_row<Session, Threads>>(rows, work, wrapper, connections, operations);
    };
    add("raw", with_callbacks());
    add("raw2", with_callbacks());
    add("use_awaitable", with_coroutine<awaitable_with_use_awaitable>());
    add("asyncinfo", with_coroutine<asyncinfo_with_deferred>());
    add("handle", with_coroutine<asyncinfo_with_handle>());
    // With several threads the next operation could be assigned while this one's Completed is set.
    if constexpr (Threads == 1)
        add("completed", with_completed());
}

} // namespace

void add_echo(table& rows) { add_servers<1>(rows, "echo", 50'000); }

void add_echo_4_threads(table& rows) { add_servers<4>(rows, "echo_4_threads", 50'000); }

} // namespace bench
