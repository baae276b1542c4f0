// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>
#include <thread>

namespace reference::when_all_hpp {

void of_several_kinds() {
    connection pair;
    auto& [context, socket, peer] = pair;
    pair.send("hello");
    std::array<char, 16> data;
    asio::steady_timer timer(context, 1ms);
    std::thread runs([&, work = asio::make_work_guard(context)] { context.run(); });
    auto read = socket.async_read_some(asio::buffer(data), use_async_info);
    auto wait = timer.async_wait(use_async_info);

    auto [size, nothing] = when_all(read, wait).get();

    check(size == 5 && nothing == std::monostate());
    context.stop();
    runs.join();
}

std::vector<IAsyncOperation<int>> start_them() {
    std::vector<IAsyncOperation<int>> started;
    for (int i = 0; i < 3; ++i) {
        async_source<int> source;
        started.push_back(source.operation());
        source.set_value(i);
    }
    return started;
}

void of_a_range() {
    std::vector<IAsyncOperation<int>> jobs = start_them();
    const std::vector<int> results = when_all(on_failure::cancel_rest, std::move(jobs)).get();

    check(results == std::vector{0, 1, 2});
}

const page first("when_all.hpp", of_several_kinds), second("when_all.hpp", of_a_range);

} // namespace reference::when_all_hpp
