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

/// The members that read the result of an operation. `Handle` is `IAsyncOperation<T>` or
/// `IAsyncOperationWithProgress<T, P>`.
template <typename Handle, typename T>
class [[nodiscard]] basic_operation : public basic_handle<Handle> {
public:
    using basic_operation::basic_handle::basic_handle;
    /// The type of the result.
    using result_type = T;

    /// Returns the result. If the operation did not complete it throws what the operation ended by:
    /// the exception as it was, `operation_canceled` if it is Canceled, or a `system_error` with
    /// the code. Under `as_tuple` it returns the tuple in every case, since the error is a part of
    /// that; the status is Canceled or Error all the same.
    ///
    /// Errors: `errc::illegal_method_call` while the operation runs, which goes on unharmed, or if
    /// another reader has taken the result.
    T GetResults() const&;
    /// The same, and takes the result out of the operation if this is the only handle to it.
    T GetResults() &&;
    std::optional<T> GetResults(boost::system::error_code& error) const&;
    std::optional<T> GetResults(boost::system::error_code& error) &&;

    /// Nothing while the operation runs. After the end it does what `GetResults` does. Never
    /// blocks, so a loop can call it in every turn.
    std::optional<T> try_get() const;
    std::optional<T> try_get(boost::system::error_code& error) const;

    /// Blocks until the operation has ended (see `wait`). Then it does what `GetResults` does.
    T get() const;
    std::optional<T> get(boost::system::error_code& error) const;

    /// Runs `context` on this thread until the operation has ended. Then it does what `GetResults`
    /// does. `wait_for(context, duration)` says more.
    T get(detail::driven_context context) const;
    std::optional<T> get(detail::driven_context context, boost::system::error_code& error) const;

    /// All that was delivered, whatever the status: the code, and the result if there is one. After
    /// a failure that is what had come until then.
    ///
    /// Errors: `errc::illegal_method_call` while the operation runs, or if another reader has taken
    /// the result.
    ///
    /// Example:
    ///
    ///     auto [error, size] = read.outcome();
    ///     std::cout << size.value_or(0) << " bytes, then " << error.message() << '\n';
    std::tuple<boost::system::error_code, std::optional<T>> outcome() const;
    std::tuple<boost::system::error_code, std::optional<T>>
    outcome(boost::system::error_code& error) const;

    /// Waits as `async_wait` does, and gives the result. So a handle is itself an asynchronous
    /// operation, with the signature `void(error_code, T)`, and can be given any completion token.
    /// If the operation ends without a T, the T is value-initialised.
    ///
    /// Example:
    ///
    ///     std::future<std::size_t> size = read(asio::use_future);
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

    static constexpr bool stays = detail::operation<T>::stays;

    /// The result, where it is Completed and neither closed nor taken. Else null.
    const T* at_hand() const noexcept {
        using namespace detail::lifecycle;
        const auto* const operation = this->operation().get();
        if (operation && (operation->load() & (status_mask | closed | claimed)) ==
                             static_cast<word>(AsyncStatus::Completed))
            if (const auto& result = block().result())
                return &*result;
        return nullptr;
    }
    /// GetResults, where the result is not at hand.
    ASYNCINFO_NOINLINE T get_results(bool sole) const;
    std::optional<T> results(bool sole, boost::system::error_code& error) const;
    T expect(std::optional<T> result, const boost::system::error_code& error,
             const char* member) const;
};

/// A handle to an operation with a result. Operations with the completion signature
/// `void(error_code, T)`, `void(exception_ptr, T)` or `void(T)` return it. If there are several
/// values, T is a `std::tuple` of them.
///
/// Every reader gets a copy of the result, as often as it likes. A T that cannot be copied goes to
/// the first who takes it, by whichever member; later readers get `errc::illegal_method_call`. An
/// rvalue, `std::move(op).GetResults()`, moves the result out if it is the only handle.
///
/// `IAsyncInfo` says what is true of all handles, and has most of the members.
///
/// Example:
///
///     IAsyncOperation<std::size_t> read = socket.async_read_some(buffer, use_async_info);
///
///     // In every frame:
///     if (auto size = read.try_get())
///         use(*size);
///
/// Source: Windows.Foundation.IAsyncOperation.
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
