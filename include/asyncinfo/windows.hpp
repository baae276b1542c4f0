//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_WINDOWS_HPP
#define ASYNCINFO_WINDOWS_HPP

#if !defined(_WIN32)
#error "asyncinfo/windows.hpp is for Windows: include it only if _WIN32 is defined"
#endif

/// Operations as COM objects that code for the Windows Runtime can use, and such objects as
/// operations. It needs ole32. `asyncinfo.hpp` does not include this.
///
/// `<asyncinfo.h>` of Windows has types of the same names in the global namespace. After `using
/// namespace asyncinfo` write `asyncinfo::IAsyncInfo` for a handle and `::IAsyncInfo` for the COM
/// interface, and likewise for `AsyncStatus`: without a qualification the names are ambiguous.
#include <asyncinfo/async_info.hpp>
#include <asyncinfo/coroutine.hpp>
#include <asyncinfo/detail/handle/result_of.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/system/error_code.hpp>

#include <asyncinfo.h>

#include <chrono>
#include <concepts>
#include <memory>
#include <type_traits>

namespace asyncinfo {

/// The `HRESULT` that stands for an error code:
///
/// | code                                        | `HRESULT`                              |
/// |---------------------------------------------|----------------------------------------|
/// | success                                     | `S_OK`                                 |
/// | `condition::canceled`                       | `HRESULT_FROM_WIN32(ERROR_CANCELLED)`  |
/// | of the system's category, as sockets' are   | `HRESULT_FROM_WIN32(code)`             |
/// | `asio::error::eof`                          | `HRESULT_FROM_WIN32(ERROR_HANDLE_EOF)` |
/// | `errc::illegal_method_call`                 | `E_ILLEGAL_METHOD_CALL`                |
/// | `errc::illegal_state_change`                | `E_ILLEGAL_STATE_CHANGE`               |
/// | `errc::illegal_delegate_assignment`         | `E_ILLEGAL_DELEGATE_ASSIGNMENT`        |
/// | `errc::abandoned`                           | `RPC_E_DISCONNECTED`                   |
/// | any that equals a condition of `std::errc`  | that of a code of Windows that does    |
/// | any other                                   | `E_FAIL`                               |
///
/// Example:
///
///     HRESULT result = to_hresult(read.ErrorCode());
///
/// Source: C++/WinRT, where `hresult_canceled` has the same code.
HRESULT to_hresult(const boost::system::error_code& code) noexcept;

/// The error code that stands for an `HRESULT`, by the same table, but for `RPC_E_DISCONNECTED`.
/// `E_ABORT` means canceled, too.
/// Any other result that stands for no code of Win32 keeps its value, in the system's category,
/// whose `message()` knows it. A result that is no failure is success.
///
/// Example:
///
///     error_code error = from_hresult(E_ACCESSDENIED);
boost::system::error_code from_hresult(HRESULT result) noexcept;

/// Lets a `std::unique_ptr` release a COM object.
struct com_release {
    /// Calls `Release`.
    template <typename Object>
    void operator()(Object* object) const noexcept {
        object->Release();
    }
};

/// Makes a COM object that shows an operation as the system's own `IAsyncInfo`. So code for the
/// Windows Runtime can hold it, poll it and cancel it. `release()` of the returned pointer gives
/// the reference to a `ComPtr` or a `winrt::com_ptr`.
///
/// `get_Id` gives the lower 32 bits of `Id()`, or 1 if they are all zero. So it is the number that
/// is in logs until a process has started 2^32 operations; later ones have numbers of earlier ones.
/// `get_Status` and `get_ErrorCode` give `Status()` and what `to_hresult` makes of `ErrorCode()`.
/// The interface knows neither results nor Completed: use the handle for these.
///
/// Cancellation: `Cancel` of the object is `Cancel()` of the handle. To release the object cancels
/// nothing.
///
/// Executor and threads: call the object from any thread and in any apartment. It says so by
/// `IAgileObject`, and so the global interface table and agile references give the object itself.
///
/// Lifetime: the object is a handle. `Close` closes the operation for all handles, and a handle's
/// `Close` closes it for the object. If you call `to_windows` twice, there are two objects.
///
/// Errors: `errc::empty_handle`; `errc::illegal_method_call` after Close. The object's methods
/// throw nothing. After Close, all but `Cancel` and `Close` return `E_ILLEGAL_METHOD_CALL`; `Close`
/// while the operation runs returns `E_ILLEGAL_STATE_CHANGE`, and a null pointer is `E_POINTER`.
///
/// Example:
///
///     std::unique_ptr<::IAsyncInfo, com_release> object = to_windows(read);
///     object->Cancel();
std::unique_ptr<::IAsyncInfo, com_release> to_windows(const asyncinfo::IAsyncInfo& operation);

/// Takes a COM object that shows an asynchronous operation, and returns a handle to an operation of
/// its own, which ends when that ends. `Operation` is `::IAsyncInfo`, or an interface that has
/// `put_Completed`, such as `ABI::Windows::Foundation::IAsyncAction` and `IAsyncOperation<T>`.
///
/// When it completes: when the object's status is no longer `Started`. The object tells by
/// `put_Completed`, if `Operation` has it and nobody else has set a handler. Otherwise the object
/// is asked once in a `period`, which is 1 ms at least. Then the object is closed. The operation
/// has the object's status; the code of an error is what `from_hresult` makes of `get_ErrorCode`.
///
/// Cancellation: a request is passed on to the object's `Cancel`, whatever its types are. The
/// object decides whether it stops.
///
/// Executor and threads: the object is called in this call, and then on `executor` only. So an
/// object that is bound to an apartment needs an executor that runs there, and this call must be
/// made there. An object that is not, as almost all of the Windows Runtime's, takes any executor.
///
/// Lifetime: the operation has a reference to the object until it has ended. If the executor's
/// context is destroyed before, it ends as `errc::abandoned` and leaves the object running.
///
/// Errors: `errc::empty_handle` for a null pointer. An error that the object's `QueryInterface`,
/// `get_Status` or `get_ErrorCode` returns ends the operation, `E_NOINTERFACE` for an object without
/// `IAsyncInfo` among them.
///
/// Example:
///
///     asyncinfo::IAsyncAction copy = from_windows(context.get_executor(), object.get());
///     copy.cancel_after(2s);
template <typename Operation>
IAsyncAction from_windows(boost::asio::any_io_executor executor, Operation* operation,
                          std::chrono::nanoseconds period = std::chrono::milliseconds(10));

/// The same for an object with a result. `get_results(*operation)` is called on the executor when
/// the object has completed, and before it is closed. What it returns is the result of the
/// operation, and what it throws is its error.
///
/// Example:
///
///     auto number = from_windows(context.get_executor(), object.get(), [](::IAsyncInfo& ended) {
///         UINT32 id = 0;
///         ended.get_Id(&id);
///         return id;
///     });
template <typename Operation, std::invocable<Operation&> GetResults>
detail::handle_t<std::invoke_result_t<GetResults&, Operation&>>
from_windows(boost::asio::any_io_executor executor, Operation* operation, GetResults get_results,
             std::chrono::nanoseconds period = std::chrono::milliseconds(10));

} // namespace asyncinfo

#include <asyncinfo/impl/windows.hpp>

#endif // ASYNCINFO_WINDOWS_HPP
