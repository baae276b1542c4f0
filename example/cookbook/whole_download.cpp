// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A whole download with one deadline, a progress bar and Ctrl-C.

#include "cookbook.hpp"

namespace cookbook::whole_download {

using asyncinfo::transfer_progress;
using text_with_progress = asyncinfo::IAsyncOperationWithProgress<std::string, transfer_progress>;

text_with_progress download(asio::any_io_executor executor, std::string host, std::string port,
                            std::size_t size) {
    const auto progress = co_await asyncinfo::get_progress_token();
    tcp::resolver resolver(executor);
    const auto endpoints = co_await asyncinfo::abandon_on_cancel( // a look-up cannot be stopped
        resolver.async_resolve(host, port, use_async_info));
    tcp::socket socket(executor);
    co_await asio::async_connect(socket, endpoints, deferred);

    std::string text(size, '\0');
    auto read = asyncinfo::with_progress(size, [&](auto condition, auto token) {
        return asio::async_read(socket, asio::buffer(text), condition, token);
    });
    read.Progress([progress](const auto&, const transfer_progress& p) { progress(p); });
    co_await std::move(read); // it has ended before the buffer goes
    co_return text;
}

std::string download_with_bar(asio::thread_pool& pool, const std::string& host,
                              const std::string& port, std::size_t size, milliseconds time,
                              std::ostream& out) {
    asio::signal_set signals(pool, SIGINT, SIGTERM);
    const auto ctrl_c = signals.async_wait(use_async_info);
    const auto text = download(asio::make_strand(pool), host, port, size);
    text.cancel_after(time); // for all of it

    const auto draw = [&] {
        if (const auto p = text.progress()) // nothing before the read
            out << '\r' << static_cast<int>(100 * p->fraction()) << " %" << std::flush;
    };
    for (; text.wait_for(50ms) == AsyncStatus::Started; draw())
        if (ctrl_c.Status() == AsyncStatus::Completed)
            text.Cancel();
    draw();

    ctrl_c.Cancel();
    ctrl_c.wait(); // before the set of signals goes
    return text.GetResults();
}

/// Sends "hello", calls `served`, and keeps the connection until the other side goes.
IAsyncAction serve(tcp::acceptor& acceptor, std::function<void()> served) {
    tcp::socket peer = co_await acceptor.async_accept(deferred);
    co_await asio::async_write(peer, asio::buffer("hello", 5), deferred);
    served();
    char none;
    co_await peer.async_read_some(asio::buffer(&none, 1), as_tuple(deferred));
}

/// What the download of so many bytes from that server ends by.
error_code ends_by(asio::thread_pool& pool, std::size_t size, milliseconds time,
                   std::function<void()> served, std::ostream& out) {
    tcp::acceptor acceptor(pool, {asio::ip::address_v4::loopback(), 0});
    const auto port = std::to_string(acceptor.local_endpoint().port());
    const auto serving = serve(acceptor, std::move(served));
    error_code error;
    try {
        check(download_with_bar(pool, "127.0.0.1", port, size, time, out) == "hello");
    } catch (const system_error& e) {
        error = e.code();
    }
    serving.Cancel();
    serving.wait();
    return error;
}

void run() {
    asio::thread_pool pool(2);
    std::ostringstream drawn;
    check(!ends_by(pool, 5, 30s, [] {}, drawn));
    check(drawn.str().ends_with("\r100 %"));

    // More bytes than there are.
    const auto by_deadline = ends_by(pool, 10, 200ms, [] {}, drawn);
    check(by_deadline == asyncinfo::condition::deadline_expired);
    const auto by_signal = ends_by(pool, 10, 30s, [] { std::raise(SIGINT); }, drawn);
    check(by_signal == asyncinfo::condition::canceled);
}

const recipe here("whole_download", run);

} // namespace cookbook::whole_download
