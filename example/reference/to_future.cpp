// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>

namespace reference::to_future_hpp {

void show() {
    connection pair;
    auto& socket = pair.socket;
    pair.send("hello");
    std::array<char, 16> data;
    const auto buffer = asio::buffer(data);

    std::future<std::size_t> size = to_future(socket.async_read_some(buffer, use_async_info));

    pair.context.run();
    check(size.get() == 5);
}

const page shown("to_future.hpp", show);

} // namespace reference::to_future_hpp
