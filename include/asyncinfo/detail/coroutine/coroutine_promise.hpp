//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_COROUTINE_PROMISE_HPP
#define ASYNCINFO_DETAIL_COROUTINE_COROUTINE_PROMISE_HPP

#include <asyncinfo/cancellation_token.hpp>
#include <asyncinfo/detail/coroutine/coroutine_operation.hpp>
#include <asyncinfo/detail/coroutine/coroutine_parameters.hpp>
#include <asyncinfo/detail/coroutine/own_awaiters.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>
#include <asyncinfo/progress_token.hpp>
#include <asyncinfo/resume_after.hpp>
#include <asyncinfo/resume_on.hpp>

#include <boost/asio/this_coro.hpp>

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <source_location>
#include <type_traits>
#include <utility>

namespace asyncinfo {
class fire_and_forget;
}

namespace asyncinfo::detail {

/// Handles an exception that escapes from a `fire_and_forget` coroutine; called in a catch block.
ASYNCINFO_DECL void unhandled_exception() noexcept;

/// Allocates the frame of a promise. The operator new is no template, and the parameters' types are
/// therefore the class's: g++ would warn, in the user's code, of a mismatch with operator delete.
template <typename Block, typename Source>
class frame_memory;
template <typename Block>
class frame_memory<Block, frame_source<recycling_allocator<void>>> {
public:
    static void* operator new(std::size_t size) {
        return Block::create(size, recycling_allocator<void>());
    }
    static void operator delete(void* frame, std::size_t) noexcept {
        Block::in_front_of(frame).frame_is_gone();
    }
};
template <typename Block, typename Allocator, typename... Args>
class frame_memory<Block, frame_source<Allocator, Args...>> {
public:
    static void* operator new(std::size_t size, const Args&... args) {
        return Block::create(size, find_allocator<Allocator>(args...));
    }
    static void operator delete(void* frame, std::size_t) noexcept {
        Block::in_front_of(frame).frame_is_gone();
    }
};

/// The promise of a coroutine that returns `Handle`, without `return_value` and `return_void`.
template <typename Derived, typename Handle, typename T, typename P, typename Source>
class coroutine_promise_base
    : public frame_memory<coroutine_operation<T, P, typename Source::allocator_type>, Source> {
public:
    using block_type = coroutine_operation<T, P, typename Source::allocator_type>;

    template <typename... Args>
    explicit coroutine_promise_base(Args&... args) : block_(block_type::in_front_of(memory())) {
        with_executor([this](const auto& executor) { block_.set_first_executor(executor); },
                      args...);
    }

    /// `where` is the coroutine.
    Handle
    get_return_object(std::source_location where = std::source_location::current()) noexcept {
        return handle_access::make<Handle>(block_.hand_out(frame(), where));
    }

    auto initial_suspend() noexcept {
        struct awaiter {
            coroutine_base& coroutine;
            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<>) const noexcept { coroutine.start(); }
            void await_resume() const noexcept {}
        };
        return awaiter{block_};
    }

    /// The frame, and so the awaiter in it, is gone when `finish` returns.
    auto final_suspend() noexcept {
        struct awaiter {
            coroutine_base& coroutine;
            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<>) const noexcept { coroutine.finish(); }
            void await_resume() const noexcept {}
        };
        return awaiter{block_};
    }

    void unhandled_exception() noexcept {
        block_.fail(std::current_exception());
        if constexpr (std::is_same_v<Handle, fire_and_forget>)
            detail::unhandled_exception();
    }

    // --- co_await -------------------------------------------------------------------------------
    // `where` is the place of the `co_await`.

    using location = std::source_location;

    /// Any handle.
    template <typename H>
        requires std::derived_from<std::remove_cvref_t<H>, IAsyncInfo>
    ASYNCINFO_ALWAYS_INLINE auto await_transform(H&& handle, location where = location::current()) {
        using handle_type = std::remove_cvref_t<H>;
        constexpr bool is_ours = !std::is_lvalue_reference_v<H>;
        if constexpr (!is_ours)
            block_.throw_if_cancelled();
        if (const auto& awaited = handle_access::operation(handle))
            block_.awaits(*awaited, where);
        const bool abort = is_ours && block_.throws_if_cancelled() && block_.cancel_requested();
        return own_handle_awaiter<handle_type>(block_, std::forward<H>(handle), abort);
    }

    /// Any asynchronous operation of Asio's: it takes a completion token.
    template <typename Operation>
        requires(!std::derived_from<std::remove_cvref_t<Operation>, IAsyncInfo> &&
                 asio_operation<Operation>)
    ASYNCINFO_ALWAYS_INLINE auto await_transform(Operation&& operation,
                                                 location where = location::current()) {
        block_.throw_if_cancelled();
        block_.template awaits<std::remove_cvref_t<Operation>>(where);
        return await_operation(block_, std::forward<Operation>(operation),
                               signatures_of<Operation>());
    }

    /// Any other awaitable.
    template <typename Awaitable>
        requires(!std::derived_from<std::remove_cvref_t<Awaitable>, IAsyncInfo> &&
                 !asio_operation<Awaitable>)
    auto await_transform(Awaitable&& awaitable, location where = location::current()) {
        static_assert(
            other_awaitable<Awaitable>,
            "asyncinfo: co_await takes a handle, an asynchronous operation with the token "
            "asio::deferred, or an awaitable; for a pause co_await resume_after(duration)");
        block_.throw_if_cancelled();
        if constexpr (other_awaitable<Awaitable>) {
            block_.template awaits<std::remove_cvref_t<Awaitable>>(where);
            using awaiter = decltype(get_awaiter(std::forward<Awaitable>(awaitable)));
            return bridge_awaiter<std::conditional_t<std::is_rvalue_reference_v<awaiter>,
                                                     std::remove_reference_t<awaiter>&&, awaiter>>(
                block_, std::forward<Awaitable>(awaitable));
        } else {
            return std::suspend_never();
        }
    }

    auto await_transform(resume_on_t target, location where = location::current()) {
        block_.throw_if_cancelled();
        block_.template awaits<resume_on_t>(where);
        return resume_on_awaiter(block_, std::move(target.executor));
    }

    auto await_transform(resume_after_t pause, location where = location::current()) {
        block_.throw_if_cancelled();
        if (!pause.time.is_poll())
            block_.template awaits<resume_after_t>(where);
        return resume_after_awaiter(block_, pause.time);
    }

    auto await_transform(get_cancellation_token_t) noexcept {
        return ready_awaiter<cancellation_token>{cancellation_token(block_)};
    }

    auto await_transform(get_progress_token_t) noexcept
        requires(!std::is_void_v<P>)
    {
        return ready_awaiter<progress_token<T, P>>{progress_token<T, P>(block_, block_)};
    }

    auto await_transform(boost::asio::this_coro::executor_t) noexcept {
        return ready_awaiter<boost::asio::any_io_executor>{block_.any_executor()};
    }

    auto await_transform(boost::asio::this_coro::throw_if_cancelled_0_t) noexcept {
        return ready_awaiter<bool>{block_.throws_if_cancelled()};
    }

    auto await_transform(boost::asio::this_coro::throw_if_cancelled_1_t set) noexcept {
        block_.set_throws_if_cancelled(set.value);
        return std::suspend_never();
    }

protected:
    block_type& block() noexcept { return block_; }

private:
    /// The memory of the frame. With g++ and clang the handle points to its beginning; with Visual
    /// C++ the promise stands there, and the handle points behind it.
    void* memory() noexcept {
#if defined(_MSC_VER) && !defined(__clang__)
        return static_cast<Derived*>(this);
#else
        return frame().address();
#endif
    }
    std::coroutine_handle<Derived> frame() noexcept {
        return std::coroutine_handle<Derived>::from_promise(static_cast<Derived&>(*this));
    }

    block_type& block_;
};

template <typename Handle, typename T, typename P, typename Source>
class coroutine_promise final
    : public coroutine_promise_base<coroutine_promise<Handle, T, P, Source>, Handle, T, P, Source> {
    using base =
        coroutine_promise_base<coroutine_promise<Handle, T, P, Source>, Handle, T, P, Source>;

public:
    using base::base;

    template <typename Value = T>
        requires std::is_constructible_v<T, Value>
    void return_value(Value&& value) {
        base::block().set_result(std::forward<Value>(value));
        base::block().succeed();
    }
};

template <typename Handle, typename P, typename Source>
class coroutine_promise<Handle, void, P, Source> final
    : public coroutine_promise_base<coroutine_promise<Handle, void, P, Source>, Handle, void, P,
                                    Source> {
    using base =
        coroutine_promise_base<coroutine_promise<Handle, void, P, Source>, Handle, void, P, Source>;

public:
    using base::base;

    void return_void() noexcept { base::block().succeed(); }
};

/// The promise of a coroutine with these parameters.
template <typename Handle, typename T, typename P, typename... Args>
using promise_t = coroutine_promise<Handle, T, P, typename allocator_parameter<Args...>::type>;

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_COROUTINE_PROMISE_HPP
