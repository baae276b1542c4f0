// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A time-out for a whole exchange.

#include "cookbook.hpp"

namespace cookbook::exchange_timeout {

IAsyncOperation<std::string> ask(tcp::socket& server, std::string question) {
    co_await asio::async_write(server, asio::buffer(question), deferred);
    std::string answer;
    co_await asio::async_read_until(server, asio::dynamic_buffer(answer), '\n', deferred);
    co_return answer;
}

std::string ask_in_time(tcp::socket& server, milliseconds time) {
    const auto answer = ask(server, "how much?\n");
    answer.cancel_after(time); // for all of it: the write and the read
    error_code error;
    if (auto text = answer.get(error))
        return *std::move(text);
    server.close(); // the answer could still come, to the next question
    return error == asyncinfo::condition::deadline_expired ? "too late" : error.message();
}

IAsyncAction answer_once(tcp::socket& client) {
    std::string question;
    co_await asio::async_read_until(client, asio::dynamic_buffer(question), '\n', deferred);
    co_await asio::async_write(client, asio::buffer("42\n", 3), deferred);
}

void run() {
    asio::thread_pool pool(2);
    connection c(pool.get_executor());
    const auto server = answer_once(c.there);
    check(ask_in_time(c.here, 1h) == "42\n");
    server.get();
    check(ask_in_time(c.here, 20ms) == "too late");
}

const recipe here("exchange_timeout", run);

} // namespace cookbook::exchange_timeout
