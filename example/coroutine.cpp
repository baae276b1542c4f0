// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// An echo server of coroutines, on a pool without a strand. It is cancelled, and says good-bye.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::as_tuple, asio::deferred, asio::ip::tcp;
using asyncinfo::IAsyncAction, asyncinfo::IAsyncOperation, asyncinfo::use_async_info;

IAsyncOperation<std::size_t> echo(tcp::socket socket) { // resumes on the socket's executor
    const auto token = co_await asyncinfo::get_cancellation_token();
    co_await asio::this_coro::throw_if_cancelled(false); // this body looks at `token` instead
    char data[512];
    std::size_t total = 0;
    while (!token.cancel_requested()) {
        // Any operation of Asio's. A request to cancel the coroutine reaches it.
        auto [error, n] = co_await socket.async_read_some(asio::buffer(data), as_tuple(deferred));
        if (error)
            break;
        // Any handle. After five seconds this one ends as `timed_out`, which is thrown here.
        total += co_await asio::async_write(socket, asio::buffer(data, n),
                                            use_async_info.cancel_after(5s));
    }
    token.enable_propagation(false); // from here on a request reaches nothing
    co_await asio::async_write(socket, asio::buffer("bye\n", 4), as_tuple(deferred));
    co_return total; // Completed, also when cancelled
}

IAsyncAction serve(tcp::acceptor& acceptor, std::vector<IAsyncOperation<std::size_t>>& clients) {
    for (;;) { // until cancelled: then `co_await` throws, and the action is Canceled
        tcp::socket peer = co_await acceptor.async_accept(deferred);
        clients.push_back(echo(std::move(peer))); // runs at once, up to where it has to wait
    }
}

int main() {
    asio::thread_pool pool(4);
    tcp::acceptor acceptor(pool, {asio::ip::address_v4::loopback(), 0});
    std::vector<IAsyncOperation<std::size_t>> clients;
    const IAsyncAction server = serve(acceptor, clients);
    tcp::socket client(pool, tcp::v4());
    client.connect(acceptor.local_endpoint());
    asio::write(client, asio::buffer("hello\n", 6));
    std::string heard;
    asio::read_until(client, asio::dynamic_buffer(heard), '\n');

    server.Cancel();
    server.wait();
    const auto echoes = when_all(clients);
    echoes.Cancel();
    asio::read_until(client, asio::dynamic_buffer(heard), "bye\n");
    std::cout << heard << echoes.get().at(0) << " bytes, server " << server.Status() << '\n';
    return heard == "hello\nbye\n" && server.Status() == asyncinfo::AsyncStatus::Canceled ? 0 : 1;
}
