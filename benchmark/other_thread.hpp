// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_BENCHMARK_OTHER_THREAD_HPP
#define ASYNCINFO_BENCHMARK_OTHER_THREAD_HPP

#include <atomic>
#include <cstdint>
#include <thread>

namespace bench {

/// A thread that runs one job at a time for its owner, without a heap allocation.
class other_thread {
public:
    other_thread() : thread_([this] { work(); }) {}

    ~other_thread() {
        run_ = nullptr;
        hand_over();
        thread_.join();
    }

    other_thread(const other_thread&) = delete;
    other_thread& operator=(const other_thread&) = delete;

    /// Starts `job()` on the thread; `job` must outlive it, and the one before must have ended.
    template <class Job>
    void start(Job& job) {
        run_ = [](void* object) { (*static_cast<Job*>(object))(); };
        job_ = &job;
        hand_over();
    }

    /// Whether everything started has ended; what it did is then visible to the caller.
    bool idle() const noexcept {
        return done_.load(std::memory_order_acquire) == asked_.load(std::memory_order_relaxed);
    }

    /// Runs `job()` on the thread and waits for its end.
    template <class Job>
    void run(Job& job) {
        start(job);
        for (auto done = done_.load(); !idle(); done = done_.load())
            done_.wait(done);
    }

private:
    void hand_over() {
        asked_.fetch_add(1, std::memory_order_release);
        asked_.notify_one();
    }

    // Spins before it sleeps: a job that follows soon after another starts without a system call.
    std::uint64_t next(std::uint64_t seen) const {
        for (int spin = 0; spin < 10000; ++spin)
            if (const auto asked = asked_.load(std::memory_order_acquire); asked != seen)
                return asked;
        asked_.wait(seen, std::memory_order_acquire);
        return asked_.load(std::memory_order_acquire);
    }

    void work() {
        for (std::uint64_t seen = 0;;) {
            const auto asked = next(seen);
            if (asked == seen)
                continue;
            seen = asked;
            if (!run_)
                return;
            run_(job_);
            done_.store(seen, std::memory_order_release);
            done_.notify_one();
        }
    }

    void (*run_)(void*) = nullptr;
    void* job_ = nullptr;
    std::atomic<std::uint64_t> asked_{0};
    std::atomic<std::uint64_t> done_{0};
    std::thread thread_;
};

/// The thread that all rows use as the other one; it lives as long as the process.
inline other_thread& the_other_thread() {
    static other_thread thread;
    return thread;
}

} // namespace bench

#endif
