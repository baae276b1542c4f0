// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>
#include <thread>

namespace reference::stop_on_hpp {

#if defined(ASYNCINFO_HAS_STOP_TOKEN)
void show() {
    connection pair;
    auto& socket = pair.socket;
    std::array<char, 16> data;
    const auto buffer = asio::buffer(data);
    auto work = asio::make_work_guard(pair.context);
    std::thread runs([&] { pair.context.run(); });

    std::jthread worker([&](std::stop_token stop) {
        stop_on(socket.async_read_some(buffer, use_async_info), stop).wait();
    });

    worker.request_stop();
    worker.join(); // nobody has sent anything
    work.reset();
    runs.join();
}

const page shown("stop_on.hpp", show);
#endif

} // namespace reference::stop_on_hpp
