//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_PROGRESS_TOKEN_HPP
#define ASYNCINFO_PROGRESS_TOKEN_HPP

#include <asyncinfo/detail/coroutine/coroutine_base.hpp>
#include <asyncinfo/detail/progress/operation_with_progress.hpp>

#include <concepts>
#include <exception>
#include <type_traits>
#include <utility>

namespace asyncinfo {

/// With what a coroutine that returns a handle with progress reports it; from
/// `co_await get_progress_token()`. `T` is the coroutine's result, or void.
///
/// Executor and threads: to be used by the coroutine's body.
///
/// Lifetime: valid as long as the coroutine runs.
///
/// Example:
///
///     IAsyncActionWithProgress<double> copy(file& from, file& to) {
///         auto progress = co_await asyncinfo::get_progress_token();
///         progress(0.5);
///
/// Source: winrt::get_progress_token.
template <typename T, typename P>
class progress_token {
public:
    progress_token(detail::operation_with_progress<T, P>& operation,
                   detail::coroutine_base& coroutine) noexcept
        : operation_(&operation), coroutine_(&coroutine) {}

    /// Makes this the latest progress and calls the Progress handler, if there is one: on this
    /// thread, before it returns, unless the handler is bound to an executor.
    ///
    /// Errors: what the handler throws is not thrown here. It goes to whoever runs the body, out of
    /// `run()` for one, when that has suspended or ended.
    void operator()(P value) const {
        operation_->report(std::move(value), [this](auto&& call_handlers) {
            try {
                call_handlers();
            } catch (...) {
                coroutine_->keep_thrown(std::current_exception());
            }
        });
    }

    /// Publishes what there is of the result so far; `GetResults()` gives it while the coroutine
    /// runs.
    template <typename U = T>
        requires(!std::is_void_v<T> && std::constructible_from<T, U>)
    void set_result(U&& partial) const {
        operation_->set_partial_result(std::forward<U>(partial));
    }

private:
    detail::operation_with_progress<T, P>* operation_;
    detail::coroutine_base* coroutine_;
};

/// What `get_progress_token()` returns, to be awaited.
struct get_progress_token_t {};

/// `co_await get_progress_token()` gives a coroutine that reports progress its `progress_token`.
/// Never suspends and never throws.
[[nodiscard]] constexpr get_progress_token_t get_progress_token() noexcept { return {}; }

} // namespace asyncinfo

#endif // ASYNCINFO_PROGRESS_TOKEN_HPP
