// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// GLib's main loop: that of GTK, GStreamer and others. A glib_poller is a GSource of it.

#include "loop_transfer.hpp"

#include <asyncinfo/loop/glib.hpp>

#include <iostream>

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using asyncinfo::every;
using asyncinfo::transfer_progress;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    GMainLoop* const loop = g_main_loop_new(nullptr, FALSE);

    asyncinfo::completion_queue queue;
    asyncinfo::glib_poller poller(queue);     // in the default GMainContext
    demo::loop_transfer transfer(argc, argv); // its io_context has a thread of its own

    // Something else that the loop has to do, and does meanwhile.
    int ticks = 0;
    const guint timer = g_timeout_add(
        20, [](gpointer data) { return ++*static_cast<int*>(data), gboolean(G_SOURCE_CONTINUE); },
        &ticks);

    demo::text_bar bar;
    const auto read = transfer.start();
    read.Progress(every(
        50ms, asio::bind_executor(queue, [&](auto&, const transfer_progress& p) { bar.show(p); })));
    read.Completed(asio::bind_executor(queue, [&](auto& op, AsyncStatus) {
        bar.show_end(op);
        g_main_loop_quit(loop);
    }));
    const auto interrupt = transfer.interrupt(); // Ctrl-C
    interrupt.Completed(asio::bind_executor(queue, [&](auto&, AsyncStatus) { read.Cancel(); }));
    transfer.send();

    g_main_loop_run(loop);
    g_source_remove(timer);
    g_main_loop_unref(loop);

    std::cout << ticks << " ticks of the loop's own timer\n";
    return bar.went_well() && ticks > 0 ? 0 : 1;
}
