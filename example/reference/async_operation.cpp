// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>
#include <future>

namespace reference::async_operation_hpp {

void polled() {
    connection pair;
    auto& [context, socket, peer] = pair;
    pair.send("hello");
    std::array<char, 16> data;
    const auto buffer = asio::buffer(data);
    std::size_t used = 0;
    const auto use = [&](std::size_t size) { used = size; };

    IAsyncOperation<std::size_t> read = socket.async_read_some(buffer, use_async_info);
    while (used == 0) {
        context.poll();

        // In every frame:
        if (auto size = read.try_get())
            use(*size);
    }

    std::future<std::size_t> size = read(asio::use_future);

    context.restart();
    context.run();
    check(size.get() == 5);
}

void partial() {
    connection pair;
    auto& [context, socket, peer] = pair;
    pair.send("hel");
    peer.close();
    std::array<char, 5> data;
    auto read = asio::async_read(socket, asio::buffer(data), use_async_info);
    read.wait_for(context, 1h);

    auto [error, size] = read.outcome();
    std::cout << size.value_or(0) << " bytes, then " << error.message() << '\n';

    check(size == 3u && error == asio::error::eof);
}

const page first("async_operation.hpp", polled), second("async_operation.hpp", partial);

} // namespace reference::async_operation_hpp
