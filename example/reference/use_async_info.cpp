// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>

namespace reference::use_async_info_hpp {

void started() {
    connection pair;
    auto& [context, socket, peer] = pair;
    const std::string request = "hello";
    std::array<char, 16> data;
    const auto buffer = asio::buffer(data);

    auto read = socket.async_read_some(buffer, use_async_info);

    const auto token = use_async_info.named("login").cancel_after(5s);
    auto login = asio::async_write(socket, asio::buffer(request), token);

    check(login.name() == "login");
    check(login.get(context) == 5);
    pair.send("hello");
    check(read.get(context) == 5);
}

void by_default() {
    asio::io_context context;

    auto timer = use_async_info.as_default_on(asio::steady_timer(context, 20ms));
    IAsyncAction wait = timer.async_wait();

    wait.get(context);
}

const page first("use_async_info.hpp", started), second("use_async_info.hpp", by_default);

} // namespace reference::use_async_info_hpp
