//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_CANCELLATION_TOKEN_HPP
#define ASYNCINFO_CANCELLATION_TOKEN_HPP

#include <asyncinfo/detail/coroutine/coroutine_base.hpp>
#include <asyncinfo/detail/observe/deadline_timer.hpp>
#include <asyncinfo/error.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <functional>
#include <utility>

#if defined(ASYNCINFO_HAS_STOP_TOKEN)
#include <stop_token>
#endif

namespace asyncinfo {

/// What a coroutine knows of the requests to cancel it; from `co_await get_cancellation_token()`.
///
/// Executor and threads: to be used by the coroutine's body and its cancellation callback only.
///
/// Lifetime: valid as long as the coroutine runs.
///
/// Example:
///
///     IAsyncAction serve(tcp::socket& socket) {
///         auto token = co_await asyncinfo::get_cancellation_token();
///         token.callback([&] { socket.close(); });
///
/// Source: winrt::get_cancellation_token.
class cancellation_token {
public:
    explicit cancellation_token(detail::coroutine_base& coroutine) noexcept
        : coroutine_(&coroutine) {}

    /// Whether the coroutine has been asked to stop.
    bool cancel_requested() const noexcept { return coroutine_->cancel_requested(); }
    bool operator()() const noexcept { return cancel_requested(); }

    /// Throws `operation_canceled` if the coroutine has been asked to stop, which then ends as
    /// Canceled: for a long loop that awaits nothing. (`if (token()) co_return;` would end it as
    /// Completed.)
    void throw_if_cancelled() const {
        if (cancel_requested())
            throw operation_canceled();
    }

    /// How: the types of all requests so far, or none. A coroutine that is asked for `total` or
    /// `partial` only may come to a good end, and is asked for `terminal` later if that takes too
    /// long.
    boost::asio::cancellation_type_t cancelled() const noexcept {
        return coroutine_->self().requested_types();
    }

    /// Sets what is called when the coroutine is asked to stop: once for a request, and once more
    /// for each that asks for more types. Replaces what was set before, and null removes it. If a
    /// request has come already it is called here.
    ///
    /// Executor and threads: called on the coroutine's executor, never at the same time as its
    /// body, and also while the body is suspended in something that cannot be cancelled. If the
    /// body runs it is called when that suspends. A coroutine without an executor has it called by
    /// the thread that cancels. It is not necessarily called when `Cancel` returns, and never after
    /// the end.
    ///
    /// Lifetime: released when it is replaced, after a call that is being made then; when it has
    /// been called for `cancellation_type::all`, as `Cancel()` does, for then nothing more can
    /// come; or with the body.
    ///
    /// Errors: what it throws goes to whoever runs the executor; without one, to nobody.
    void callback(std::function<void()> function) const {
        coroutine_->set_callback(std::move(function));
    }

#if defined(ASYNCINFO_HAS_STOP_TOKEN)
    /// For code that wants a `std::stop_token`: it is asked to stop when the coroutine is, on the
    /// thread that cancels and also while the body runs. May outlive the coroutine.
    std::stop_token stop_token() const { return coroutine_->stop_token(); }
#endif

    /// Moves the coroutine's own deadline that can be moved: see `IAsyncInfo::renew_deadline`.
    ///
    /// Example:
    /// `token.renew_deadline(30s); co_await socket.async_read_some(buffer, use_async_info);`
    template <typename Rep, typename Period>
    void renew_deadline(
        std::chrono::duration<Rep, Period> duration,
        boost::asio::cancellation_type_t types = boost::asio::cancellation_type::all) const {
        if (!detail::is_time(duration))
            throw boost::system::system_error(detail::no_time());
        detail::renew_deadline(coroutine_->self(), detail::deadline::after(duration),
                               detail::request_types::pack(types));
    }

    /// Whether a request reaches what the coroutine awaits, as it does by default. Returns what it
    /// was before. To clean up undisturbed, also say
    /// `co_await boost::asio::this_coro::throw_if_cancelled(false)`.
    bool enable_propagation(bool enable = true) const noexcept {
        return coroutine_->set_propagates(enable);
    }

private:
    detail::coroutine_base* coroutine_;
};

/// What `get_cancellation_token()` returns, to be awaited.
struct get_cancellation_token_t {};

/// `co_await get_cancellation_token()` gives a coroutine its `cancellation_token`. Never suspends
/// and never throws.
[[nodiscard]] constexpr get_cancellation_token_t get_cancellation_token() noexcept { return {}; }

} // namespace asyncinfo

#endif // ASYNCINFO_CANCELLATION_TOKEN_HPP
