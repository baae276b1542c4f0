// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::with_progress_hpp {

void show() {
    connection pair;
    auto& socket = pair.socket;
    pair.send("hello");
    std::string text(5, ' ');
    const auto buffer = asio::buffer(text);
    const std::size_t file_size = text.size();

    auto op = with_progress(file_size, [&](auto condition, auto token) {
        return asio::async_read(socket, buffer, condition, token);
    });

    check(op.get(pair.context) == 5);
    check(op.progress()->bytes == 5 && op.progress()->total == 5u);
}

const page shown("with_progress.hpp", show);

} // namespace reference::with_progress_hpp
