//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_ASIO_AWAITER_HPP
#define ASYNCINFO_DETAIL_COROUTINE_ASIO_AWAITER_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/recycling.hpp>
#include <asyncinfo/detail/block/outcome.hpp>
#include <asyncinfo/detail/coroutine/await_work.hpp>
#include <asyncinfo/detail/coroutine/coroutine_base.hpp>
#include <asyncinfo/detail/coroutine/coroutine_executor.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// The outcome of the awaited operation. It lives in the frame, in the awaiter.
template <typename... Signatures>
class awaited_outcome {
public:
    using result_type = result_t<Signatures...>;

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
    void store(Args&&... args) {
        outcome<awaited_outcome>::template store<typename signature_traits<Signatures>::type...>(
            *this, std::forward<Args>(args)...);
    }

protected:
    result_type take() {
        if (!error_is_in_result_) {
            if (exception_)
                std::rethrow_exception(std::move(exception_));
            if (code_.failed())
                throw_code(code_);
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

    boost::system::error_code code_;
    std::exception_ptr exception_;
    bool error_is_in_result_ = false;
    ASYNCINFO_NO_UNIQUE_ADDRESS std::conditional_t<
        std::is_void_v<result_type>, nothing,
        std::optional<std::conditional_t<std::is_void_v<result_type>, nothing, result_type>>>
        result_;
};

/// The completion handler of the operation that a coroutine awaits: it owns the right to resume.
/// The operation's steps run on the coroutine's executor, inside the coroutine's gate. Its
/// cancellation slot is the coroutine's.
template <typename... Signatures>
class await_handler {
public:
    using allocator_type = recycling_allocator<void>;
    using cancellation_slot_type = operation_slot;

    await_handler(coroutine_base& coroutine, awaited_outcome<Signatures...>& outcome) noexcept
        : coroutine_(&coroutine), outcome_(&outcome) {}
    await_handler(await_handler&& other) noexcept
        : coroutine_(std::exchange(other.coroutine_, nullptr)), outcome_(other.outcome_) {}
    await_handler& operator=(await_handler&& other) noexcept {
        await_handler(std::move(other)).swap(*this);
        return *this;
    }
    ~await_handler() {
        if (coroutine_)
            coroutine_->abandon();
    }

    allocator_type get_allocator() const noexcept { return {}; }
    cancellation_slot_type get_cancellation_slot() const noexcept { return coroutine().slot(); }

    coroutine_base& coroutine() const noexcept { return *coroutine_; }

    template <typename... Args>
        requires requires {
            typename select<types<Args...>, typename signature_traits<Signatures>::type...>::type;
        }
    void operator()(Args&&... args) {
        coroutine_base& resumed = *std::exchange(coroutine_, nullptr);
        resumed.end_await([&] { outcome_->store(std::forward<Args>(args)...); });
    }

private:
    void swap(await_handler& other) noexcept {
        std::swap(coroutine_, other.coroutine_);
        std::swap(outcome_, other.outcome_);
    }

    coroutine_base* coroutine_;
    awaited_outcome<Signatures...>* outcome_; ///< in the frame
};

/// Awaits an asynchronous operation of Asio's: `socket.async_connect(endpoint, asio::deferred)`.
template <typename Operation, typename... Signatures>
class asio_awaiter final : awaited_outcome<Signatures...> {
    using outcome_type = awaited_outcome<Signatures...>;

public:
    asio_awaiter(coroutine_base& coroutine, Operation&& operation) noexcept
        : coroutine_(coroutine), operation_(std::forward<Operation>(operation)) {}

    bool await_ready() const noexcept { return false; }

    bool await_suspend(std::coroutine_handle<>) {
        return coroutine_.suspend(false, [this] {
            std::forward<Operation>(operation_)(
                await_handler<Signatures...>(coroutine_, static_cast<outcome_type&>(*this)));
            return true;
        });
    }

    auto await_resume() {
        coroutine_.awaited();
        return outcome_type::take();
    }

private:
    coroutine_base& coroutine_;
    Operation&& operation_; ///< a temporary of the co_await expression
};

/// A completion token that only finds out the completion signatures.
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
    return asio_awaiter<Operation, Signatures...>(coroutine, std::forward<Operation>(operation));
}

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
    using type = asyncinfo::detail::coroutine_executor;

    static type get(const asyncinfo::detail::await_handler<Signatures...>& handler,
                    const Candidate& candidate = Candidate()) noexcept {
        return type::make(handler.coroutine(), candidate);
    }
};

template <typename... Signatures, typename Executor>
struct associated_executor<asyncinfo::detail::await_handler<Signatures...>,
                           asyncinfo::detail::candidate_probe<Executor>> {
    using type = asyncinfo::detail::probed_coroutine;

    static type get(const asyncinfo::detail::await_handler<Signatures...>& handler,
                    const asyncinfo::detail::candidate_probe<Executor>& = {}) noexcept {
        return {&handler.coroutine()};
    }
};

} // namespace boost::asio

#endif // ASYNCINFO_DETAIL_COROUTINE_ASIO_AWAITER_HPP
