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

/// Reports the progress of a coroutine that returns a handle with progress. The body gets it by
/// `co_await get_progress_token()`. `T` is the coroutine's result, or void.
///
/// Executor and threads: the body may use it, and, while that waits, what runs on its executor.
///
/// Lifetime: valid as long as the coroutine runs.
///
/// Example:
///
///     IAsyncActionWithProgress<double> copy(std::vector<file> files) {
///         auto progress = co_await get_progress_token();
///         for (std::size_t n = 0; n < files.size(); ++n) {
///             co_await files[n].copy();
///             progress(double(n + 1) / double(files.size()));
///         }
///     }
///
/// Source: winrt::get_progress_token.
template <typename T, typename P>
class progress_token {
public:
    /// Made by `get_progress_token`.
    progress_token(detail::operation_with_progress<T, P>& operation,
                   detail::coroutine_base& coroutine) noexcept
        : operation_(&operation), coroutine_(&coroutine) {}

    /// Makes this the latest progress and calls the Progress handler, if there is one. A handler
    /// that is bound to an executor is called there, any other here.
    ///
    /// Errors: what the handler throws is not thrown here. It goes to whoever runs the body (out of
    /// `run()`, say) when the body has suspended or ended.
    void operator()(P value) const {
        operation_->report(std::move(value), [this](auto&& call_handlers) {
            try {
                call_handlers();
            } catch (...) {
                coroutine_->keep_thrown(std::current_exception());
            }
        });
    }

    /// Publishes the part of the result that has come so far. `GetResults()` gives it while the
    /// coroutine runs, and `outcome()` has it if the coroutine fails.
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

/// `co_await get_progress_token()` gives a coroutine that reports progress its `progress_token`. It
/// neither suspends nor throws.
[[nodiscard]] constexpr get_progress_token_t get_progress_token() noexcept { return {}; }

} // namespace asyncinfo

#endif // ASYNCINFO_PROGRESS_TOKEN_HPP
