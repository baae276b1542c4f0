//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_FOREIGN_HANDLE_AWAITER_HPP
#define ASYNCINFO_DETAIL_COROUTINE_FOREIGN_HANDLE_AWAITER_HPP

#include <asyncinfo/detail/block/observer.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>

#include <coroutine>
#include <utility>

namespace asyncinfo::detail {

/// `co_await` of a handle in a coroutine that is none of the library's: resumes on the thread that
/// ends the operation.
///
/// If the coroutine is destroyed while it is suspended, the operation forgets the awaiter. As with
/// any coroutine, no thread may destroy it while another resumes it.
template <typename Handle>
class foreign_handle_awaiter final : observer, resumable {
public:
    explicit foreign_handle_awaiter(Handle handle)
        : observer(rank::submitted), handle_(std::move(handle)) {}

    ~foreign_handle_awaiter() {
        if (!coroutine_)
            return;
        operation_base& operation = *handle_access::operation(handle_);
        if (operation.unobserve(*this))
            return;
        // The operation has ended, and this thread is the one about to resume the coroutine.
        operation.forget(*this);
        trampoline::remove(*this);
    }

    bool await_ready() const { return handle_.Status() != AsyncStatus::Started; }

    bool await_suspend(std::coroutine_handle<> coroutine) noexcept {
        coroutine_ = coroutine;
        if (handle_access::operation(handle_)->observe(*this))
            return true;
        coroutine_ = nullptr;
        return false;
    }

    auto await_resume() { return std::move(handle_).GetResults(); }

private:
    void ended() override { trampoline::run(*this); }
    void resume() override { std::exchange(coroutine_, nullptr).resume(); }

    Handle handle_;
    std::coroutine_handle<> coroutine_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_FOREIGN_HANDLE_AWAITER_HPP
