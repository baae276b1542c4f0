//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_ACTION_HPP
#define ASYNCINFO_ASYNC_ACTION_HPP

#include <asyncinfo/basic_handle.hpp>

#include <tuple>

namespace asyncinfo {

/// The members of a handle to an operation without a result; `Handle` is the kind of handle.
template <typename Handle>
class [[nodiscard]] ASYNCINFO_VISIBLE basic_action : public basic_handle<Handle> {
public:
    using basic_action::basic_handle::basic_handle;

    /// Throws the error that the operation ended by, if any: an exception as it was, a code in a
    /// `system_error`.
    ///
    /// Errors: `errc::illegal_method_call` while the operation runs.
    void GetResults() const {
        if (!this->has_succeeded())
            this->explain();
    }
    void GetResults(boost::system::error_code& error) const noexcept;

    /// Whether the operation has ended; then as `GetResults`. Never blocks.
    bool try_get() const;
    bool try_get(boost::system::error_code& error) const noexcept;

    /// Blocks until the operation has ended (see `wait`), then as `GetResults`.
    void get() const;
    void get(boost::system::error_code& error) const;

    /// As `get`, but runs `context` on this thread meanwhile; see `wait_for(context, duration)`.
    void get(detail::driven_context context) const;
    void get(detail::driven_context context, boost::system::error_code& error) const;

    /// The code that was delivered, without throwing it.
    ///
    /// Errors: `errc::illegal_method_call` while the operation runs.
    std::tuple<boost::system::error_code> outcome() const;
    std::tuple<boost::system::error_code> outcome(boost::system::error_code& error) const noexcept;

    /// As `async_wait`: a handle is itself an asynchronous operation, `void(error_code)`.
    ///
    /// Example: `op(boost::asio::use_future).get();`
    template <typename Token>
    detail::wait_result_t<void, Token> operator()(Token&& token) const {
        return this->async_wait(std::forward<Token>(token));
    }

protected:
    explicit basic_action(detail::operation_ptr operation) noexcept
        : basic_action::basic_handle(std::move(operation)) {}
};

/// A handle to an operation without a result: `void()`, `void(error_code)`, `void(exception_ptr)`.
///
/// Example:
///
///     asyncinfo::IAsyncAction wait = timer.async_wait(asyncinfo::use_async_info);
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
