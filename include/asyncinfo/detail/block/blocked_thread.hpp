//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_BLOCKED_THREAD_HPP
#define ASYNCINFO_DETAIL_BLOCK_BLOCKED_THREAD_HPP

#include <asyncinfo/detail/block/observer.hpp>
#include <asyncinfo/detail/core/deadline.hpp>

#include <condition_variable>
#include <mutex>

namespace asyncinfo::detail {

/// A thread that is blocked until an operation ends.
class blocked_thread : public observer {
public:
    blocked_thread() noexcept : observer(rank::blocked_thread) {}

    void ended() override {
        // The mutex is held meanwhile: the woken thread destroys this object as soon as it sees the
        // flag.
        const std::lock_guard guard(mutex_);
        ended_ = true;
        wake_.notify_one();
    }

    void wait() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return ended_; });
    }

    /// Returns false if the time is over first.
    bool wait(deadline until) {
        if (until.is_never()) {
            wait();
            return true;
        }
        std::unique_lock lock(mutex_);
        return wake_.wait_until(lock, until.time(), [this] { return ended_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    bool ended_ = false;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_BLOCKED_THREAD_HPP
