// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <exception>

namespace reference::fire_and_forget_hpp {

fire_and_forget greet(tcp::socket socket) {
    co_await asio::async_write(socket, asio::buffer("hello", 5), asio::deferred);
}

int logged = 0;
void log(const std::exception_ptr&) noexcept { ++logged; }

fire_and_forget fail(asio::io_context&) {
    co_await resume_after(1ms);
    throw std::runtime_error("nobody sees this");
}

void show() {
    connection pair;
    greet(std::move(pair.socket));

    set_unhandled_exception_handler([](std::exception_ptr e) noexcept { log(e); });

    fail(pair.context);
    pair.context.run();
    check(logged == 1);
    set_unhandled_exception_handler(nullptr);

    std::string text(5, ' ');
    asio::read(pair.peer, asio::buffer(text));
    check(text == "hello");
}

const page shown("fire_and_forget.hpp", show);

} // namespace reference::fire_and_forget_hpp
