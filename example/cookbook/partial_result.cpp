// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What had come when the time was over.

#include "cookbook.hpp"

namespace cookbook::partial_result {

std::string read_for(tcp::socket& from, std::size_t most, milliseconds time) {
    std::string data(most, '\0');
    const auto in_time = use_async_info.cancel_after(time);
    const auto read = asio::async_read(from, asio::buffer(data), in_time);
    read.wait(); // throws nothing, however the operation ends
    const auto [error, size] = read.outcome();
    if (error && error != asyncinfo::condition::deadline_expired)
        throw system_error(error);
    data.resize(size.value_or(0));
    return data;
}

void run() {
    asio::thread_pool pool(1);
    connection c(pool.get_executor());
    asio::write(c.there, asio::buffer("hello", 5));
    check(read_for(c.here, 100, 20ms) == "hello");
    asio::write(c.there, asio::buffer("hello", 5));
    check(read_for(c.here, 4, 1h) == "hell");
}

const recipe here("partial_result", run);

} // namespace cookbook::partial_result
