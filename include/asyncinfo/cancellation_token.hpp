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

/// Tells a coroutine that it has been asked to stop. The body gets it by
/// `co_await get_cancellation_token()`.
///
/// Executor and threads: only the coroutine's body and its cancellation callback may use it.
///
/// Lifetime: valid as long as the coroutine runs.
///
/// Example:
///
///     IAsyncOperation<int> search(asio::thread_pool& pool, std::vector<block> blocks) {
///         auto token = co_await get_cancellation_token();
///         co_await resume_on(pool);
///         int found = 0;
///         for (const block& part : blocks) {
///             token.throw_if_cancelled(); // nothing is awaited here
///             found += part.search();
///         }
///         co_return found;
///     }
///
/// Source: winrt::get_cancellation_token.
class cancellation_token {
public:
    /// Made by `get_cancellation_token`.
    explicit cancellation_token(detail::coroutine_base& coroutine) noexcept
        : coroutine_(&coroutine) {}

    /// Whether the coroutine has been asked to stop.
    bool cancel_requested() const noexcept { return coroutine_->cancel_requested(); }
    /// The same.
    bool operator()() const noexcept { return cancel_requested(); }

    /// Throws `operation_canceled` if the coroutine has been asked to stop; if the body lets it
    /// pass, the coroutine ends as Canceled. Call it in a long loop that awaits nothing. (With `if
    /// (token()) co_return;` the coroutine ends as Completed.)
    void throw_if_cancelled() const {
        if (cancel_requested())
            throw operation_canceled();
    }

    /// The types of all requests so far, or none. If only `total` or `partial` were asked for, the
    /// coroutine can take the time to finish well; whoever finds that too long asks for `terminal`
    /// later.
    boost::asio::cancellation_type_t cancelled() const noexcept {
        return coroutine_->self().requested_types();
    }

    /// Sets the function that is called when the coroutine is asked to stop: once for the first
    /// request, and again for each that adds types. It replaces the one before; null removes that.
    /// If a request has come already, the function is called here.
    ///
    /// Executor and threads: called on the coroutine's executor, never at the same time as the
    /// body. If the body runs, the call comes when that suspends. If the body is suspended, in
    /// whatever it awaits, the call comes meanwhile. `Cancel` can return before it, and it never
    /// comes after the end. If the coroutine has no executor, the thread that cancels calls it.
    ///
    /// Lifetime: released when it is replaced (after a call that is being made then); when it has
    /// been called for `cancellation_type::all`, which `Cancel()` asks for, because nothing can be
    /// added to that; or with the body.
    ///
    /// Errors: what it throws goes to whoever runs the executor; without an executor it is lost.
    ///
    /// Example:
    ///
    ///     auto token = co_await get_cancellation_token();
    ///     token.callback([&] { library.stop(); });
    void callback(std::function<void()> function) const {
        coroutine_->set_callback(std::move(function));
    }

#if defined(ASYNCINFO_HAS_STOP_TOKEN)
    /// A `std::stop_token`, for code that takes one. It is asked to stop when the coroutine is, on
    /// the thread that cancels and also while the body runs. It may outlive the coroutine.
    std::stop_token stop_token() const { return coroutine_->stop_token(); }
#endif

    /// Sets the coroutine's own deadline anew, as `IAsyncInfo::renew_deadline` does from outside.
    ///
    /// Errors: `asio::error::invalid_argument` for a duration that is no time, such as NaN.
    ///
    /// Example:
    ///
    ///     for (;;) { // each message has 30 s
    ///         token.renew_deadline(30s);
    ///         use(co_await socket.async_read_some(buffer, use_async_info));
    ///     }
    template <typename Rep, typename Period>
    void renew_deadline(
        std::chrono::duration<Rep, Period> duration,
        boost::asio::cancellation_type_t types = boost::asio::cancellation_type::all) const {
        if (!detail::is_time(duration))
            throw boost::system::system_error(detail::no_time());
        detail::renew_deadline(coroutine_->self(), detail::deadline::after(duration),
                               detail::request_types::pack(types));
    }

    /// Whether a request is passed on to what the coroutine awaits. It is, unless you say false
    /// here. Returns what was set before. To clean up undisturbed, also say `co_await
    /// asio::this_coro::throw_if_cancelled(false)`.
    bool enable_propagation(bool enable = true) const noexcept {
        return coroutine_->set_propagates(enable);
    }

private:
    detail::coroutine_base* coroutine_;
};

/// What `get_cancellation_token()` returns, to be awaited.
struct get_cancellation_token_t {};

/// `co_await get_cancellation_token()` gives a coroutine its `cancellation_token`. It neither
/// suspends nor throws.
[[nodiscard]] constexpr get_cancellation_token_t get_cancellation_token() noexcept { return {}; }

} // namespace asyncinfo

#endif // ASYNCINFO_CANCELLATION_TOKEN_HPP
