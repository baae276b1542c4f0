// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/loop/win32.hpp>

namespace reference::loop_win32_hpp {

void ends() {
    async_source<int> source;
    auto read = source.operation();
    source.set_value(7);

    completion_queue queue;
    win32_poller poller(queue);
    read.Completed(asio::bind_executor(queue, [](auto&, auto) { PostQuitMessage(0); }));
    for (MSG message; GetMessageW(&message, nullptr, 0, 0) > 0;)
        DispatchMessageW(&message);
}

void fails() {
    completion_queue queue;
    int logged = 0;
    const auto log = [&](std::exception_ptr) {
        ++logged;
        PostQuitMessage(0);
    };
    win32_poller poller(queue, 2ms, [&](std::exception_ptr e) { log(e); });
    asio::post(queue, [] { throw std::runtime_error("of a handler"); });
    for (MSG message; GetMessageW(&message, nullptr, 0, 0) > 0;)
        DispatchMessageW(&message);
    check(logged == 1);
}

const page first("loop/win32.hpp", ends), second("loop/win32.hpp", fails);

} // namespace reference::loop_win32_hpp
