// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// libuv's loop. A uv_poller is a uv_poll_t of it.

#include "loop_transfer.hpp"

#include <asyncinfo/loop/uv.hpp>

#include <memory>

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::every;
using asyncinfo::transfer_progress;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    uv_loop_t* const loop = uv_default_loop();

    asyncinfo::completion_queue queue;
    auto poller = std::make_unique<asyncinfo::uv_poller>(queue, loop);
    demo::loop_transfer transfer(argc, argv); // its io_context has a thread of its own

    demo::text_bar bar;
    const auto read = transfer.start();
    read.Progress(every(
        50ms, asio::bind_executor(queue, [&](auto&, const transfer_progress& p) { bar.show(p); })));
    read.Completed(asio::bind_executor(queue, [&](auto& op, AsyncStatus) {
        bar.show_end(op);
        poller.reset(); // nothing else is in the loop: it ends
    }));
    const auto interrupt = transfer.interrupt(); // Ctrl-C
    interrupt.Completed(asio::bind_executor(queue, [&](auto&, AsyncStatus) { read.Cancel(); }));
    transfer.send();

    uv_run(loop, UV_RUN_DEFAULT);
    const bool closed = uv_loop_close(loop) == 0; // nothing was left in it

    return bar.went_well() && closed ? 0 : 1;
}
