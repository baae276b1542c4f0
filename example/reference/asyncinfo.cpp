// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <thread>

namespace reference::asyncinfo_hpp {

void show() {
    asio::io_context context;
    asio::steady_timer timer(context, 20ms);

    IAsyncAction wait = timer.async_wait(use_async_info); // starts at once
    std::thread other([&] { context.run(); });
    while (wait.Status() == AsyncStatus::Started)
        std::this_thread::sleep_for(16ms); // or draw a frame
    wait.GetResults();                     // throws what went wrong

    other.join();
    check(wait.Status() == AsyncStatus::Completed);
}

const page shown("asyncinfo.hpp", show);

} // namespace reference::asyncinfo_hpp
