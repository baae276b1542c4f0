// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::coroutine_hpp {

IAsyncOperation<std::size_t> echo(tcp::socket& socket) {
    char data[64];
    const auto n = co_await socket.async_read_some(asio::buffer(data), asio::deferred);
    co_await asio::async_write(socket, asio::buffer(data, n), asio::deferred);
    co_return n;
}

void show() {
    connection pair;
    auto op = echo(pair.socket);
    pair.send("hello");
    check(op.get(pair.context) == 5);
    std::string back(5, ' ');
    asio::read(pair.peer, asio::buffer(back));
    check(back == "hello");
}

const page shown("coroutine.hpp", show);

} // namespace reference::coroutine_hpp
