// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// How far is it? A transfer of 64 MiB between two threads, shown in two ways.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::every;
using asyncinfo::transfer_progress;
using asyncinfo::with_progress;
using namespace std::chrono_literals;

int main() {
    asio::io_context window;   // what draws, on this thread; destroyed last
    asio::thread_pool pool(2); // where the transfers run
    tcp::acceptor acceptor(pool, {asio::ip::address_v4::loopback(), 0});
    tcp::socket in(pool), out(pool);
    out.connect(acceptor.local_endpoint());
    acceptor.accept(in);

    const std::size_t size = 64 << 20;
    std::vector<char> sent(size, 'x'), received(size);

    auto read = with_progress(size, [&](auto condition, auto token) {
        return asio::async_read(in, asio::buffer(received), condition, token);
    });

    // Told: on the window's thread, ten times a second at the most, and of the end.
    int told = 0;
    double last = 0;
    read.Progress(every(100ms, asio::bind_executor(window, [&](auto&, const transfer_progress& p) {
                            std::cout << int(p.fraction() * 100) << " %, " << p.rate() / (1 << 20)
                                      << " MiB/s\n";
                            ++told;
                            last = p.fraction();
                        })));

    auto write = with_progress(size, [&](auto condition, auto token) {
        return asio::async_write(out, asio::buffer(sent), condition, token);
    });

    // Asked: whenever it suits, without a lock.
    while (write.Status() == asyncinfo::AsyncStatus::Started) {
        if (auto p = write.progress())
            std::cout << "written: " << p->bytes << " of " << *p->total << '\n';
        std::this_thread::sleep_for(16ms);
        window.restart();
        window.poll();
    }
    read.get(window); // the end comes through when the last progress has been shown
    window.restart();
    window.poll();
    return read.progress()->bytes == size && told > 0 && last == 1 ? 0 : 1;
}
