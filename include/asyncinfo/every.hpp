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

/// A Progress handler that is not called for every value; made by `every`.
template <typename Handler>
class throttled {
public:
    template <typename H>
    throttled(const detail::throttle& throttle, H&& handler)
        : throttle_(throttle), handler_(std::forward<H>(handler)) {}

    template <typename Sender, typename Value>
        requires std::invocable<Handler&, const Sender&, const Value&>
    void operator()(const Sender& sender, const Value& value) {
        handler_(sender, value);
    }

    const Handler& get() const noexcept { return handler_; }
    const detail::throttle& throttle() const noexcept { return throttle_; }

private:
    detail::throttle throttle_;
    Handler handler_;
};

/// A Progress handler that is called once per interval at the most, always with the latest value,
/// so that a slow observer costs neither time nor memory: of the values that it has not been called
/// with, one is kept. It is always called with the last value of all, before Completed is called;
/// unless it has taken the place of a handler with an executor, and the operation ends before what
/// was submitted for that one has arrived there.
///
/// When it is called: for the first value; then for the first one that is reported when the
/// interval since the last call is over; and at the end, if it has not been called with the last
/// value. No timer runs: while nothing is reported nothing is called. An interval of zero or less: for every
/// value, and then every value is kept.
///
/// Executor and threads: the handler's executor and allocator are kept; `bind_executor` may stand
/// inside or outside. With an executor, Completed is called when the last value has come through,
/// or has been lost with its executor: so somebody must run that executor. The end itself, and
/// whoever waits for it, does not wait.
///
/// Errors: what the handler throws for the last value is thrown by whoever ends the operation.
///
/// Example:
/// `op.Progress(every(100ms, bind_executor(gui, [](auto&, transfer_progress p) { ... })));`
///
/// `Clock` is the clock that the interval is measured by.
template <typename Clock = std::chrono::steady_clock, typename Rep, typename Period,
          typename Handler>
throttled<std::decay_t<Handler>> every(std::chrono::duration<Rep, Period> interval,
                                       Handler&& handler) {
    using std::chrono::nanoseconds;
    using seconds = std::chrono::duration<double>; // which no duration overflows
    auto throttle = detail::throttle{
        nanoseconds::zero(), []() -> nanoseconds { return Clock::now().time_since_epoch(); }};
    if (seconds(interval) >= seconds(nanoseconds::max()))
        throttle.interval = nanoseconds::max();
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
