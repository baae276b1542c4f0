// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_THREADS_HPP
#define ASYNCINFO_TEST_SUPPORT_THREADS_HPP

#include <asyncinfo/async_info.hpp>

#include "beside_the_library.hpp"
#include "sanitizer.hpp"

namespace asyncinfo_test {

/// As std::jthread is, which not every standard library has, in what tests need: it joins itself.
class joining_thread : public std::thread {
public:
    using std::thread::thread;
    joining_thread(joining_thread&&) = default;
    joining_thread& operator=(joining_thread&&) = default; // to one that is not joinable
    ~joining_thread() {
        if (joinable())
            join();
    }
};

/// As std's semaphore, latch and barrier are, which lose wake-ups in libstdc++ on Windows: see
/// asyncinfo/detail/base/atomic_wait.hpp.
class semaphore {
public:
    explicit semaphore(std::ptrdiff_t count) : count_(count) {}

    void release(std::ptrdiff_t more = 1) {
        const std::lock_guard lock(mutex_);
        count_ += more;
        changed_.notify_all();
    }
    void acquire() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return count_ > 0; });
        --count_;
    }
    bool try_acquire() {
        const std::lock_guard lock(mutex_);
        return count_ > 0 && count_-- > 0;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::ptrdiff_t count_;
};

class latch {
public:
    explicit latch(std::ptrdiff_t expected) : expected_(expected) {}

    void count_down() {
        const std::lock_guard lock(mutex_);
        if (--expected_ == 0)
            open_.notify_all(); // with the lock held: who has waited can destroy the latch
    }
    void wait() {
        std::unique_lock lock(mutex_);
        open_.wait(lock, [&] { return expected_ <= 0; });
    }
    void arrive_and_wait() {
        count_down();
        wait();
    }

private:
    std::mutex mutex_;
    std::condition_variable open_;
    std::ptrdiff_t expected_;
};

class barrier {
public:
    explicit barrier(std::ptrdiff_t threads, std::function<void()> completion = {})
        : threads_(threads), missing_(threads), completion_(std::move(completion)) {}

    void arrive_and_wait() {
        std::unique_lock lock(mutex_);
        if (--missing_ == 0) {
            if (completion_)
                completion_();
            missing_ = threads_;
            ++phase_;
            next_phase_.notify_all();
        } else {
            next_phase_.wait(lock, [&, mine = phase_] { return phase_ != mine; });
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable next_phase_;
    const std::ptrdiff_t threads_;
    std::ptrdiff_t missing_;
    const std::function<void()> completion_;
    unsigned phase_ = 0;
};

/// How often a race is run. Wine and QEMU take milliseconds to start or to wake a thread. A
/// sanitizer sees a race in a round in which it does no harm, too: it needs a quarter of them. It
/// runs all if ASYNCINFO_TEST_WHOLE is set, as `./dev check asan` and `./dev check tsan` do.
template <typename Count>
Count race_rounds(Count elsewhere) {
#if defined(ASYNCINFO_TEST_EMULATED)
    const Count part = 25;
#else
    const Count part = sanitized && !std::getenv("ASYNCINFO_TEST_WHOLE") ? 4 : 1;
#endif
    return std::max<Count>(elsewhere / part, 1);
}

/// Calls all of them at the same moment, each on a thread of its own and the first one on this
/// thread. Returns when all have returned.
inline void at_once(const std::vector<std::function<void()>>& calls) {
    latch start(std::ssize(calls));
    std::vector<joining_thread> threads;
    for (std::size_t i = 1; i < calls.size(); ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            calls[i]();
        });
    start.arrive_and_wait();
    calls.front()();
}

/// Calls it on another thread. Returns which one that was when the call has returned.
template <typename Call>
std::thread::id on_another_thread(Call call) {
    std::thread::id id;
    joining_thread([&] {
        id = std::this_thread::get_id();
        call();
    }).join();
    return id;
}

/// Lets a test see what no member shows: that a thread is blocked in a wait.
class waiter : asyncinfo::IAsyncInfo {
public:
    /// Returns once somebody waits for the operation, or it has ended. Completed must not be set,
    /// for its handler is somebody to be told, too.
    static void until_there_is_one(const asyncinfo::IAsyncInfo& operation) {
        namespace lifecycle = asyncinfo::detail::lifecycle;
        for (;;) {
            const auto word = (operation.*&waiter::operation)()->load();
            if ((word & lifecycle::observed) || !lifecycle::started(word))
                return;
            std::this_thread::yield();
        }
    }
};

template <typename T>
bool is_ready(const std::future<T>& future) {
    return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_THREADS_HPP
