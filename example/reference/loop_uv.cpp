// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/loop/uv.hpp>

#include <exception>
#include <memory>
#include <stdexcept>

namespace reference::loop_uv_hpp {

void ends() {
    async_source<int> source;
    auto read = source.operation();
    source.set_value(7);

    completion_queue queue;
    auto poller = std::make_unique<uv_poller>(queue, uv_default_loop());
    read.Completed(asio::bind_executor(queue, [&](auto&, auto) { poller.reset(); }));
    uv_run(uv_default_loop(), UV_RUN_DEFAULT); // returns when the read has ended

    check(poller == nullptr);
}

void fails() {
    uv_loop_t* const loop = uv_default_loop();
    completion_queue queue;
    int logged = 0;
    const auto log = [&](const std::exception_ptr&) { ++logged; };
    {
        uv_poller poller(queue, loop, 2ms, [&](std::exception_ptr e) { log(e); });

        asio::post(queue, [] { throw std::runtime_error("from a handler"); });
        while (logged == 0)
            uv_run(loop, UV_RUN_ONCE);
    }
    uv_run(loop, UV_RUN_DEFAULT);
    check(uv_loop_close(loop) == 0);
}

const page first("loop/uv.hpp", ends), second("loop/uv.hpp", fails);

} // namespace reference::loop_uv_hpp
