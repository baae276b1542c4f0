//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_WINDOWS_HPP
#define ASYNCINFO_IMPL_WINDOWS_HPP

#include <asyncinfo/async_source.hpp>
#include <asyncinfo/cancellation_token.hpp>
#include <asyncinfo/condition.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>
#include <asyncinfo/error.hpp>
#include <asyncinfo/resume_after.hpp>
#include <asyncinfo/windows.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/errc.hpp>
#include <boost/system/error_condition.hpp>
#include <boost/system/generic_category.hpp>
#include <boost/system/system_category.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <system_error>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

// Not all of them are in mingw-w64's headers, and HRESULT_FROM_WIN32 is no constant there.
inline constexpr HRESULT illegal_state_change = static_cast<HRESULT>(0x8000000D);
inline constexpr HRESULT illegal_method_call = static_cast<HRESULT>(0x8000000E);
inline constexpr HRESULT illegal_delegate_assignment = static_cast<HRESULT>(0x80000018);
inline constexpr HRESULT end_of_file = static_cast<HRESULT>(0x80070026); ///< ERROR_HANDLE_EOF
inline constexpr HRESULT canceled = static_cast<HRESULT>(0x800704C7);    ///< ERROR_CANCELLED

/// Asks the system's category which of its codes equals the condition with this value.
inline HRESULT hresult_of(int generic) noexcept {
    const boost::system::error_condition wanted(generic, boost::system::generic_category());
    if (wanted == boost::system::errc::not_enough_memory)
        return E_OUTOFMEMORY;
    if (wanted == boost::system::errc::invalid_argument)
        return E_INVALIDARG;
    for (int i = 0; i < 5000; ++i) { // the sockets' codes come first
        const int code = i < 500 ? 10000 + i : i - 500;
        if (boost::system::system_category().default_error_condition(code) == wanted)
            return HRESULT_FROM_WIN32(static_cast<unsigned long>(code));
    }
    return E_FAIL;
}

/// What there is room for in 32 bits; never zero.
inline UINT32 short_id(std::uint64_t id) noexcept {
    const auto lower = static_cast<UINT32>(id);
    return lower ? lower : 1;
}

/// Throws if it is a failure.
inline void check(HRESULT result) {
    if (FAILED(result))
        throw boost::system::system_error(from_hresult(result));
}

/// A COM object of one interface, and of those that this one derives from, for all apartments.
template <typename Interface, typename... Bases>
class com_object : public Interface {
public:
    com_object() = default;
    com_object(const com_object&) = delete;
    com_object& operator=(const com_object&) = delete;

    HRESULT STDMETHODCALLTYPE QueryInterface(REFIID wanted, void** object) noexcept final {
        if (!object)
            return E_POINTER;
        // IAgileObject has no methods of its own: any pointer to the object is one to it.
        const bool found = wanted == __uuidof(IUnknown) || wanted == __uuidof(IAgileObject) ||
                           wanted == __uuidof(Interface) || ((wanted == __uuidof(Bases)) || ...);
        *object = found ? static_cast<Interface*>(this) : nullptr;
        if (!found)
            return E_NOINTERFACE;
        AddRef();
        return S_OK;
    }

    ULONG STDMETHODCALLTYPE AddRef() noexcept final {
        return references_.fetch_add(1, std::memory_order_relaxed) + 1;
    }

    ULONG STDMETHODCALLTYPE Release() noexcept final {
        const ULONG left = references_.fetch_sub(1, std::memory_order_acq_rel) - 1;
        if (left == 0)
            delete this;
        return left;
    }

protected:
    virtual ~com_object() = default;

private:
    std::atomic<ULONG> references_ = 1;
};

/// A handle as `IAsyncInfo` of Windows.
class windows_async_info final : public com_object<::IAsyncInfo, IInspectable> {
public:
    explicit windows_async_info(const asyncinfo::IAsyncInfo& operation) noexcept
        : operation_(operation) {}

    HRESULT STDMETHODCALLTYPE GetIids(ULONG* count, IID** iids) noexcept override {
        if (!count || !iids)
            return E_POINTER;
        *iids = static_cast<IID*>(CoTaskMemAlloc(sizeof(IID)));
        *count = *iids ? 1 : 0;
        if (!*iids)
            return E_OUTOFMEMORY;
        **iids = __uuidof(::IAsyncInfo);
        return S_OK;
    }
    /// It is of no class of the Windows Runtime: the empty string, which is a null pointer.
    HRESULT STDMETHODCALLTYPE GetRuntimeClassName(HSTRING* name) noexcept override {
        return give(name, [](auto&) { return HSTRING(); });
    }
    HRESULT STDMETHODCALLTYPE GetTrustLevel(TrustLevel* level) noexcept override {
        return give(level, [](auto&) { return BaseTrust; });
    }

    HRESULT STDMETHODCALLTYPE get_Id(UINT32* id) noexcept override {
        return give(id, [this](auto& error) { return short_id(operation_.Id(error)); });
    }
    HRESULT STDMETHODCALLTYPE get_Status(::AsyncStatus* status) noexcept override {
        return give(status, [this](auto& error) {
            return static_cast<::AsyncStatus>(operation_.Status(error));
        });
    }
    HRESULT STDMETHODCALLTYPE get_ErrorCode(HRESULT* code) noexcept override {
        return give(code, [this](auto& error) { return to_hresult(operation_.ErrorCode(error)); });
    }
    HRESULT STDMETHODCALLTYPE Cancel() noexcept override {
        boost::system::error_code error;
        operation_.Cancel(error);
        return to_hresult(error);
    }
    HRESULT STDMETHODCALLTYPE Close() noexcept override {
        boost::system::error_code error;
        operation_.Close(error);
        return to_hresult(error);
    }

private:
    template <typename T, typename Get>
    static HRESULT give(T* place, Get get) noexcept {
        if (!place)
            return E_POINTER;
        boost::system::error_code error;
        *place = get(error);
        return to_hresult(error);
    }

    const asyncinfo::IAsyncInfo operation_;
};

/// The handler that an object of Windows calls at its end: it ends an operation of ours.
template <typename Handler, typename Invoke = decltype(&Handler::Invoke)>
class windows_completed;

template <typename Handler, typename Base, typename Sender, typename Status>
class windows_completed<Handler, HRESULT (STDMETHODCALLTYPE Base::*)(Sender, Status)> final
    : public com_object<Handler> {
public:
    explicit windows_completed(async_source<>& told) noexcept : told_(std::move(told)) {}

    HRESULT STDMETHODCALLTYPE Invoke(Sender, Status) noexcept override {
        try {
            told_.set_value();
            return S_OK;
        } catch (...) { // out of a handler that runs at once; there is nobody else to tell
            return E_FAIL;
        }
    }

private:
    const async_source<> told_;
};

template <typename Operation>
concept windows_has_completed = requires { &Operation::put_Completed; };

/// An operation that ends when the object tells its end; as an error if the object lets go of the
/// handler before.
template <typename Base, typename Handler>
IAsyncAction told_by(std::type_identity_t<Base>& object,
                     HRESULT (STDMETHODCALLTYPE Base::*put_completed)(Handler*)) {
    async_source<> source;
    IAsyncAction told = source.operation();
    const std::unique_ptr<Handler, com_release> handler(new windows_completed<Handler>(source));
    check((object.*put_completed)(handler.get()));
    return told;
}

inline ::AsyncStatus status_of(::IAsyncInfo& object) {
    ::AsyncStatus status{};
    check(object.get_Status(&status));
    return status;
}

/// The operation of `from_windows`. The coroutine's executor serves all calls of the object.
template <typename Operation, typename GetResults>
handle_t<std::invoke_result_t<GetResults&, Operation&>>
follow(boost::asio::any_io_executor, std::unique_ptr<Operation, com_release> object,
       GetResults get_results, std::chrono::nanoseconds period) {
    ::IAsyncInfo* asked = nullptr;
    check(object->QueryInterface(__uuidof(::IAsyncInfo), reinterpret_cast<void**>(&asked)));
    const std::unique_ptr<::IAsyncInfo, com_release> info(asked);

    const auto token = co_await get_cancellation_token();
    token.enable_propagation(false);
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    token.callback([&] { info->Cancel(); });

    if constexpr (windows_has_completed<Operation>) {
        try {
            co_await told_by(*object, &Operation::put_Completed);
        } catch (const boost::system::system_error&) { // somebody else has its handler there
        }
    }
    period = std::max<std::chrono::nanoseconds>(period, std::chrono::milliseconds(1));
    ::AsyncStatus status;
    while ((status = status_of(*info)) == ::AsyncStatus::Started)
        co_await resume_after(period);

    // Not before: with its context this coroutine is destroyed anywhere.
    const struct guard {
        ::IAsyncInfo& ended;
        ~guard() { ended.Close(); }
    } closing{*info};
    if (status == ::AsyncStatus::Canceled)
        throw operation_canceled();
    if (status != ::AsyncStatus::Completed) {
        HRESULT code = S_OK;
        check(info->get_ErrorCode(&code));
        check(FAILED(code) ? code : E_FAIL);
    }
    co_return get_results(*object);
}

} // namespace asyncinfo::detail

namespace asyncinfo {

inline HRESULT to_hresult(const boost::system::error_code& code) noexcept {
    if (!code.failed())
        return S_OK;
    if (code == condition::canceled)
        return detail::canceled;
    if (code == boost::asio::error::eof)
        return detail::end_of_file;
    if (code == errc::illegal_method_call)
        return detail::illegal_method_call;
    if (code == errc::illegal_state_change)
        return detail::illegal_state_change;
    if (code == errc::illegal_delegate_assignment)
        return detail::illegal_delegate_assignment;
    if (code == errc::abandoned)
        return RPC_E_DISCONNECTED;
    // It can have been a code of the standard library, which has categories of its own.
    const std::error_code standard = code;
    if (code.category() == boost::system::system_category() ||
        standard.category() == std::system_category())
        return HRESULT_FROM_WIN32(static_cast<unsigned long>(standard.value()));
    const std::error_condition condition = standard.default_error_condition();
    return condition.category() == std::generic_category() ? detail::hresult_of(condition.value())
                                                           : E_FAIL;
}

inline boost::system::error_code from_hresult(HRESULT result) noexcept {
    if (SUCCEEDED(result))
        return {};
    switch (result) {
    case detail::canceled:
    case E_ABORT:
        return boost::asio::error::operation_aborted;
    case detail::end_of_file:
        return boost::asio::error::eof;
    case detail::illegal_method_call:
        return errc::illegal_method_call;
    case detail::illegal_state_change:
        return errc::illegal_state_change;
    case detail::illegal_delegate_assignment:
        return errc::illegal_delegate_assignment;
    }
    const auto bits = static_cast<std::uint32_t>(result);
    const bool of_win32 = bits > 0x80070000 && bits <= 0x8007FFFF; // not 0, which is no failure
    return {of_win32 ? HRESULT_CODE(result) : result, boost::system::system_category()};
}

inline std::unique_ptr<::IAsyncInfo, com_release>
to_windows(const asyncinfo::IAsyncInfo& operation) {
    detail::handle_access::usable(operation, "to_windows");
    return std::unique_ptr<::IAsyncInfo, com_release>(new detail::windows_async_info(operation));
}

template <typename Operation>
IAsyncAction from_windows(boost::asio::any_io_executor executor, Operation* operation,
                          std::chrono::nanoseconds period) {
    return from_windows(std::move(executor), operation, [](Operation&) {}, period);
}

template <typename Operation, std::invocable<Operation&> GetResults>
detail::handle_t<std::invoke_result_t<GetResults&, Operation&>>
from_windows(boost::asio::any_io_executor executor, Operation* operation, GetResults get_results,
             std::chrono::nanoseconds period) {
    if (!operation)
        detail::throw_refusal(nullptr, errc::empty_handle, "from_windows");
    operation->AddRef();
    return detail::follow(std::move(executor), std::unique_ptr<Operation, com_release>(operation),
                          std::move(get_results), period);
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_WINDOWS_HPP
