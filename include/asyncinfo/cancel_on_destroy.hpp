//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_CANCEL_ON_DESTROY_HPP
#define ASYNCINFO_CANCEL_ON_DESTROY_HPP

#include <asyncinfo/async_info.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <concepts>
#include <utility>

namespace asyncinfo {

/// Owns a handle, and asks the operation to stop when it goes out of scope.
///
/// Cancellation: the destructor calls `Cancel(types)`, by default for all types. It does not wait
/// for the end, so what the operation uses must live on until then.
///
/// Executor and threads: as thread-safe as a handle.
///
/// Example:
///
///     cancel_on_destroy wait(timer.async_wait(use_async_info));
///     wait->cancel_after(5s); // the members of the handle
template <std::derived_from<IAsyncInfo> Handle>
class [[nodiscard]] cancel_on_destroy {
public:
    /// Owns this operation; with an empty handle, none.
    explicit cancel_on_destroy(Handle operation, boost::asio::cancellation_type_t types =
                                                     boost::asio::cancellation_type::all) noexcept
        : operation_(std::move(operation)), types_(types) {}

    /// Takes the operation over; `other` owns none afterwards.
    cancel_on_destroy(cancel_on_destroy&& other) noexcept
        : operation_(other.release()), types_(other.types_) {}

    /// Takes the operation over, and cancels the one it owned before.
    cancel_on_destroy& operator=(cancel_on_destroy&& other) noexcept {
        cancel_on_destroy(std::move(other)).swap(*this);
        return *this;
    }

    /// Cancels the operation.
    ~cancel_on_destroy() {
        boost::system::error_code empty;
        operation_.Cancel(types_, empty);
    }

    /// The handle.
    const Handle& get() const noexcept { return operation_; }
    /// The members of the handle.
    const Handle* operator->() const noexcept { return &operation_; }

    /// Gives the handle back without cancelling, and owns none afterwards.
    Handle release() noexcept { return std::exchange(operation_, Handle()); }

    /// Exchanges the operations of two owners.
    void swap(cancel_on_destroy& other) noexcept {
        std::swap(operation_, other.operation_);
        std::swap(types_, other.types_);
    }

private:
    Handle operation_;
    boost::asio::cancellation_type_t types_;
};

} // namespace asyncinfo

#endif // ASYNCINFO_CANCEL_ON_DESTROY_HPP
