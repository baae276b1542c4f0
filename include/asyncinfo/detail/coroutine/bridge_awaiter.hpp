//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_BRIDGE_AWAITER_HPP
#define ASYNCINFO_DETAIL_COROUTINE_BRIDGE_AWAITER_HPP

#include <asyncinfo/detail/base/recycling.hpp>
#include <asyncinfo/detail/coroutine/coroutine_base.hpp>

#include <coroutine>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// A coroutine for an awaitable that knows nothing of executors and gates. The awaitable resumes
/// the bridge, which submits the awaiting coroutine and is destroyed.
struct bridge {
    struct promise_type {
        bridge get_return_object() noexcept {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() { throw; }

        static void* operator new(std::size_t size) { return recycling::allocate(size); }
        static void operator delete(void* frame, std::size_t size) {
            recycling::deallocate(frame, size);
        }
    };

    static bridge make(resumption right) {
        right.release()->submit();
        co_return;
    }

    std::coroutine_handle<promise_type> handle;
};

template <typename T>
decltype(auto) get_awaiter(T&& awaitable) {
    if constexpr (requires { std::forward<T>(awaitable).operator co_await(); })
        return std::forward<T>(awaitable).operator co_await();
    else if constexpr (requires { operator co_await(std::forward<T>(awaitable)); })
        return operator co_await(std::forward<T>(awaitable));
    else
        return std::forward<T>(awaitable);
}

template <typename T>
concept other_awaitable =
    !std::is_arithmetic_v<std::remove_cvref_t<T>> && // clang finds no operators for these
    requires(T&& awaitable) { get_awaiter(std::forward<T>(awaitable)).await_ready(); };

template <typename Awaiter>
class bridge_awaiter {
public:
    template <typename T>
    bridge_awaiter(coroutine_base& coroutine, T&& awaitable)
        : coroutine_(coroutine), awaiter_(get_awaiter(std::forward<T>(awaitable))) {}

    bool await_ready() { return ready_ = static_cast<bool>(awaiter_.await_ready()); }

    bool await_suspend(std::coroutine_handle<>) {
        return coroutine_.suspend(false, [this] {
            // If the awaiter throws or returns false, it has not resumed the bridge: destroying the
            // bridge's frame also destroys the right to resume.
            const auto handle = bridge::make(resumption(coroutine_)).handle;
            try {
                using result = decltype(awaiter_.await_suspend(handle));
                if constexpr (std::is_void_v<result>) {
                    awaiter_.await_suspend(handle);
                } else if constexpr (std::is_same_v<result, bool>) {
                    if (!awaiter_.await_suspend(handle)) {
                        handle.destroy();
                        dismissed_ = true;
                        return false;
                    }
                } else {
                    awaiter_.await_suspend(handle).resume();
                }
            } catch (...) {
                handle.destroy();
                throw;
            }
            return true;
        });
    }

    decltype(auto) await_resume() {
        if (!ready_ && !dismissed_)
            coroutine_.awaited();
        else
            coroutine_.awaits_nothing();
        return awaiter_.await_resume();
    }

private:
    coroutine_base& coroutine_;
    Awaiter awaiter_;
    bool ready_ = false;
    bool dismissed_ = false;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_BRIDGE_AWAITER_HPP
