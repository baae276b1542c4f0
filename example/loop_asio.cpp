// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Asio's own loop: the main thread runs a second io_context. It needs no queue, since an io_context
// is one; handlers are bound to it.

#include "loop_transfer.hpp"

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::every;
using asyncinfo::transfer_progress;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    asio::io_context window;                  // of the main thread
    demo::loop_transfer transfer(argc, argv); // its io_context has a thread of its own

    // A Completed handler is no work of its context: this keeps run() from returning.
    auto open = asio::make_work_guard(window);

    demo::text_bar bar;
    const auto read = transfer.start();
    read.Progress(every(50ms, asio::bind_executor(window, [&](auto&, const transfer_progress& p) {
                            bar.show(p);
                        })));
    read.Completed(asio::bind_executor(window, [&](auto& op, AsyncStatus) {
        bar.show_end(op);
        open.reset();
    }));
    const auto interrupt = transfer.interrupt(); // Ctrl-C
    interrupt.Completed(asio::bind_executor(window, [&](auto&, AsyncStatus) { read.Cancel(); }));
    transfer.send();

    window.run();
    return bar.went_well() ? 0 : 1;
}
