//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_AWAITERS_HPP
#define ASYNCINFO_DETAIL_COROUTINE_AWAITERS_HPP

#include <asyncinfo/detail/asio_internals.hpp>
#include <asyncinfo/detail/coroutine_base.hpp>
#include <asyncinfo/detail/gated_executor.hpp>
#include <asyncinfo/detail/handle_access.hpp>
#include <asyncinfo/detail/outcome.hpp>
#include <asyncinfo/detail/recycling.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// Something that needs no suspension: `co_await get_cancellation_token()`.
template <typename T>
struct ready_awaiter {
    T value;
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    T await_resume() const noexcept { return value; }
};

// --- A handle -----------------------------------------------------------------------------------

/// In the slot while a handle is awaited: passes the request on.
struct pass_on_request {
    using passes_on = void;
    operation_base* awaited;
    void operator()(boost::asio::cancellation_type_t types) const noexcept {
        awaited->pass_on_cancel(types);
    }
};

/// `co_await` of a handle in a coroutine of the library's.
///
/// What was started within the `co_await` expression uses things that the coroutine owns: if a
/// request came before, it is cancelled and waited for, and only then `operation_aborted` is thrown.
template <typename Handle>
class coroutine_handle_awaiter final : observer {
public:
    coroutine_handle_awaiter(coroutine_base& coroutine, Handle handle, bool abort)
        : observer(rank::submitted), coroutine_(coroutine), handle_(std::move(handle)),
          abort_(abort) {}

    bool await_ready() const {
        if (handle_.Status() != AsyncStatus::Started)
            return true;
        if (abort_)
            handle_.Cancel();
        return false;
    }

    bool await_suspend(std::coroutine_handle<>) {
        operation_base& awaited = *handle_access::operation(handle_);
        return coroutine_.suspend(true, [&] {
            if (const auto slot = coroutine_.slot(); slot.is_connected())
                slot.template emplace<pass_on_request>(&awaited);
            return awaited.observe_as_owner(*this);
        });
    }

    auto await_resume() {
        coroutine_.awaited();
        if (abort_)
            coroutine_.throw_if_cancelled();
        return std::move(handle_).GetResults();
    }

private:
    void ended() override { coroutine_.submit(); }

    coroutine_base& coroutine_;
    Handle handle_;
    const bool abort_;
};

// --- An asynchronous operation of Asio's --------------------------------------------------------

/// What the awaited operation ended with. It lives in the frame, in the awaiter.
template <typename... Signatures>
class awaited_outcome {
public:
    using result_type = result_t<Signatures...>;

    explicit awaited_outcome(coroutine_base& coroutine) noexcept : coroutine_(coroutine) {}

    coroutine_base& coroutine() const noexcept { return coroutine_; }

    template <typename... Args>
    void set_result(Args&&... args) {
        if constexpr (!std::is_void_v<result_type>)
            result_.emplace(std::forward<Args>(args)...);
    }
    auto& result() noexcept { return result_; }

    void succeed() noexcept {}
    bool fail(const boost::system::error_code& code) noexcept {
        code_ = code;
        return true;
    }
    bool fail(std::exception_ptr exception) noexcept {
        exception_ = std::move(exception);
        return true;
    }
    void error_goes_into_result() noexcept { error_is_in_result_ = true; }

    template <typename... Args>
    void complete(Args&&... args) {
        outcome<awaited_outcome>::template store<typename signature_traits<Signatures>::type...>(
            *this, std::forward<Args>(args)...);
        coroutine_.submit_from_step();
    }

protected:
    result_type take() {
        if (!error_is_in_result_) {
            if (exception_)
                std::rethrow_exception(std::move(exception_));
            if (code_.failed())
                throw boost::system::system_error(code_);
        }
        if constexpr (!std::is_void_v<result_type>) {
            if constexpr (std::is_default_constructible_v<result_type>)
                if (!result_)
                    result_.emplace();
            return std::move(result_).value();
        }
    }

private:
    struct nothing {};

    coroutine_base& coroutine_;
    boost::system::error_code code_;
    std::exception_ptr exception_;
    bool error_is_in_result_ = false;
    [[no_unique_address]] std::conditional_t<
        std::is_void_v<result_type>, nothing,
        std::optional<std::conditional_t<std::is_void_v<result_type>, nothing, result_type>>>
        result_;
};

/// The completion handler of what a coroutine awaits: it has the right to resume. The operation's
/// steps run on the coroutine's executor, through its gate, and its slot is the coroutine's.
template <typename... Signatures>
class await_handler {
public:
    using allocator_type = recycling_allocator<void>;
    using cancellation_slot_type = operation_slot;

    explicit await_handler(awaited_outcome<Signatures...>& outcome) noexcept : outcome_(&outcome) {}
    await_handler(await_handler&& other) noexcept
        : outcome_(std::exchange(other.outcome_, nullptr)) {}
    await_handler& operator=(await_handler&& other) noexcept {
        await_handler(std::move(other)).swap(*this);
        return *this;
    }
    ~await_handler() {
        if (outcome_)
            coroutine().abandon();
    }

    allocator_type get_allocator() const noexcept { return {}; }
    cancellation_slot_type get_cancellation_slot() const noexcept { return coroutine().slot(); }

    coroutine_base& coroutine() const noexcept { return outcome_->coroutine(); }

    template <typename... Args>
        requires requires {
            typename select<types<Args...>, typename signature_traits<Signatures>::type...>::type;
        }
    void operator()(Args&&... args) {
        std::exchange(outcome_, nullptr)->complete(std::forward<Args>(args)...);
    }

private:
    void swap(await_handler& other) noexcept { std::swap(outcome_, other.outcome_); }

    awaited_outcome<Signatures...>* outcome_;
};

/// `co_await` of what takes a completion token: `socket.async_connect(endpoint, asio::deferred)`.
template <typename Operation, typename... Signatures>
class coroutine_operation_awaiter final : awaited_outcome<Signatures...> {
    using outcome_type = awaited_outcome<Signatures...>;

public:
    coroutine_operation_awaiter(coroutine_base& coroutine, Operation&& operation) noexcept
        : outcome_type(coroutine), operation_(std::forward<Operation>(operation)) {}

    bool await_ready() const noexcept { return false; }

    bool await_suspend(std::coroutine_handle<>) {
        return outcome_type::coroutine().suspend(false, [this] {
            std::forward<Operation>(operation_)(
                await_handler<Signatures...>(static_cast<outcome_type&>(*this)));
            return true;
        });
    }

    auto await_resume() {
        outcome_type::coroutine().awaited();
        return outcome_type::take();
    }

private:
    Operation&& operation_; ///< a temporary of the co_await expression
};

/// A completion token that only asks for the signatures.
struct signature_probe {};

template <typename Operation>
using signatures_of = decltype(std::declval<Operation>()(signature_probe()));

template <typename T>
inline constexpr bool is_types = false;
template <typename... Ts>
inline constexpr bool is_types<types<Ts...>> = true;

template <typename T>
concept asio_operation = requires { typename signatures_of<T>; } && is_types<signatures_of<T>>;

template <typename Operation, typename... Signatures>
auto await_operation(coroutine_base& coroutine, Operation&& operation, types<Signatures...>) {
    return coroutine_operation_awaiter<Operation, Signatures...>(
        coroutine, std::forward<Operation>(operation));
}

// --- Another executor ---------------------------------------------------------------------------

class resume_on_awaiter {
public:
    resume_on_awaiter(coroutine_base& coroutine, boost::asio::any_io_executor executor) noexcept
        : coroutine_(coroutine), executor_(std::move(executor)) {}

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<>) {
        return coroutine_.suspend(true, [this] {
            coroutine_.set_executor(std::move(executor_));
            coroutine_.submit_later();
            return true;
        });
    }
    void await_resume() { coroutine_.awaited(); }

private:
    coroutine_base& coroutine_;
    boost::asio::any_io_executor executor_;
};

// --- Anything else ------------------------------------------------------------------------------

/// A coroutine to be resumed by an awaitable that knows nothing of executors and gates: it submits
/// the one that awaits, and is gone.
struct relay {
    struct promise_type {
        relay get_return_object() noexcept {
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

    static relay make(resumption right) {
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

template <typename Awaiter>
class relayed_awaiter {
public:
    template <typename T>
    relayed_awaiter(coroutine_base& coroutine, T&& awaitable)
        : coroutine_(coroutine), awaiter_(get_awaiter(std::forward<T>(awaitable))) {}

    bool await_ready() { return ready_ = static_cast<bool>(awaiter_.await_ready()); }

    bool await_suspend(std::coroutine_handle<>) {
        return coroutine_.suspend(false, [this] {
            // If it throws, or lets go, the frame goes with the right to resume: nobody has resumed.
            const auto handle = relay::make(resumption(coroutine_)).handle;
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
        return awaiter_.await_resume();
    }

private:
    coroutine_base& coroutine_;
    Awaiter awaiter_;
    bool ready_ = false;
    bool dismissed_ = false;
};

} // namespace asyncinfo::detail

namespace boost::asio {

template <typename... Signatures>
class async_result<asyncinfo::detail::signature_probe, Signatures...> {
public:
    using return_type = asyncinfo::detail::types<Signatures...>;

    template <typename Initiation, typename... Args>
    static return_type initiate(Initiation&&, asyncinfo::detail::signature_probe, Args&&...) {
        return {};
    }
};

template <typename... Signatures, typename Candidate>
struct associated_executor<asyncinfo::detail::await_handler<Signatures...>, Candidate> {
    using type = asyncinfo::detail::gated_executor<any_io_executor>;

    static type get(const asyncinfo::detail::await_handler<Signatures...>& handler,
                    const Candidate& candidate = Candidate()) noexcept {
        auto& coroutine = handler.coroutine();
        return asyncinfo::detail::through_gate(coroutine.executor_or(candidate), coroutine.self());
    }
};

} // namespace boost::asio

#endif // ASYNCINFO_DETAIL_COROUTINE_AWAITERS_HPP
