// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>

namespace reference::co_await_hpp {

asio::awaitable<std::size_t> receive(tcp::socket& socket) {
    std::array<char, 16> data;
    const auto buffer = asio::buffer(data);

    std::size_t size = co_await socket.async_read_some(buffer, use_async_info);

    co_return size;
}

void show() {
    connection pair;
    pair.send("hello");
    auto op = asio::co_spawn(pair.context, receive(pair.socket), use_async_info);
    check(op.get(pair.context) == 5);
}

const page shown("co_await.hpp", show);

} // namespace reference::co_await_hpp
