//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_ASYNC_INFO_HPP
#define ASYNCINFO_IMPL_ASYNC_INFO_HPP

#include <asyncinfo/async_info.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace asyncinfo {

template <typename Rep, typename Period>
void IAsyncInfo::cancel_after(std::chrono::duration<Rep, Period> duration,
                              boost::asio::cancellation_type_t types) const {
    or_throw("cancel_after", [&](auto& error) { cancel_after(duration, types, error); });
}

template <typename Rep, typename Period>
void IAsyncInfo::cancel_after(std::chrono::duration<Rep, Period> duration,
                              boost::system::error_code& error) const {
    cancel_after(duration, boost::asio::cancellation_type::all, error);
}

template <typename Rep, typename Period>
void IAsyncInfo::cancel_after(std::chrono::duration<Rep, Period> duration,
                              boost::asio::cancellation_type_t types,
                              boost::system::error_code& error) const {
    if (detail::is_time(duration))
        set_deadline(detail::deadline::after(duration), types, error);
    else
        error = operation_ ? detail::no_time() : make_error_code(errc::empty_handle);
}

template <typename Clock, typename Duration>
void IAsyncInfo::cancel_at(std::chrono::time_point<Clock, Duration> time,
                           boost::asio::cancellation_type_t types) const {
    or_throw("cancel_at", [&](auto& error) { cancel_at(time, types, error); });
}

template <typename Clock, typename Duration>
void IAsyncInfo::cancel_at(std::chrono::time_point<Clock, Duration> time,
                           boost::system::error_code& error) const {
    cancel_at(time, boost::asio::cancellation_type::all, error);
}

template <typename Clock, typename Duration>
void IAsyncInfo::cancel_at(std::chrono::time_point<Clock, Duration> time,
                           boost::asio::cancellation_type_t types,
                           boost::system::error_code& error) const {
    if (detail::is_time(time.time_since_epoch()))
        set_deadline(detail::deadline::at(time), types, error);
    else
        error = operation_ ? detail::no_time() : make_error_code(errc::empty_handle);
}

template <typename Rep, typename Period>
void IAsyncInfo::renew_deadline(std::chrono::duration<Rep, Period> duration,
                                boost::asio::cancellation_type_t types) const {
    or_throw("renew_deadline", [&](auto& error) { renew_deadline(duration, types, error); });
}

template <typename Rep, typename Period>
void IAsyncInfo::renew_deadline(std::chrono::duration<Rep, Period> duration,
                                boost::system::error_code& error) const {
    renew_deadline(duration, boost::asio::cancellation_type::all, error);
}

template <typename Rep, typename Period>
void IAsyncInfo::renew_deadline(std::chrono::duration<Rep, Period> duration,
                                boost::asio::cancellation_type_t types,
                                boost::system::error_code& error) const {
    if (detail::is_time(duration))
        move_deadline(detail::deadline::after(duration), types, error);
    else
        error = operation_ ? detail::no_time() : make_error_code(errc::empty_handle);
}

template <typename Rep, typename Period>
AsyncStatus IAsyncInfo::wait_for(std::chrono::duration<Rep, Period> duration) const {
    return or_throw("wait_for", [&](auto& error) { return wait_for(duration, error); });
}

template <typename Rep, typename Period>
AsyncStatus IAsyncInfo::wait_for(std::chrono::duration<Rep, Period> duration,
                                 boost::system::error_code& error) const {
    return wait(detail::deadline::after(duration), error);
}

template <typename Clock, typename Duration>
AsyncStatus IAsyncInfo::wait_until(std::chrono::time_point<Clock, Duration> time) const {
    return or_throw("wait_until", [&](auto& error) { return wait_until(time, error); });
}

template <typename Clock, typename Duration>
AsyncStatus IAsyncInfo::wait_until(std::chrono::time_point<Clock, Duration> time,
                                   boost::system::error_code& error) const {
    // Subtracted in floating point: the ends of a clock's range must not overflow. Asked again, as
    // a clock other than the steady one may have been set meanwhile.
    using seconds = std::chrono::duration<double>;
    for (;;) {
        const seconds left =
            seconds(time.time_since_epoch()) - seconds(Clock::now().time_since_epoch());
        const AsyncStatus status = wait_for(left, error);
        if (status != AsyncStatus::Started || error || !(left > left.zero()))
            return status;
    }
}

template <typename Rep, typename Period>
AsyncStatus IAsyncInfo::wait_for(detail::driven_context context,
                                 std::chrono::duration<Rep, Period> duration) const {
    return or_throw("wait_for", [&](auto& error) { return wait_for(context, duration, error); });
}

template <typename Rep, typename Period>
AsyncStatus IAsyncInfo::wait_for(detail::driven_context context,
                                 std::chrono::duration<Rep, Period> duration,
                                 boost::system::error_code& error) const {
    return drive(context, detail::deadline::after(duration), error);
}

template <typename Token>
detail::wait_result_t<void, Token> IAsyncInfo::async_wait(Token&& token) const {
    return detail::async_wait_for<void>(operation_, std::forward<Token>(token));
}

template <typename Handle>
Handle IAsyncInfo::try_as() const noexcept {
    static_assert(std::is_base_of_v<IAsyncInfo, Handle>,
                  "asyncinfo: try_as gives one of the library's handles");
    if constexpr (std::is_same_v<Handle, IAsyncInfo>) {
        return *this;
    } else {
        using kind =
            detail::operation_kind<typename Handle::result_type, typename Handle::progress_type>;
        return operation_ && operation_->kind() == boost::typeindex::type_id<kind>()
                   ? Handle(operation_)
                   : Handle();
    }
}

} // namespace asyncinfo

/// The executor on which an operation of Asio's parallel group completes. (Asio would otherwise run
/// a range of operations on threads of its own, at once.) For a handle that cannot be waited for,
/// any executor will do: the wait says why.
template <std::derived_from<asyncinfo::IAsyncInfo> Handle, typename Candidate>
struct boost::asio::associated_executor<Handle, Candidate> {
    using type = any_io_executor;

    static type get(const Handle& handle, const Candidate& = Candidate()) noexcept {
        try {
            return handle.get_executor();
        } catch (const boost::system::system_error&) {
            return system_executor();
        }
    }
};

#endif // ASYNCINFO_IMPL_ASYNC_INFO_HPP
