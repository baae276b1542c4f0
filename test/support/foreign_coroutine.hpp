// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_FOREIGN_COROUTINE_HPP
#define ASYNCINFO_TEST_SUPPORT_FOREIGN_COROUTINE_HPP

#include "beside_the_library.hpp"

namespace asyncinfo_test {

/// A coroutine of a library that has never heard of this one: it starts at once, forbids no
/// awaiter, and its frame is destroyed with the object, be it suspended or at its end.
class foreign_coroutine {
public:
    struct promise_type {
        foreign_coroutine get_return_object() {
            return foreign_coroutine(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { thrown = std::current_exception(); }

        std::exception_ptr thrown;
    };

    foreign_coroutine() = default;
    foreign_coroutine(foreign_coroutine&& other) noexcept
        : frame_(std::exchange(other.frame_, nullptr)) {}
    foreign_coroutine& operator=(foreign_coroutine&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~foreign_coroutine() { destroy(); }

    void destroy() {
        if (frame_)
            std::exchange(frame_, nullptr).destroy();
    }

    bool done() const { return frame_.done(); }

    /// Throws what the coroutine has let escape, if anything.
    void rethrow() const {
        if (frame_.promise().thrown)
            std::rethrow_exception(frame_.promise().thrown);
    }

private:
    explicit foreign_coroutine(std::coroutine_handle<promise_type> frame) : frame_(frame) {}

    std::coroutine_handle<promise_type> frame_;
};

/// A coroutine whose exception comes out of the resumption.
struct throwing_coroutine {
    struct promise_type {
        throwing_coroutine get_return_object() {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() { throw; }
    };
    std::coroutine_handle<promise_type> frame;
};

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_FOREIGN_COROUTINE_HPP
