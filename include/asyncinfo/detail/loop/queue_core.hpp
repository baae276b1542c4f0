//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_LOOP_QUEUE_CORE_HPP
#define ASYNCINFO_DETAIL_LOOP_QUEUE_CORE_HPP

#include <asyncinfo/detail/core/deadline.hpp>
#include <asyncinfo/detail/loop/ready_signal.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/system/error_code.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

namespace asyncinfo::detail {

/// A function in a queue: it is run once, or destroyed.
class queued {
public:
    queued(const queued&) = delete;
    queued& operator=(const queued&) = delete;

    void run() { end_(*this, true); }
    void destroy() { end_(*this, false); }

protected:
    using end_function = void (*)(queued& self, bool run);

    explicit queued(end_function end) noexcept : end_(end) {}
    ~queued() = default;

private:
    friend class queue_core;

    queued* next_ = nullptr;
    const end_function end_;
};

/// The execution context that a `completion_queue` and its executors share. It lives
/// until the last of them is gone, but does nothing more once the queue has closed it.
///
/// One mutex guards it all, so that the descriptor is readable exactly while something is ready.
/// No user's code is called, and nothing is destroyed, while it is held.
class ASYNCINFO_DECL queue_core final : public boost::asio::execution_context {
public:
    /// Makes the executors known as ones that keep their context.
    queue_core();

    /// Submits a function, from any thread. After `close` the function is destroyed at once.
    void submit(queued& function);

    /// As `most` of `run`: only the functions that are ready when `run` begins.
    static constexpr std::size_t what_is_ready = 0;
    using flag = const std::atomic<bool>*;
    std::size_t run(std::size_t most, deadline until, flag stop = nullptr);

    /// Waits until a function is ready, and returns true. Returns false when the time is over; with
    /// `until_no_work` when work was counted and the last of it is gone; and once `stop` has been
    /// set, and then `wake` called.
    bool wait(deadline until, bool until_no_work, flag stop = nullptr);
    void wake() noexcept;

    ready_signal::native_handle_type native_handle();
    /// Called in a child process: replaces the descriptor of its parent by one of its own.
    void renew_signal() noexcept;
    void on_ready(std::function<void()> function);

    void close();
    bool is_closed() const noexcept { return closed_.load(std::memory_order_relaxed); }

    void work_started() noexcept { work_.fetch_add(1, std::memory_order_relaxed); }
    void work_finished() noexcept {
        if (work_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            no_work_left();
    }

    friend void intrusive_ptr_add_ref(queue_core* core) noexcept {
        core->references_.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(queue_core* core) noexcept {
        if (core->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            delete core;
    }

private:
    using lock_type = std::unique_lock<std::mutex>;
    using callback = std::shared_ptr<const std::function<void()>>;
    struct ready_call;

    ~queue_core() = default;

    queued* pop() noexcept;
    void became_ready(lock_type& lock);
    void leave(lock_type& lock);
    void call_on_ready(lock_type& lock);
    void replace_on_ready(lock_type& lock, callback& function);
    void check_signal(const boost::system::error_code& error) noexcept;
    void no_work_left() noexcept;

    std::atomic<std::size_t> references_{0};
    std::atomic<std::size_t> work_{0};
    std::atomic<bool> closed_{false}; ///< written under the lock

    std::mutex mutex_;
    std::condition_variable changed_;
    queued* first_ = nullptr;
    queued* last_ = nullptr; ///< valid if there is a first
    std::size_t size_ = 0;
    unsigned waiting_ = 0;
    bool worked_ = false; ///< the count of work has gone back to zero at least once
    ready_signal signal_;
    boost::system::error_code signal_failure_;
    callback on_ready_;
    ready_call* calls_ = nullptr; ///< calls of `on_ready_` that have not returned
};

using queue_core_ptr = boost::intrusive_ptr<queue_core>;

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_LOOP_QUEUE_CORE_HPP
