//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_HANDLE_HANDLE_ACCESS_HPP
#define ASYNCINFO_DETAIL_HANDLE_HANDLE_ACCESS_HPP

#include <asyncinfo/async_info.hpp>

#include <utility>

namespace asyncinfo::detail {

/// The library's way from an operation to a handle and back.
struct handle_access {
    template <typename Handle>
    static Handle make(operation_ptr operation) noexcept {
        return Handle(std::move(operation));
    }

    static const operation_ptr& operation(const IAsyncInfo& handle) noexcept {
        return handle.operation_;
    }

    template <typename Handle>
    using block_of = block_t<typename Handle::result_type, typename Handle::progress_type>;

    template <typename Handle>
    static block_of<Handle>* block(const Handle& handle) noexcept {
        return static_cast<block_of<Handle>*>(handle.operation_.get());
    }
    /// Leaves the handle empty.
    static operation_ptr take(IAsyncInfo& handle) noexcept { return std::move(handle.operation_); }

    /// Throws `errc::empty_handle` for an empty handle, `errc::illegal_method_call` after Close.
    static operation_base& usable(const IAsyncInfo& handle, const char* function) {
        operation_base* const operation = handle.operation_.get();
        if (!operation || (operation->load() & lifecycle::closed)) [[unlikely]]
            refuse(handle, function);
        return *operation;
    }

private:
    [[noreturn]] ASYNCINFO_NOINLINE static void refuse(const IAsyncInfo& handle,
                                                       const char* function) {
        boost::system::error_code error;
        static_cast<void>(handle.usable(error));
        handle.refuse(error, function);
    }
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_HANDLE_HANDLE_ACCESS_HPP
