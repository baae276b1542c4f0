//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_LOOP_GLIB_HPP
#define ASYNCINFO_LOOP_GLIB_HPP

/// For programs with GLib's main loop: GTK, GStreamer and others. On POSIX systems: it needs
/// glib-unix.h. Not part of `asyncinfo.hpp`.
#include <asyncinfo/detail/loop/poll_callback.hpp>

#include <glib-unix.h>
#include <glib.h>

#include <memory>
#include <utility>

namespace asyncinfo {

/// Polls a `completion_queue` in GLib's main loop.
///
/// When the queue is ready, the loop polls it for the budget, 4 ms unless told otherwise. What is
/// left is polled in the next iteration, after the other sources of the same priority have had
/// their turn: so a burst freezes no window. While nothing is ready the loop sleeps.
///
/// Executor and threads: handlers run on the thread that runs the `GMainContext` (null: the default
/// one). Make and destroy it on that thread, or while nobody runs the context.
///
/// Lifetime: queue and context outlive it. The destructor takes the source out of the loop, and
/// leaves the queue as it is. A handler may destroy it. One poller per queue.
///
/// Errors: an exception cannot pass GLib, which is C. What a handler throws is given to
/// `on_exception`, a `void(std::exception_ptr)`, on the loop's thread; without one,
/// `std::terminate`. The constructor throws what `native_handle` does.
///
/// On POSIX systems. On Windows there is `queue.on_ready` and `g_idle_add`, or for a context of
/// your own `g_main_context_invoke`: both may be called on any thread.
///
/// Example:
///
///     asyncinfo::completion_queue queue;
///     asyncinfo::glib_poller poller(queue);
///     read.Completed(asio::bind_executor(queue, [&](auto&, auto) { g_main_loop_quit(loop); }));
///     g_main_loop_run(loop);
///
/// With a budget and a function for exceptions:
///
///     asyncinfo::glib_poller poller(queue, nullptr, 2ms, [](std::exception_ptr e) { log(e); });
class glib_poller {
public:
    using budget_type = detail::poll_callback::budget_type; ///< std::chrono::nanoseconds
    using exception_handler = detail::poll_callback::exception_handler; ///< a std::function

    explicit glib_poller(completion_queue& queue, GMainContext* context = nullptr,
                         budget_type budget = detail::poll_callback::default_budget,
                         exception_handler on_exception = nullptr) {
        auto turn = std::make_unique<detail::loop_turn_ptr>(
            std::make_shared<detail::poll_callback>(queue, budget, std::move(on_exception)));
        source_ = g_unix_fd_source_new(queue.native_handle(), G_IO_IN);
        // GLib calls it as what it is, a GUnixFDSourceFunc.
        g_source_set_callback(source_,
                              reinterpret_cast<GSourceFunc>(reinterpret_cast<void (*)()>(&ready)),
                              turn.release(), &release);
        g_source_attach(source_, context);
    }

    glib_poller(const glib_poller&) = delete;
    glib_poller& operator=(const glib_poller&) = delete;

    ~glib_poller() {
        g_source_destroy(source_);
        g_source_unref(source_);
    }

    /// For what GLib can set: a priority, a name.
    GSource* source() const noexcept { return source_; }

private:
    static gboolean ready(gint, GIOCondition, gpointer data) {
        const detail::loop_turn_ptr turn = *static_cast<detail::loop_turn_ptr*>(data);
        (*turn)();
        return G_SOURCE_CONTINUE;
    }

    static void release(gpointer data) { delete static_cast<detail::loop_turn_ptr*>(data); }

    GSource* source_;
};

} // namespace asyncinfo

#endif // ASYNCINFO_LOOP_GLIB_HPP
