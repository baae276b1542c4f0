// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Happy eyeballs: several addresses, and the first that answers.

#include "cookbook.hpp"

namespace cookbook::happy_eyeballs {

IAsyncOperation<tcp::socket> attempt(asio::any_io_executor executor, tcp::endpoint endpoint,
                                     IAsyncInfo previous) {
    if (previous) // its turn comes when the one before has failed, or in 250 ms
        co_await previous.async_wait(as_tuple(use_async_info.cancel_after(250ms)));
    tcp::socket socket(executor);
    co_await socket.async_connect(endpoint, deferred);
    co_return socket;
}

IAsyncOperation<tcp::socket> connect(asio::any_io_executor executor,
                                     std::vector<tcp::endpoint> endpoints) {
    std::vector<IAsyncOperation<tcp::socket>> attempts;
    for (IAsyncInfo previous; const auto& endpoint : endpoints)
        previous = attempts.emplace_back(attempt(executor, endpoint, previous));
    const auto first = co_await when_any(asyncinfo::winner::first_to_succeed,
                                         asyncinfo::losers::cancel_and_join, attempts);
    co_return first.operation.GetResults();
}

void run() {
    asio::thread_pool pool(2);
    const asio::ip::address_v4 loopback = asio::ip::address_v4::loopback();
    tcp::acceptor acceptor(pool, {loopback, 0});
    const tcp::socket deaf(pool, tcp::endpoint(loopback, 0)); // its port is taken, and refuses
    const auto refused = deaf.local_endpoint();
    const tcp::socket socket =
        connect(pool.get_executor(), {refused, refused, acceptor.local_endpoint()}).get();
    check(socket.remote_endpoint() == acceptor.local_endpoint());

    const auto nobody = connect(pool.get_executor(), {refused, refused});
    check(nobody.wait() == AsyncStatus::Error);
    check(nobody.ErrorCode() == asio::error::connection_refused);

    const asyncinfo::async_source<> stalled; // neither fails nor succeeds
    check(attempt(pool.get_executor(), acceptor.local_endpoint(), stalled.operation())
              .get()
              .is_open());
}

const recipe here("happy_eyeballs", run);

} // namespace cookbook::happy_eyeballs
