// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/loop/glib.hpp>

#include <exception>
#include <stdexcept>

namespace reference::loop_glib_hpp {

void quits() {
    GMainLoop* const loop = g_main_loop_new(nullptr, FALSE);
    async_source<int> source;
    auto read = source.operation();
    source.set_value(7);

    completion_queue queue;
    glib_poller poller(queue);
    read.Completed(asio::bind_executor(queue, [&](auto&, auto) { g_main_loop_quit(loop); }));
    g_main_loop_run(loop);

    g_main_loop_unref(loop);
}

void fails() {
    completion_queue queue;
    int logged = 0;
    const auto log = [&](const std::exception_ptr&) { ++logged; };

    glib_poller poller(queue, nullptr, 2ms, [&](std::exception_ptr e) { log(e); });

    asio::post(queue, [] { throw std::runtime_error("from a handler"); });
    while (logged == 0)
        g_main_context_iteration(nullptr, TRUE);
}

const page first("loop/glib.hpp", quits), second("loop/glib.hpp", fails);

} // namespace reference::loop_glib_hpp
