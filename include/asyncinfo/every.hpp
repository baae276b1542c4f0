//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_EVERY_HPP
#define ASYNCINFO_EVERY_HPP

#include <asyncinfo/detail/base/null_callable.hpp>
#include <asyncinfo/detail/block/throttle.hpp>

#include <boost/asio/associator.hpp>

#include <chrono>
#include <concepts>
#include <type_traits>
#include <utility>

namespace asyncinfo {

/// A Progress handler that is not called for every value. `every` makes it.
template <typename Handler>
class throttled {
public:
    /// Made by `every`.
    template <typename H>
    throttled(const detail::throttle& throttle, H&& handler)
        : throttle_(throttle), handler_(std::forward<H>(handler)) {}

    /// Calls the handler.
    template <typename Sender, typename Value>
        requires std::invocable<Handler&, const Sender&, const Value&>
    void operator()(const Sender& sender, const Value& value) {
        handler_(sender, value);
    }

    /// The handler.
    const Handler& get() const noexcept { return handler_; }
    /// The interval and its clock.
    const detail::throttle& throttle() const noexcept { return throttle_; }

private:
    detail::throttle throttle_;
    Handler handler_;
};

/// Makes a Progress handler that is called once per interval at most, with the latest value. So a
/// slow observer costs neither time nor memory: of the values that it was not called with, only the
/// latest is kept. `Clock` is the clock that measures the interval.
///
/// When it is called: for the first value; then for the first value that is reported after the
/// interval has passed since the last call; and at the end for the last value, before Completed is
/// called. No timer runs, so it is called only when something is reported or the operation ends.
/// With an interval of zero or less it is called for every value, and every value is kept.
///
/// There is one exception to the last value: `every` has replaced a handler with an executor, and
/// the operation ends before what was submitted for that one has arrived there.
///
/// Executor and threads: those of the handler inside; `asio::bind_executor` may stand inside or
/// outside. If there is an executor, Completed is called after the last value has arrived there, or
/// was lost because the executor's context was destroyed. So somebody must run that executor. The
/// status changes at once, and `get()` and `wait()` return at once.
///
/// Errors: what the handler throws for the last value is thrown by whoever ends the operation.
///
/// Example:
///
///     op.Progress(every(100ms, asio::bind_executor(gui, [&](auto&, double done) { draw(done); })));
template <typename Clock = std::chrono::steady_clock, typename Rep, typename Period,
          typename Handler>
throttled<std::decay_t<Handler>> every(std::chrono::duration<Rep, Period> interval,
                                       Handler&& handler) {
    using std::chrono::nanoseconds;
    using seconds = std::chrono::duration<double>; // which no duration overflows
    auto throttle = detail::throttle{
        nanoseconds::zero(), []() -> nanoseconds { return Clock::now().time_since_epoch(); }};
    if (seconds(interval) >= seconds((nanoseconds::max)()))
        throttle.interval = (nanoseconds::max)();
    else if (interval > interval.zero())
        throttle.interval = std::chrono::ceil<nanoseconds>(interval);
    return {throttle, std::forward<Handler>(handler)};
}

} // namespace asyncinfo

template <typename Handler, typename Default>
struct asyncinfo::detail::associated_throttle<asyncinfo::throttled<Handler>, Default> {
    using type = const throttle*;
    static type get(const throttled<Handler>& handler) noexcept { return &handler.throttle(); }
    static type get(const throttled<Handler>& handler, Default) noexcept {
        return &handler.throttle();
    }
};

template <typename Handler>
inline constexpr bool asyncinfo::detail::wraps_a_callable<asyncinfo::throttled<Handler>> = true;

template <template <typename, typename> class Associator, typename Handler, typename Default>
struct boost::asio::associator<Associator, asyncinfo::throttled<Handler>, Default>
    : Associator<Handler, Default> {
    static auto get(const asyncinfo::throttled<Handler>& handler) noexcept {
        return Associator<Handler, Default>::get(handler.get());
    }
    static auto get(const asyncinfo::throttled<Handler>& handler,
                    const Default& otherwise) noexcept {
        return Associator<Handler, Default>::get(handler.get(), otherwise);
    }
};

#endif // ASYNCINFO_EVERY_HPP
