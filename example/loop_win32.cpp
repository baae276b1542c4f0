// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A message loop of Windows. A win32_poller is a window in it that nobody sees.

#include "loop_transfer.hpp"

#include <asyncinfo/loop/win32.hpp>

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::every;
using asyncinfo::transfer_progress;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    asyncinfo::completion_queue queue;
    asyncinfo::win32_poller poller(queue);    // in the message loop of this thread
    demo::loop_transfer transfer(argc, argv); // its io_context has a thread of its own

    demo::text_bar bar;
    const auto read = transfer.start();
    read.Progress(every(
        50ms, asio::bind_executor(queue, [&](auto&, const transfer_progress& p) { bar.show(p); })));
    read.Completed(asio::bind_executor(queue, [&](auto& op, AsyncStatus) {
        bar.show_end(op);
        PostQuitMessage(0);
    }));
    const auto interrupt = transfer.interrupt(); // Ctrl-C
    interrupt.Completed(asio::bind_executor(queue, [&](auto&, AsyncStatus) { read.Cancel(); }));
    transfer.send();

    for (MSG message; GetMessageW(&message, nullptr, 0, 0) > 0;)
        DispatchMessageW(&message);

    return bar.went_well() ? 0 : 1;
}
