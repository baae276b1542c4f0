//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNC_OPERATION_HPP
#define ASYNCINFO_ASYNC_OPERATION_HPP

#include <asyncinfo/basic_handle.hpp>

#include <optional>
#include <tuple>

namespace asyncinfo {

/// The members of a handle to an operation with a result; `Handle` is the kind of handle.
template <typename Handle, typename T>
class [[nodiscard]] basic_operation : public basic_handle<Handle> {
public:
    using basic_operation::basic_handle::basic_handle;
    using result_type = T;

    /// The result. Throws the error that the operation ended by, if any: an exception as it was, a
    /// code in a `system_error`. Under `as_tuple` the error is part of the result instead; the
    /// status is Canceled or Error all the same.
    ///
    /// Errors: `errc::illegal_method_call` while the operation runs, or if the result was taken.
    T GetResults() const&;
    T GetResults() &&;
    std::optional<T> GetResults(boost::system::error_code& error) const&;
    std::optional<T> GetResults(boost::system::error_code& error) &&;

    /// Nothing while the operation runs, then as `GetResults`. Never blocks.
    std::optional<T> try_get() const;
    std::optional<T> try_get(boost::system::error_code& error) const;

    /// Blocks until the operation has ended (see `wait`), then as `GetResults`.
    T get() const;
    std::optional<T> get(boost::system::error_code& error) const;

    /// As `get`, but runs `context` on this thread meanwhile; see `wait_for(context, duration)`.
    T get(detail::driven_context context) const;
    std::optional<T> get(detail::driven_context context, boost::system::error_code& error) const;

    /// All that was delivered, in every status: the code, and the result, partial ones included.
    ///
    /// Errors: `errc::illegal_method_call` while the operation runs, or if the result was taken.
    std::tuple<boost::system::error_code, std::optional<T>> outcome() const;
    std::tuple<boost::system::error_code, std::optional<T>>
    outcome(boost::system::error_code& error) const;

    /// As `async_wait`, but with the result: a handle is itself an asynchronous operation,
    /// `void(error_code, T)`. Where the operation ended without a T, it is value-initialised.
    ///
    /// Example: `std::future<T> f = op(boost::asio::use_future);`
    template <typename Token>
    detail::wait_result_t<T, Token> operator()(Token&& token) const;

protected:
    explicit basic_operation(detail::operation_ptr operation) noexcept
        : basic_operation::basic_handle(std::move(operation)) {}

private:
    auto& block() const noexcept {
        using block_type = detail::block_t<T, typename Handle::progress_type>;
        return static_cast<block_type&>(*this->operation());
    }

    std::optional<T> results(bool sole, boost::system::error_code& error) const;
    T expect(std::optional<T> result, const boost::system::error_code& error,
             const char* member) const;
};

/// A handle to an operation with a result: `void(error_code, T)`, `void(exception_ptr, T)`,
/// `void(T)`; for several values T is a `std::tuple`.
///
/// Every reader gets a copy of the result and disturbs no other. A T that cannot be copied goes to
/// the first who takes it, by whichever member; the others get `errc::illegal_method_call`. An
/// rvalue (`std::move(op).GetResults()`) takes the result out if it is the only handle.
///
/// Example:
///
///     auto read = socket.async_read_some(buffer, asyncinfo::use_async_info);
///     // ... in every frame:
///     if (auto n = read.try_get()) use(*n);
template <typename T>
class [[nodiscard]] ASYNCINFO_VISIBLE IAsyncOperation
    : public basic_operation<IAsyncOperation<T>, T> {
public:
    using IAsyncOperation::basic_operation::basic_operation;

private:
    friend class IAsyncInfo;
    friend struct detail::handle_access;

    explicit IAsyncOperation(detail::operation_ptr operation) noexcept
        : IAsyncOperation::basic_operation(std::move(operation)) {}
};

} // namespace asyncinfo

#include <asyncinfo/impl/async_operation.hpp>

#endif // ASYNCINFO_ASYNC_OPERATION_HPP
