// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// An idle time-out: as long as something comes, it may take as long as it likes.

#include "cookbook.hpp"

namespace cookbook::idle_timeout {

IAsyncOperation<std::size_t> count_bytes(tcp::socket& from, milliseconds idle) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    std::array<char, 4096> data;
    for (std::size_t total = 0;;) {
        token.renew_deadline(idle); // counts from here; the one before is gone
        auto [error, n] = co_await from.async_read_some(asio::buffer(data), as_tuple(deferred));
        if (error == asio::error::eof)
            co_return total;
        if (error)
            throw system_error(error);
        total += n;
    }
}

auto read_all(tcp::socket& from, std::string& text, milliseconds idle) {
    auto read = asyncinfo::with_progress(text.size(), [&](auto condition, auto token) {
        return asio::async_read(from, asio::buffer(text), condition, token);
    });
    read.Progress([idle](const auto& sender, const auto&) { sender.renew_deadline(idle); });
    read.renew_deadline(idle);
    return read;
}

void run() {
    asio::thread_pool pool(2);
    {
        connection c(pool.get_executor());
        const auto count = count_bytes(c.here, 1h);
        asio::write(c.there, asio::buffer("hello", 5));
        c.there.close();
        check(count.get() == 5);
    }
    connection c(pool.get_executor());
    const auto count = count_bytes(c.here, 20ms);
    check(count.wait() == AsyncStatus::Error);
    check(count.ErrorCode() == asyncinfo::condition::deadline_expired);

    std::string text(10, '\0');
    asio::write(c.there, asio::buffer("hello", 5));
    const auto read = read_all(c.here, text, 20ms);
    check(read.wait() == AsyncStatus::Error);
    check(read.ErrorCode() == asyncinfo::condition::deadline_expired);
    check(std::get<1>(read.outcome()) == 5);
}

const recipe here("idle_timeout", run);

} // namespace cookbook::idle_timeout
