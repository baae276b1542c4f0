// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_WINDOWS_FOREIGN_OBJECTS_HPP
#define ASYNCINFO_TEST_WINDOWS_FOREIGN_OBJECTS_HPP

#include <asyncinfo/windows.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

// An interface with put_Completed and a result, as Windows.Foundation has them. mingw-w64's headers
// have none that is complete.
MIDL_INTERFACE("3a6bb0a4-6bbd-4b45-9a31-0d3c6ef15f01") IForeignCompletedHandler;
MIDL_INTERFACE("3a6bb0a4-6bbd-4b45-9a31-0d3c6ef15f02") IForeignOperation;

// The real one inherits from a template that has the methods.
template <typename Operation>
struct IForeignCompletedHandler_impl : IUnknown {
    virtual HRESULT STDMETHODCALLTYPE Invoke(Operation* sender, ::AsyncStatus status) = 0;
};
struct IForeignCompletedHandler : IForeignCompletedHandler_impl<IForeignOperation> {};

template <typename Handler>
struct IForeignOperation_impl : IInspectable {
    virtual HRESULT STDMETHODCALLTYPE put_Completed(Handler* handler) = 0;
    virtual HRESULT STDMETHODCALLTYPE get_Completed(Handler** handler) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetResults(INT32* result) = 0;
};
struct IForeignOperation : IForeignOperation_impl<IForeignCompletedHandler> {};

#if defined(__CRT_UUID_DECL)
__CRT_UUID_DECL(IForeignCompletedHandler, 0x3a6bb0a4, 0x6bbd, 0x4b45, 0x9a, 0x31, 0x0d, 0x3c, 0x6e,
                0xf1, 0x5f, 0x01)
__CRT_UUID_DECL(IForeignOperation, 0x3a6bb0a4, 0x6bbd, 0x4b45, 0x9a, 0x31, 0x0d, 0x3c, 0x6e, 0xf1,
                0x5f, 0x02)
#endif

namespace asyncinfo_test {

/// What has been done to a foreign object. It outlives the object.
struct record {
    std::atomic<int> objects = 0; ///< that live
    std::atomic<int> polls = 0, cancels = 0, closes = 0;
    std::atomic<ULONG> handlers_kept = 0; ///< references to handlers, after the object's last one
    std::mutex mutex;
    std::set<std::thread::id> threads; ///< that have called IAsyncInfo's methods

    void note_thread() {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
    }
};

/// An asynchronous operation as somebody else's component implements it, with IAsyncInfo in a table
/// of functions of its own.
class foreign_operation final : public IForeignOperation, public ::IAsyncInfo {
public:
    explicit foreign_operation(record& what, bool is_async_info = true)
        : record_(what), is_async_info_(is_async_info) {
        ++record_.objects;
    }

    /// Ends it, and calls the handler if there is one.
    HRESULT end(::AsyncStatus status, HRESULT code = S_OK) {
        code_ = code;
        status_ = status;
        auto told = take_handler();
        if (!told)
            return S_FALSE;
        const HRESULT answered = told->Invoke(this, status);
        record_.handlers_kept += told.release()->Release();
        return answered;
    }
    /// Ends it at the n-th question from now on, without a word.
    void end_at_poll(int n, ::AsyncStatus status) {
        end_at_poll_ = record_.polls + n;
        then_ = status;
    }
    /// Forgets the handler uncalled.
    void forget_handler() { record_.handlers_kept += take_handler().release()->Release(); }

    std::atomic<bool> takes_handlers = true;
    std::atomic<bool> ends_by_cancel = false;
    std::atomic<HRESULT> answer = S_OK; ///< of get_Status and get_ErrorCode
    std::atomic<INT32> result = 0;

    HRESULT STDMETHODCALLTYPE QueryInterface(REFIID wanted, void** object) override {
        *object = nullptr;
        if (wanted == __uuidof(IUnknown) || wanted == __uuidof(IForeignOperation))
            *object = static_cast<IForeignOperation*>(this);
        else if (wanted == __uuidof(::IAsyncInfo) && is_async_info_)
            *object = static_cast<::IAsyncInfo*>(this);
        else
            return E_NOINTERFACE;
        AddRef();
        return S_OK;
    }
    ULONG STDMETHODCALLTYPE AddRef() override { return ++references_; }
    ULONG STDMETHODCALLTYPE Release() override {
        const ULONG left = --references_;
        if (left == 0)
            delete this;
        return left;
    }
    HRESULT STDMETHODCALLTYPE GetIids(ULONG*, IID**) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE GetRuntimeClassName(HSTRING*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE GetTrustLevel(TrustLevel*) override { return E_NOTIMPL; }

    HRESULT STDMETHODCALLTYPE put_Completed(IForeignCompletedHandler* handler) override {
        if (!takes_handlers)
            return static_cast<HRESULT>(0x80000018); // E_ILLEGAL_DELEGATE_ASSIGNMENT
        handler->AddRef();
        if (status_ != ::AsyncStatus::Started) {
            handler->Invoke(this, status_);
            record_.handlers_kept += handler->Release() - 1; // without the caller's own
            return S_OK;
        }
        const std::lock_guard lock(record_.mutex);
        handler_.reset(handler);
        return S_OK;
    }
    HRESULT STDMETHODCALLTYPE get_Completed(IForeignCompletedHandler**) override {
        return E_NOTIMPL;
    }
    HRESULT STDMETHODCALLTYPE GetResults(INT32* place) override {
        if (closed_)
            return static_cast<HRESULT>(0x8000000E); // E_ILLEGAL_METHOD_CALL
        *place = result;
        return S_OK;
    }

    HRESULT STDMETHODCALLTYPE get_Id(UINT32* id) override {
        *id = 42;
        return S_OK;
    }
    HRESULT STDMETHODCALLTYPE get_Status(::AsyncStatus* status) override {
        record_.note_thread();
        if (++record_.polls == end_at_poll_)
            status_ = then_.load();
        *status = status_;
        return answer;
    }
    HRESULT STDMETHODCALLTYPE get_ErrorCode(HRESULT* code) override {
        record_.note_thread();
        *code = code_;
        return answer;
    }
    HRESULT STDMETHODCALLTYPE Cancel() override {
        record_.note_thread();
        ++record_.cancels;
        if (ends_by_cancel)
            end(::AsyncStatus::Canceled);
        return S_OK;
    }
    HRESULT STDMETHODCALLTYPE Close() override {
        record_.note_thread();
        if (status_ == ::AsyncStatus::Started)
            return static_cast<HRESULT>(0x8000000D); // E_ILLEGAL_STATE_CHANGE
        closed_ = true;
        ++record_.closes;
        return S_OK;
    }

private:
    using handler_ptr = std::unique_ptr<IForeignCompletedHandler, asyncinfo::com_release>;

    ~foreign_operation() { --record_.objects; }

    handler_ptr take_handler() {
        const std::lock_guard lock(record_.mutex);
        return std::move(handler_);
    }

    record& record_;
    const bool is_async_info_;
    std::atomic<ULONG> references_ = 1;
    std::atomic<::AsyncStatus> status_ = ::AsyncStatus::Started;
    std::atomic<::AsyncStatus> then_ = ::AsyncStatus::Completed;
    std::atomic<int> end_at_poll_ = 0;
    std::atomic<HRESULT> code_ = S_OK;
    std::atomic<bool> closed_ = false;
    handler_ptr handler_;
};

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_WINDOWS_FOREIGN_OBJECTS_HPP
