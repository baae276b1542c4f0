//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_PROMISE_HPP
#define ASYNCINFO_DETAIL_COROUTINE_PROMISE_HPP

#include <asyncinfo/cancellation_token.hpp>
#include <asyncinfo/detail/coroutine_awaiters.hpp>
#include <asyncinfo/detail/coroutine_base.hpp>
#include <asyncinfo/progress_token.hpp>
#include <asyncinfo/resume_on.hpp>

#include <boost/asio/execution/executor.hpp>
#include <boost/asio/this_coro.hpp>

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace asyncinfo {
class fire_and_forget;
}

namespace asyncinfo::detail {

template <>
struct block_of<fire_and_forget> {
    using type = operation<void>;
};

/// What escapes from a `fire_and_forget` coroutine; to be called in a catch block.
void unhandled_exception() noexcept;

// --- What the parameters say --------------------------------------------------------------------

template <typename T>
concept gives_executor = !std::derived_from<std::remove_cvref_t<T>, IAsyncInfo> &&
                         requires(std::remove_cvref_t<T>& object) {
                             boost::asio::any_io_executor(object.get_executor());
                         };

template <typename T>
concept is_executor = boost::asio::execution::is_executor<std::remove_cvref_t<T>>::value &&
                      std::is_constructible_v<boost::asio::any_io_executor, const T&>;

/// The first parameter, or the object of a member function, that is an executor or has one.
inline boost::asio::any_io_executor find_executor() noexcept { return {}; }
template <typename First, typename... Rest>
boost::asio::any_io_executor find_executor(First& first, Rest&... rest) {
    if constexpr (is_executor<First>)
        return boost::asio::any_io_executor(first);
    else if constexpr (gives_executor<First>)
        return boost::asio::any_io_executor(first.get_executor());
    else
        return find_executor(rest...);
}

/// The parameter after `std::allocator_arg`, as Asio's coroutines take it.
template <typename...>
struct allocator_parameter {
    using type = recycling_allocator<void>;
};
template <typename First, typename Second, typename... Rest>
struct allocator_parameter<First, Second, Rest...> {
    using type = typename std::conditional_t<
        std::is_same_v<std::remove_cvref_t<First>, std::allocator_arg_t>,
        std::type_identity<std::remove_cvref_t<Second>>,
        allocator_parameter<Second, Rest...>>::type;
};

template <typename Allocator>
Allocator find_allocator() noexcept {
    return {};
}
template <typename Allocator, typename First, typename... Rest>
Allocator find_allocator(const First& first, const Rest&... rest) {
    static_cast<void>(first);
    if constexpr (std::is_same_v<First, std::allocator_arg_t>)
        return [](const Allocator& allocator, const auto&...) { return allocator; }(rest...);
    else
        return find_allocator<Allocator>(rest...);
}

// --- The operation ------------------------------------------------------------------------------

/// A coroutine's operation. It stands in front of the frame, in the same block of memory, and stays
/// when the frame is gone.
template <typename Handle, typename T, typename Allocator>
class coroutine_operation final : public block_t<Handle>, public coroutine_base {
    struct alignas(__STDCPP_DEFAULT_NEW_ALIGNMENT__) unit {
        unsigned char bytes[__STDCPP_DEFAULT_NEW_ALIGNMENT__];
    };
    using traits = typename std::allocator_traits<Allocator>::template rebind_traits<unit>;
    using unit_allocator = typename traits::allocator_type;

    static constexpr std::size_t units_of(std::size_t size) noexcept {
        return (size + sizeof(unit) - 1) / sizeof(unit);
    }

public:
    /// Memory for the frame.
    static void* create(std::size_t frame_size, const Allocator& given) {
        unit_allocator allocator(given);
        const std::size_t units = units_of(sizeof(coroutine_operation)) + units_of(frame_size);
        auto* const memory = std::to_address(traits::allocate(allocator, units));
        ::new (static_cast<void*>(memory)) coroutine_operation(allocator, units);
        return memory + units_of(sizeof(coroutine_operation));
    }

    static coroutine_operation& in_front_of(void* frame) noexcept {
        return *std::launder(reinterpret_cast<coroutine_operation*>(
            static_cast<unit*>(frame) - units_of(sizeof(coroutine_operation))));
    }

    /// The frame's memory is not needed any more. If nobody has got a handle, neither is the rest.
    void frame_is_gone() noexcept {
        if (!handed_out_)
            free_memory();
    }

    operation_ptr hand_out(std::coroutine_handle<> frame) noexcept {
        handed_out_ = true;
        set_frame(frame);
        return operation_ptr(this, false);
    }

private:
    coroutine_operation(const unit_allocator& allocator, std::size_t units) noexcept
        : block_t<Handle>(methods, false), coroutine_base(static_cast<operation_base&>(*this)),
          units_(units), allocator_(allocator) {}

    void publish() override { block_t<Handle>::end(); }

    void destroy_block() noexcept override {
        if (auto frame = take_frame())
            frame.destroy();
        free_memory();
    }

    void free_memory() noexcept {
        unit_allocator allocator(allocator_);
        const std::size_t units = units_;
        std::destroy_at(this);
        traits::deallocate(allocator, reinterpret_cast<unit*>(this), units);
    }

    static coroutine_operation& of(operation_base& self) noexcept {
        return static_cast<coroutine_operation&>(self);
    }

    static void destroy(operation_base& self) noexcept { of(self).destroy_later(); }
    static void submit(operation_base& self, operation_base::delivery&& request) {
        of(self).submit_request(std::move(request));
    }
    static void drop_executor(operation_base& self) noexcept {
        of(self).coroutine_base::drop_executor();
    }
    static bool runs_here(const operation_base& self) noexcept {
        return static_cast<const coroutine_operation&>(self).coroutine_base::runs_here();
    }
    static boost::asio::any_io_executor executor(operation_base& self) {
        return of(self).any_executor();
    }
    static void requested(operation_base& self) { of(self).coroutine_base::requested(); }
    static void latched(operation_base& self) noexcept { of(self).coroutine_base::latched(); }

    static constexpr operation_methods methods{
        typeid(Handle), &destroy,       &block_t<Handle>::discard,
        &submit,        &drop_executor, &runs_here,
        &executor,      &requested,     &latched,
    };

    const std::size_t units_;
    bool handed_out_ = false;
    [[no_unique_address]] unit_allocator allocator_;
};

// --- The promise --------------------------------------------------------------------------------

/// The promise of a coroutine that returns `Handle`, but for what it returns.
template <typename Derived, typename Handle, typename T, typename Allocator>
class coroutine_promise_base {
public:
    using block_type = coroutine_operation<Handle, T, Allocator>;

    // Two of them: g++ warns of a mismatch with operator delete where the parameters are a pack.
    static void* operator new(std::size_t size)
        requires std::is_same_v<Allocator, recycling_allocator<void>>
    {
        return block_type::create(size, Allocator());
    }
    template <typename... Args>
        requires(!std::is_same_v<Allocator, recycling_allocator<void>>)
    static void* operator new(std::size_t size, const Args&... args) {
        return block_type::create(size, find_allocator<Allocator>(args...));
    }
    static void operator delete(void* frame, std::size_t) noexcept {
        block_type::in_front_of(frame).frame_is_gone();
    }

    template <typename... Args>
    explicit coroutine_promise_base(Args&... args)
        : block_(block_type::in_front_of(frame().address())) {
        if (auto executor = find_executor(args...))
            block_.set_first_executor(std::move(executor));
    }

    Handle get_return_object() noexcept {
        return handle_access::make<Handle>(block_.hand_out(frame()));
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

    /// Any handle.
    template <typename H>
        requires std::derived_from<std::remove_cvref_t<H>, IAsyncInfo>
    auto await_transform(H&& handle) {
        using handle_type = std::remove_cvref_t<H>;
        constexpr bool is_ours = !std::is_lvalue_reference_v<H>;
        if constexpr (!is_ours)
            block_.throw_if_cancelled();
        const bool abort = is_ours && block_.throws_if_cancelled() && block_.cancel_requested();
        return coroutine_handle_awaiter<handle_type>(block_, std::forward<H>(handle), abort);
    }

    /// Any asynchronous operation of Asio's: what takes a completion token.
    template <typename Operation>
        requires(!std::derived_from<std::remove_cvref_t<Operation>, IAsyncInfo> &&
                 asio_operation<Operation>)
    auto await_transform(Operation&& operation) {
        block_.throw_if_cancelled();
        return await_operation(block_, std::forward<Operation>(operation),
                               signatures_of<Operation>());
    }

    /// Any other awaitable.
    template <typename Awaitable>
        requires(!std::derived_from<std::remove_cvref_t<Awaitable>, IAsyncInfo> &&
                 !asio_operation<Awaitable>)
    auto await_transform(Awaitable&& awaitable) {
        block_.throw_if_cancelled();
        using awaiter = decltype(get_awaiter(std::forward<Awaitable>(awaitable)));
        return relayed_awaiter<std::conditional_t<std::is_rvalue_reference_v<awaiter>,
                                                  std::remove_reference_t<awaiter>&&, awaiter>>(
            block_, std::forward<Awaitable>(awaitable));
    }

    auto await_transform(resume_on_t target) {
        block_.throw_if_cancelled();
        return resume_on_awaiter(block_, std::move(target.executor));
    }

    auto await_transform(get_cancellation_token_t) noexcept {
        return ready_awaiter<cancellation_token>{cancellation_token(block_)};
    }

    auto await_transform(get_progress_token_t) noexcept { return make_progress_token(block_); }

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
    template <typename P>
    static auto make_progress_token(operation_with_progress<T, P>& operation) noexcept {
        return ready_awaiter<progress_token<T, P>>{progress_token<T, P>(operation)};
    }

    std::coroutine_handle<Derived> frame() noexcept {
        return std::coroutine_handle<Derived>::from_promise(static_cast<Derived&>(*this));
    }

    block_type& block_;
};

template <typename Handle, typename T, typename Allocator>
class coroutine_promise final
    : public coroutine_promise_base<coroutine_promise<Handle, T, Allocator>, Handle, T, Allocator> {
    using base =
        coroutine_promise_base<coroutine_promise<Handle, T, Allocator>, Handle, T, Allocator>;

public:
    using base::base;

    template <typename Value = T>
        requires std::is_constructible_v<T, Value>
    void return_value(Value&& value) {
        base::block().set_result(std::forward<Value>(value));
        base::block().succeed();
    }
};

template <typename Handle, typename Allocator>
class coroutine_promise<Handle, void, Allocator> final
    : public coroutine_promise_base<coroutine_promise<Handle, void, Allocator>, Handle, void,
                                    Allocator> {
    using base =
        coroutine_promise_base<coroutine_promise<Handle, void, Allocator>, Handle, void, Allocator>;

public:
    using base::base;

    void return_void() noexcept { base::block().succeed(); }
};

/// The promise of a coroutine with these parameters.
template <typename Handle, typename T, typename... Args>
using promise_t = coroutine_promise<Handle, T, typename allocator_parameter<Args...>::type>;

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_PROMISE_HPP
