//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_LOOP_UV_HPP
#define ASYNCINFO_LOOP_UV_HPP

/// For programs with libuv's event loop. `asyncinfo.hpp` does not include this.
#include <asyncinfo/detail/loop/poll_callback.hpp>

#include <boost/system/system_category.hpp>
#include <boost/system/system_error.hpp>

#include <uv.h>

#include <memory>
#include <utility>

namespace asyncinfo {

/// Polls a `completion_queue` in a libuv loop.
///
/// When the queue is ready, the loop polls it for the budget, which is 4 ms unless you give
/// another. What is left is polled in the loop's next turn, after its other handles. While nothing
/// is ready the loop sleeps. `uv_run` does not return as long as the poller is there, unless you
/// call `uv_unref(poller.handle())`.
///
/// Executor and threads: handlers run on the thread that runs the loop. Make and destroy the poller
/// there.
///
/// Lifetime: the queue outlives the poller. The destructor closes the handle, and leaves the queue
/// as it is. The loop must run once more to be done with the handle, as always in libuv
/// (`uv_loop_close` returns `UV_EBUSY` until then). A handler may destroy the poller. A queue has
/// one poller.
///
/// Errors: an exception cannot pass libuv, which is C. What a handler throws is given to
/// `on_exception` on the loop's thread; without that function, `std::terminate` is called. The
/// constructor throws what `native_handle` throws, and libuv's errors, such as `EEXIST` for a
/// second poller of a queue in a loop.
///
/// It is for POSIX systems. On Windows wake the loop by `queue.on_ready` and `uv_async_send`.
///
/// Example:
///
///     completion_queue queue;
///     auto poller = std::make_unique<uv_poller>(queue, uv_default_loop());
///     read.Completed(asio::bind_executor(queue, [&](auto&, auto) { poller.reset(); }));
///     uv_run(uv_default_loop(), UV_RUN_DEFAULT); // returns when the read has ended
class uv_poller {
public:
    using budget_type = detail::poll_callback::budget_type; ///< `std::chrono::nanoseconds`
    /// `std::function<void(std::exception_ptr)>`
    using exception_handler = detail::poll_callback::exception_handler;

    /// Polls the queue in the loop from now on.
    ///
    /// Example:
    ///
    ///     uv_poller poller(queue, loop, 2ms, [&](std::exception_ptr e) { log(e); });
    uv_poller(completion_queue& queue, uv_loop_t* loop,
              budget_type budget = detail::poll_callback::default_budget,
              exception_handler on_exception = nullptr) {
        auto made = std::make_unique<state>();
        made->turn =
            std::make_shared<detail::poll_callback>(queue, budget, std::move(on_exception));
        check(uv_poll_init(loop, &made->poll, queue.native_handle()));
        state_ = made.release(); // from here on the loop knows it
        state_->poll.data = state_;
        if (const int error = uv_poll_start(&state_->poll, UV_READABLE, &ready)) {
            close();
            check(error);
        }
    }

    uv_poller(const uv_poller&) = delete;
    uv_poller& operator=(const uv_poller&) = delete;
    /// Closes the handle in the loop.
    ~uv_poller() { close(); }

    /// The handle in the loop, for what libuv can do with any handle, such as `uv_unref`.
    uv_handle_t* handle() const noexcept { return reinterpret_cast<uv_handle_t*>(&state_->poll); }

private:
    struct state {
        uv_poll_t poll;
        detail::loop_turn_ptr turn;
    };

    static void ready(uv_poll_t* poll, int, int) {
        const detail::loop_turn_ptr turn = static_cast<state*>(poll->data)->turn;
        (*turn)();
    }

    static void check(int error) {
        if (error < 0) // POSIX: libuv's codes are the system's, negative
            throw boost::system::system_error(-error, boost::system::system_category(),
                                              "asyncinfo::uv_poller");
    }

    void close() noexcept {
        uv_close(handle(), [](uv_handle_t* closed) { delete static_cast<state*>(closed->data); });
    }

    state* state_;
};

} // namespace asyncinfo

#endif // ASYNCINFO_LOOP_UV_HPP
