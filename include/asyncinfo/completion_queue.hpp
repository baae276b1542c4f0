//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_COMPLETION_QUEUE_HPP
#define ASYNCINFO_COMPLETION_QUEUE_HPP

#include <asyncinfo/detail/asio/driven_context.hpp>
#include <asyncinfo/detail/loop/queue_core.hpp>
#include <asyncinfo/detail/loop/queue_executor.hpp>

#include <boost/asio/execution_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <utility>

namespace asyncinfo {

/// An execution context for a loop that belongs to somebody else: a game, a GUI, a control program.
/// Any thread submits handlers to its executor. The loop polls the queue, and that runs them. Each
/// runs once, and those that one thread submitted run in their order.
///
/// Executor and threads: bind to the queue what is to run on the loop's thread: handlers by
/// `Completed(asio::bind_executor(queue, handler))`, waits by `op(asio::bind_executor(queue,
/// token))`, coroutines by a parameter. `post` and `defer` put a function in the queue; `dispatch`
/// calls it at once on a thread that is polling. All members except the destructor can be called
/// from any thread. Two threads may poll at once, and a handler may poll its own queue (a nested
/// loop). Asio's I/O objects and timers can be made on the queue itself; then Asio starts a thread
/// that waits for them.
///
/// Lifetime: executors may outlive the queue. Its destructor destroys what was not run, and what is
/// submitted afterwards is destroyed at once, uncalled. An operation whose own executor was the
/// queue's then ends as `errc::abandoned`. An operation of another context is not touched, but its
/// handler is not called. No other thread may be polling then; a handler may destroy its own queue.
/// An I/O object or a strand of the queue that outlives it must not be used.
///
/// Errors: what a handler throws comes out of the poll that runs it, and the rest stays ready.
///
/// Example:
///
///     completion_queue queue;
///     auto read = asio::async_read(socket, buffer, use_async_info); // runs on some io_context
///     read.Completed(asio::bind_executor(queue, [&](auto& op, auto) { show(op.outcome()); }));
///
///     while (!window.closed()) { // on this thread, in every frame
///         queue.poll_for(2ms);
///         window.draw();
///     }
class completion_queue {
public:
    /// The type of the queue's executors.
    using executor_type = detail::queue_executor<>;
    /// A file descriptor; on Windows a `HANDLE`.
    using native_handle_type = detail::ready_signal::native_handle_type;

    /// Makes an empty queue. There is nothing to be started.
    completion_queue() : core_(new detail::queue_core) {}
    completion_queue(const completion_queue&) = delete;
    completion_queue& operator=(const completion_queue&) = delete;
    /// Destroys what was not run.
    ~completion_queue() { core_->close(); }

    /// The executor: what is submitted to it is run by whoever polls the queue.
    executor_type get_executor() const noexcept { return executor_type(core_); }

    /// The queue as a context of Asio, for `use_service` and `notify_fork`.
    boost::asio::execution_context& context() const noexcept { return *core_; }
    /// The same, so that a queue can be given to constructors that take a context.
    operator boost::asio::execution_context&() const noexcept { return *core_; }

    /// Runs what is ready, and returns how many handlers that were. It never blocks. What becomes
    /// ready meanwhile waits for the next poll, so it returns even if handlers submit themselves
    /// again.
    ///
    /// Errors: what a handler throws. If the descriptor could not be used, it throws the system's
    /// error, once, after the handlers: see `native_handle`. `poll_one` and `poll_for` do the same.
    std::size_t poll() { return core_->run(core_->what_is_ready, detail::deadline::never()); }

    /// Runs one handler, if one is ready, and returns how many that were: 1 or 0.
    std::size_t poll_one() { return core_->run(1, detail::deadline::never()); }

    /// Runs handlers until nothing is ready or the time is spent, and returns how many that were.
    /// It also runs what becomes ready meanwhile. The time is looked at between handlers, so the
    /// last one can exceed it. The next poll goes on where this one stopped. If anything is ready,
    /// one handler runs in any case; so a budget of zero or less does what `poll_one` does.
    template <typename Rep, typename Period>
    std::size_t poll_for(std::chrono::duration<Rep, Period> budget) {
        return core_->run((std::numeric_limits<std::size_t>::max)(),
                          detail::deadline::after(budget));
    }

    /// Blocks until something is ready, and runs nothing. It returns true if something is ready. It
    /// returns false when the queue has run out of work: there was some, and the last of it is
    /// gone. After that it does not block until there is work again. A queue that never had work
    /// waits for the first.
    ///
    /// Work is: a wait such as `op(token)` and a coroutine, as long as it is outstanding, and each
    /// `asio::make_work_guard(queue)`. A `Completed` handler does not count.
    ///
    /// Example:
    ///
    ///     while (queue.wait()) // what run() is to an io_context
    ///         queue.poll();
    bool wait() { return core_->wait(detail::deadline::never(), true); }

    /// Blocks until something is ready (true) or the time is over (false), whether there is work or
    /// not. It runs nothing. Zero and less do not block; a time that the clock cannot hold never
    /// ends.
    template <typename Rep, typename Period>
    bool wait_for(std::chrono::duration<Rep, Period> duration) {
        return core_->wait(detail::deadline::after(duration), false);
    }

    /// What a foreign loop waits for: a file descriptor that is readable exactly while something is
    /// ready (an eventfd or the end of a pipe; on Windows the handle of a manual-reset event).
    /// Register it for reading, level- or edge-triggered, and poll the queue when it is readable.
    /// The first call makes it; a queue that was never asked makes no system calls.
    ///
    /// It is written to when the first handler becomes ready, and by a poll that leaves some
    /// behind; handlers that become ready in between cost no system call.
    ///
    /// It belongs to the queue: do not read, write or close it (you can close a `dup` of it). If
    /// somebody closes it all the same, no handler is lost, but the loop is not woken. The next
    /// poll runs its handlers and then throws the system's error, and this member makes a new
    /// descriptor. The queue cannot see it if the number has become that of another file meanwhile;
    /// then it reads and writes that file.
    ///
    /// After a fork parent and child share the descriptor, and each would wake the other. So the
    /// child calls `queue.context().notify_fork(asio::execution_context::fork_child)` before
    /// anything else, and while no other thread is in the queue. Then it asks for its new
    /// descriptor and registers that. The parent keeps the old one. If there are no descriptors
    /// left, the next poll of the child throws the system's error.
    ///
    /// Errors: the system's error if there are no descriptors left.
    native_handle_type native_handle() { return core_->native_handle(); }

    /// Sets a function that wakes the loop, for loops that cannot wait for a descriptor. It is
    /// called when the first handler becomes ready, on the thread that submits it; by a poll that
    /// leaves some behind, on the thread that polls; and here, if something is ready already. It
    /// replaces the one before; null removes that.
    ///
    /// No lock is held meanwhile, so it may post to the queue and replace itself. It must not throw
    /// (`std::terminate`). It must not wait for the loop either, because this member and the
    /// destructor wait until calls on other threads have returned.
    ///
    /// Example:
    ///
    ///     queue.on_ready([&] { window.post_message(poll_the_queue); });
    void on_ready(std::function<void()> function) { core_->on_ready(std::move(function)); }

private:
    friend class detail::driven_context;

    const detail::queue_core_ptr core_;
};

} // namespace asyncinfo

#endif // ASYNCINFO_COMPLETION_QUEUE_HPP
