// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Asio's own loop: the main thread runs a second io_context. It needs no queue, since an io_context
// is one; handlers are bound to it.

#include "loop_transfer.hpp"

#include <iostream>

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::every;
using asyncinfo::transfer_progress;
using namespace std::chrono_literals;

int main() {
    const auto loop_thread = std::this_thread::get_id();
    asio::io_context window;      // of the main thread
    demo::loop_transfer transfer; // its io_context has a thread of its own

    // A Completed handler is no work of its context: this keeps `run` from returning.
    auto open = asio::make_work_guard(window);

    bool here = true;
    double shown = 0;
    const auto read = transfer.start();
    read.Progress(every(50ms, asio::bind_executor(window, [&](auto&, const transfer_progress& p) {
                            std::cout << demo::text_bar(p) << '\n';
                            shown = p.fraction();
                            here = here && std::this_thread::get_id() == loop_thread;
                        })));
    read.Completed(asio::bind_executor(window, [&](auto& op, AsyncStatus status) {
        std::cout << "operation " << op.Id() << ": " << status << '\n';
        here = here && std::this_thread::get_id() == loop_thread;
        open.reset();
    }));

    window.run();
    return here && shown == 1 && read.GetResults() == transfer.size() ? 0 : 1;
}
