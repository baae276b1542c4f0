//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_LOOP_GLIB_HPP
#define ASYNCINFO_LOOP_GLIB_HPP

/// For programs with GLib's main loop: GTK, GStreamer and others. It needs glib-unix.h, which POSIX
/// systems have. `asyncinfo.hpp` does not include this.
#include <asyncinfo/detail/loop/poll_callback.hpp>

#include <glib-unix.h>
#include <glib.h>

#include <memory>
#include <utility>

namespace asyncinfo {

/// Polls a `completion_queue` in GLib's main loop.
///
/// When the queue is ready, the loop polls it for the budget, which is 4 ms unless you give
/// another. What is left is polled in the next iteration, after the other sources of the same
/// priority. So many handlers at once do not freeze a window. While nothing is ready the loop
/// sleeps.
///
/// Executor and threads: handlers run on the thread that runs the `GMainContext`; null is the
/// default one. Make and destroy the poller on that thread, or while nobody runs the context.
///
/// Lifetime: the queue and the context outlive the poller. The destructor takes the source out of
/// the loop, and leaves the queue as it is. A handler may destroy the poller. A queue has one
/// poller.
///
/// Errors: an exception cannot pass GLib, which is C. What a handler throws is given to
/// `on_exception` on the loop's thread; without that function, `std::terminate` is called. The
/// constructor throws what `native_handle` throws.
///
/// It is for POSIX systems. On Windows wake the loop by `queue.on_ready` and `g_idle_add`, or for a
/// context of your own by `g_main_context_invoke`. Both can be called on any thread.
///
/// Example:
///
///     completion_queue queue;
///     glib_poller poller(queue);
///     read.Completed(asio::bind_executor(queue, [&](auto&, auto) { g_main_loop_quit(loop); }));
///     g_main_loop_run(loop);
class glib_poller {
public:
    using budget_type = detail::poll_callback::budget_type; ///< `std::chrono::nanoseconds`
    /// `std::function<void(std::exception_ptr)>`
    using exception_handler = detail::poll_callback::exception_handler;

    /// Polls the queue in the loop from now on.
    ///
    /// Example:
    ///
    ///     glib_poller poller(queue, nullptr, 2ms, [&](std::exception_ptr e) { log(e); });
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

    /// Takes the source out of the loop.
    ~glib_poller() {
        g_source_destroy(source_);
        g_source_unref(source_);
    }

    /// The source in the loop, for what GLib can set: a priority, a name.
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
