//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_OWN_AWAITERS_HPP
#define ASYNCINFO_DETAIL_COROUTINE_OWN_AWAITERS_HPP

#include <asyncinfo/detail/coroutine/asio_awaiter.hpp>
#include <asyncinfo/detail/coroutine/bridge_awaiter.hpp>
#include <asyncinfo/detail/coroutine/coroutine_base.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <coroutine>
#include <utility>

namespace asyncinfo::detail {

/// Awaits a value without suspending: `co_await get_cancellation_token()`.
template <typename T>
struct ready_awaiter {
    T value;
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    T await_resume() const noexcept { return value; }
};

/// `co_await` of a handle in a coroutine of the library's.
///
/// An operation started within the `co_await` expression uses objects that the coroutine owns. If a
/// request came before, that operation is cancelled and awaited, and only then is
/// `operation_aborted` thrown.
template <typename Handle>
class own_handle_awaiter {
public:
    own_handle_awaiter(coroutine_base& coroutine, Handle handle, bool abort)
        : coroutine_(coroutine), handle_(std::move(handle)), abort_(abort) {}

    bool await_ready() const {
        operation_base& awaited = handle_access::usable(handle_, "co_await");
        if (awaited.status() != AsyncStatus::Started)
            return true;
        if (abort_)
            // The slot does not do it where propagation is turned off.
            awaited.cancel(coroutine_.self().requested_types(), cancel_source::coroutine);
        return false;
    }

    bool await_suspend(std::coroutine_handle<>) {
        operation_base& awaited = *handle_access::operation(handle_);
        return coroutine_.suspend(true, [&] { return coroutine_.await_end_of(awaited); });
    }

    auto await_resume() {
        coroutine_.awaited_end();
        if (abort_)
            coroutine_.throw_if_cancelled();
        // The handle goes with this awaiter. To take a result that is as cheap to copy is dearer.
        if constexpr (operation<typename Handle::result_type>::stays)
            return handle_.GetResults();
        else
            return std::move(handle_).GetResults();
    }

private:
    coroutine_base& coroutine_;
    Handle handle_;
    const bool abort_;
};

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

/// The timer lives in the frame.
class resume_after_awaiter {
    using wait_type =
        decltype(std::declval<boost::asio::steady_timer&>().async_wait(boost::asio::deferred));

public:
    resume_after_awaiter(coroutine_base& coroutine, const deadline& until)
        : ready_(until.is_poll()),
          timer_(coroutine.any_executor(), ready_ ? deadline::clock::now() : until.time()),
          wait_(timer_.async_wait(boost::asio::deferred)), awaiter_(coroutine, std::move(wait_)) {}
    resume_after_awaiter(const resume_after_awaiter&) = delete;
    resume_after_awaiter& operator=(const resume_after_awaiter&) = delete;

    bool await_ready() const noexcept { return ready_; }
    bool await_suspend(std::coroutine_handle<> frame) { return awaiter_.await_suspend(frame); }
    void await_resume() {
        if (!ready_)
            awaiter_.await_resume();
    }

private:
    const bool ready_;
    boost::asio::steady_timer timer_;
    wait_type wait_;
    asio_awaiter<wait_type, void(boost::system::error_code)> awaiter_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_OWN_AWAITERS_HPP
