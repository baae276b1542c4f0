//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_ACTION_HPP
#define ASYNCINFO_ASYNC_ACTION_HPP

#include <asyncinfo/basic_handle.hpp>

#include <tuple>

namespace asyncinfo {

/// The members that read how an action has ended. `Handle` is `IAsyncAction` or
/// `IAsyncActionWithProgress<P>`.
template <typename Handle>
class [[nodiscard]] ASYNCINFO_VISIBLE basic_action : public basic_handle<Handle> {
public:
    using basic_action::basic_handle::basic_handle;

    /// Returns if the operation has completed. Otherwise it throws what the operation ended by: the
    /// exception as it was, `operation_canceled` if it is Canceled, or a `system_error` with the
    /// code.
    ///
    /// Errors: `errc::illegal_method_call` while the operation runs; it goes on unharmed.
    void GetResults() const {
        if (!this->has_succeeded())
            this->explain();
    }
    void GetResults(boost::system::error_code& error) const noexcept;

    /// False while the operation runs. After the end it does what `GetResults` does, and returns
    /// true. Never blocks, so a loop can call it in every turn.
    bool try_get() const;
    bool try_get(boost::system::error_code& error) const noexcept;

    /// Blocks until the operation has ended (see `wait`). Then it does what `GetResults` does.
    void get() const;
    void get(boost::system::error_code& error) const;

    /// Runs `context` on this thread until the operation has ended. Then it does what `GetResults`
    /// does. `wait_for(context, duration)` says more.
    void get(detail::driven_context context) const;
    void get(detail::driven_context context, boost::system::error_code& error) const;

    /// The code by which the operation has ended, without throwing it.
    ///
    /// Errors: `errc::illegal_method_call` while the operation runs.
    std::tuple<boost::system::error_code> outcome() const;
    std::tuple<boost::system::error_code> outcome(boost::system::error_code& error) const noexcept;

    /// Waits as `async_wait` does. So a handle is itself an asynchronous operation, with the
    /// signature `void(error_code)`, and can be given any completion token.
    ///
    /// Example:
    ///
    ///     std::future<void> done = wait(asio::use_future);
    template <typename Token>
    detail::wait_result_t<void, Token> operator()(Token&& token) const {
        return this->async_wait(std::forward<Token>(token));
    }

protected:
    explicit basic_action(detail::operation_ptr operation) noexcept
        : basic_action::basic_handle(std::move(operation)) {}
};

/// A handle to an operation without a result. Operations with the completion signature `void()`,
/// `void(error_code)` or `void(exception_ptr)` return it.
///
/// `IAsyncInfo` says what is true of all handles, and has most of the members.
///
/// Example:
///
///     IAsyncAction wait = timer.async_wait(use_async_info);
///
/// Source: Windows.Foundation.IAsyncAction.
class [[nodiscard]] ASYNCINFO_VISIBLE IAsyncAction : public basic_action<IAsyncAction> {
public:
    using basic_action::basic_action;

private:
    friend class IAsyncInfo;
    friend struct detail::handle_access;

    explicit IAsyncAction(detail::operation_ptr operation) noexcept
        : basic_action(std::move(operation)) {}
};

} // namespace asyncinfo

#include <asyncinfo/impl/async_action.hpp>

#endif // ASYNCINFO_ASYNC_ACTION_HPP
