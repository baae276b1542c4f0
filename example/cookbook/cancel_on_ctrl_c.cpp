// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Ctrl-C cancels.

#include "cookbook.hpp"

namespace cookbook::cancel_on_ctrl_c {

AsyncStatus run_until_ctrl_c(asio::io_context& context, const IAsyncInfo& server) {
    asio::signal_set signals(context, SIGINT, SIGTERM);
    const auto signal = signals.async_wait(use_async_info);
    signal.Completed([&](const auto&, AsyncStatus status) {
        if (status != AsyncStatus::Completed)
            return;
        signals.clear(); // a second Ctrl-C ends the program at once
        server.Cancel();
    });
    server.async_wait([&](error_code) { signals.cancel(); }); // else run() goes on
    context.run();
    return server.Status();
}

void run() {
    asio::io_context context;
    asio::steady_timer timer(context, steady_clock::time_point::max());
    asio::post(context, [] { std::raise(SIGINT); });
    check(run_until_ctrl_c(context, timer.async_wait(use_async_info)) == AsyncStatus::Canceled);

    context.restart();
    timer.expires_after(1ms);
    check(run_until_ctrl_c(context, timer.async_wait(use_async_info)) == AsyncStatus::Completed);
}

const recipe here("cancel_on_ctrl_c", run);

} // namespace cookbook::cancel_on_ctrl_c
