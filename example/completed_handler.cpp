// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A handler for the end of an operation: set before it, set after it, and bound to an executor. And
// one that logs the end of any operation.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <string>
#include <thread>

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::IAsyncAction;
using asyncinfo::IAsyncOperation;

// One function for operations of all kinds.
void log_end(const asyncinfo::IAsyncInfo& op, AsyncStatus status) {
    std::cout << "operation " << op.Id() << " '" << op.name() << "': " << status;
    if (status != AsyncStatus::Completed)
        std::cout << ", " << op.ErrorCode().message();
    std::cout << '\n';
}

int main() {
    asio::io_context network;
    asio::readable_pipe in(network);
    asio::writable_pipe out(network);
    asio::connect_pipe(in, out);
    std::string text;
    std::string log;

    // Set before the end: called on the thread that completes the operation.
    IAsyncOperation<std::size_t> read =
        asio::async_read_until(in, asio::dynamic_buffer(text), '\n', asyncinfo::use_async_info);
    read.Completed([&](const IAsyncOperation<std::size_t>& sender, AsyncStatus status) {
        if (status == AsyncStatus::Completed)
            log += "read " + text.substr(0, sender.GetResults() - 1);
    });

    // Bound to an executor: called there, here by the thread that runs `window`.
    asio::io_context window;
    const auto window_work = asio::make_work_guard(window);
    std::thread::id called_on;
    IAsyncOperation<std::size_t> write =
        asio::async_write(out, asio::buffer("hello\n", 6), asyncinfo::use_async_info);
    write.Completed(asio::bind_executor(window, [&](const auto&, AsyncStatus) {
        called_on = std::this_thread::get_id();
        window.stop();
    }));

    std::thread network_thread([&] { network.run(); });
    window.run();
    network_thread.join();

    // Set after the end: called at once, before the setter returns.
    asio::steady_timer timer(network, std::chrono::seconds(0));
    IAsyncAction wait = timer.async_wait(asyncinfo::use_async_info);
    wait.get(network);
    wait.Completed([&](const IAsyncAction& sender, AsyncStatus status) {
        log += sender == wait ? ", " + std::string(to_string(status)) : ", another";
    });

    timer.expires_after(std::chrono::hours(1));
    const auto login = timer.async_wait(
        asyncinfo::use_async_info.named("login").cancel_after(std::chrono::milliseconds(10)));
    login.Completed(log_end);
    login.wait_for(network, std::chrono::seconds(10));

    std::cout << log << '\n';
    return log == "read hello, Completed" && called_on == std::this_thread::get_id() &&
                   login.ErrorCode() == asyncinfo::condition::deadline_expired
               ? 0
               : 1;
}
