//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// The executor of an operation as an `any_io_executor`. A file of its own: who does not ask for it
// does not link what that takes.

#include <asyncinfo/detail/asio/executor_storage.hpp>
#include <asyncinfo/detail/block/operation_base.hpp>

namespace asyncinfo::detail {

boost::asio::any_io_executor operation_base::executor() {
    // A plain one stays as it is.
    if (held() == held_executor::plain)
        return current_executor();
    // Locked against the end, which gives the executor back; after the end nothing changes.
    struct guard {
        operation_base& self;
        const bool locked = self.lock();
        ~guard() {
            if (locked)
                self.unlock();
        }
    } const holding{*this};
    return current_executor();
}

boost::asio::any_io_executor operation_base::current_executor() {
    using boost::asio::any_io_executor;
    static constexpr struct final_maker final : any_executor_maker {
        any_io_executor
        operator()(const boost::asio::io_context::executor_type& e) const noexcept override {
            return any_io_executor(e);
        }
        any_io_executor
        operator()(const boost::asio::thread_pool::executor_type& e) const noexcept override {
            return any_io_executor(e);
        }
    } make{};
    any_io_executor found = own_executor(make);
    if (!found)
        found = or_system_executor(found);
    return found;
}

} // namespace asyncinfo::detail
