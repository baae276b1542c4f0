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

/// An execution context for a loop that is not Asio's: a game's, a GUI's, a control program's.
/// Handlers are submitted to its executor from any thread and run when the loop polls it, each
/// once, and in order as far as one thread submitted them.
///
/// Executor and threads: `get_executor()` is a full executor, so `Completed(bind_executor(queue,
/// h))`, `op(bind_executor(queue, token))`, coroutines and Asio's own I/O objects run on the loop's
/// thread. Submitting is posting; `dispatch` calls at once on a thread that is polling. All members
/// may be called from any thread, but for the destructor. Two threads may poll at once, and a
/// handler may poll its own queue: a nested loop. I/O objects and timers *of the queue* need a
/// reactor, and Asio starts a thread for that; those of another context do not.
///
/// Lifetime: executors share what the queue is made of, and may outlive it. Its destructor destroys
/// what was not run; what is submitted afterwards is destroyed at once, uncalled. An operation
/// whose own executor was the queue's ends as `errc::abandoned` then; one of another context is not
/// touched, only its handler does not come. Polling must be over by then, on other threads; a
/// handler may destroy its own queue. Start nothing on what outlives it: an I/O object or a strand.
///
/// Errors: what a handler throws comes out of the poll that runs it, and the rest stays ready.
///
/// Example:
///
///     asyncinfo::completion_queue queue;
///     auto read = asio::async_read(socket, buffer, asyncinfo::use_async_info); // on some io_context
///     read.Completed(asio::bind_executor(queue, [](auto& op, auto status) { show(op, status); }));
///     for (;;) {                  // on this thread, in every frame:
///         queue.poll_for(2ms);
///         draw();
///     }
class completion_queue {
public:
    using executor_type = detail::queue_executor<>;
    using native_handle_type = detail::ready_signal::native_handle_type;

    completion_queue() : core_(new detail::queue_core) {}
    completion_queue(const completion_queue&) = delete;
    completion_queue& operator=(const completion_queue&) = delete;
    ~completion_queue() { core_->close(); }

    executor_type get_executor() const noexcept { return executor_type(core_); }

    /// As what Asio knows it: for `use_service`, and for constructors that take a context.
    boost::asio::execution_context& context() const noexcept { return *core_; }
    operator boost::asio::execution_context&() const noexcept { return *core_; }

    /// Runs what is ready; returns how much that was. Never blocks. What becomes ready meanwhile
    /// waits for the next poll, so handlers that submit themselves again do not keep it from
    /// returning.
    ///
    /// Errors: what a handler throws; and the system's error if the descriptor could not be used,
    /// once, after the handlers: see `native_handle`. All this is true of `poll_one` and
    /// `poll_for`, too.
    std::size_t poll() { return core_->run(core_->what_is_ready, detail::deadline::never()); }

    /// Runs one handler, if one is ready.
    std::size_t poll_one() { return core_->run(1, detail::deadline::never()); }

    /// Runs handlers until nothing is ready or the time is spent, what becomes ready meanwhile
    /// included. The handler that exceeds it is the last; the next poll goes on where this one
    /// stopped. One handler is run in any case, if one is ready, so that a budget of zero or less
    /// is `poll_one`.
    template <typename Rep, typename Period>
    std::size_t poll_for(std::chrono::duration<Rep, Period> budget) {
        return core_->run(std::numeric_limits<std::size_t>::max(), detail::deadline::after(budget));
    }

    /// Blocks until something is ready, and runs nothing. False if nothing is, and nothing is to be
    /// expected: work was counted, and the last of it is gone. Then it no longer blocks, until
    /// there is work again. So `while (queue.wait()) queue.poll();` is what `run()` is to an
    /// io_context; but a queue that never had work waits for some to come.
    ///
    /// Counted are waits such as `op(token)` and coroutines, while they are outstanding, and each
    /// `asio::make_work_guard(queue)`; not a `Completed` handler, which another context keeps.
    bool wait() { return core_->wait(detail::deadline::never(), true); }

    /// Blocks until something is ready, or the time is over: false. It takes no notice of work.
    /// Zero and less do not block; what the clock cannot hold is for ever.
    template <typename Rep, typename Period>
    bool wait_for(std::chrono::duration<Rep, Period> duration) {
        return core_->wait(detail::deadline::after(duration), false);
    }

    /// What a foreign loop waits for: a file descriptor (an eventfd, or the end of a pipe; on
    /// Windows the handle of a manual-reset event) that is readable exactly while something is
    /// ready. The first call makes it; a queue that was never asked makes no system calls.
    ///
    /// It is written to when the first handler becomes ready, not for those that follow, and by a
    /// poll that leaves some behind. So level- and edge-triggered loops both wake: register it for
    /// reading, and poll the queue when it is readable.
    ///
    /// It belongs to the queue: neither read, write nor close it (a `dup` may be closed). If it was
    /// closed all the same, nothing is lost, but nobody is woken: the next poll throws the system's
    /// error once its handlers have run, and this member makes a new descriptor. That is seen only
    /// as long as its number has not become another file's, which is then read and written instead.
    ///
    /// A process that forks shares it with its child, and each would wake the other. So the child
    /// calls `queue.context().notify_fork(asio::execution_context::fork_child)`, before anything
    /// else and while no other thread is in the queue: then it has a descriptor of its own, to be
    /// asked for and registered anew. The parent keeps the old one. If there are no descriptors
    /// left the next poll throws, as above.
    ///
    /// Errors: the system's, if there are no descriptors left.
    native_handle_type native_handle() { return core_->native_handle(); }

    /// The callback for loops that wait for no descriptor. It is called when the first handler
    /// becomes ready, on the thread that submits it, and by a poll that leaves some behind, on the
    /// thread that polls; and here, if something is ready already. It replaces the one before; null
    /// removes that.
    ///
    /// No lock is held meanwhile, so that it may post to the queue, and replace itself. It must not
    /// throw (`std::terminate`), and must not wait for the loop: this member and the destructor
    /// wait until calls of the one before, on other threads, have returned.
    ///
    /// Example: `queue.on_ready([loop] { PostMessage(loop, wm_poll_the_queue, 0, 0); });`
    void on_ready(std::function<void()> function) { core_->on_ready(std::move(function)); }

private:
    friend class detail::driven_context;

    const detail::queue_core_ptr core_;
};

} // namespace asyncinfo

#endif // ASYNCINFO_COMPLETION_QUEUE_HPP
