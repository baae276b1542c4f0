//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_AWAITABLE_HPP
#define ASYNCINFO_DETAIL_ASIO_AWAITABLE_HPP

#include <asyncinfo/async_status.hpp>
#include <asyncinfo/detail/base/config.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <utility>

/// A door to what is Asio's own, and the only one that every version has. Without it
/// `asio::awaitable` awaits handles as rvalues only, with the result that `op(token)` delivers, and
/// what an empty handle throws comes out of `run()`.
namespace asyncinfo {
class IAsyncInfo;
}

namespace asyncinfo::detail {

/// The end of an operation as an Asio operation without a result. `asio::awaitable` awaits this in
/// the place of a handle.
template <typename Handle>
struct awaited_end {
    Handle handle;

    template <typename Token>
    auto operator()(Token&& token) && -> decltype(handle.async_wait(std::forward<Token>(token))) {
        return handle.async_wait(std::forward<Token>(token));
    }
};

/// A base class, so that it is made before the base that refers to it.
template <typename Handle>
struct awaited_end_keeper {
    awaited_end<Handle> end;
};

} // namespace asyncinfo::detail

#if !defined(ASYNCINFO_NO_AWAITABLE_INTERNALS)

namespace boost::asio::detail {

template <typename, typename, typename>
class awaitable_async_op;

/// `asio::awaitable` takes what it awaits as an rvalue, and its result from what is delivered. With
/// this specialisation a handle may be an lvalue, too. The coroutine waits for the end, and then
/// reads the result as `GetResults()` does: the result needs no default constructor, and an
/// exception comes as it was.
///
/// Every Boost from 1.81 on has this template, so no version is asked for. Should one change its
/// parameters, ASYNCINFO_NO_AWAITABLE_INTERNALS leaves this out.
template <typename Signature, std::derived_from<asyncinfo::IAsyncInfo> Handle, typename Executor>
class awaitable_async_op<Signature, Handle, Executor>
    : asyncinfo::detail::awaited_end_keeper<Handle>,
      public awaitable_async_op<void(boost::system::error_code),
                                asyncinfo::detail::awaited_end<Handle>, Executor> {
    using keeper = asyncinfo::detail::awaited_end_keeper<Handle>;
    using base = awaitable_async_op<void(boost::system::error_code),
                                    asyncinfo::detail::awaited_end<Handle>, Executor>;

public:
    /// Throws in the coroutine if the handle is empty or closed. Once the coroutine is suspended,
    /// what is thrown comes out of the executor that runs it.
    template <typename... Frame>
    awaitable_async_op(Handle handle, Frame... frame)
        : keeper{{(static_cast<void>(handle.Status()), std::move(handle))}},
          base(std::move(keeper::end), frame...) {}

    auto await_resume() {
        Handle& handle = keeper::end.handle;
        // The wait has ended and the operation has not: the coroutine was cancelled.
        if (handle.Status() == asyncinfo::AsyncStatus::Started)
            throw boost::system::system_error(boost::asio::error::operation_aborted);
        return std::move(handle).GetResults();
    }
};

} // namespace boost::asio::detail

#endif

#endif // ASYNCINFO_DETAIL_ASIO_AWAITABLE_HPP
