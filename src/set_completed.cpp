//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/block/operation_base.hpp>

#include <utility>

namespace asyncinfo::detail {

void operation_base::set_completed(completed_ptr handler, boost::system::error_code& error) {
    if (handler && assign_at_once()) {
        completed_.swap(handler); // it was null
        return unlock(true);
    }
    set_completed_slowly(std::move(handler), error);
}

void operation_base::set_completed_slowly(completed_ptr handler, boost::system::error_code& error) {
    switch (assign()) {
    case lifecycle::next::perform:
        completed_ = std::move(handler);
        unlock_observers();
        return;
    case lifecycle::next::call_now:
        if (handler)
            handler->run(operation_ptr(this), status());
        return;
    default:
        error = (load() & lifecycle::closed) ? errc::illegal_method_call
                                             : errc::illegal_delegate_assignment;
    }
}

completed_ptr operation_base::completed() noexcept {
    if (!lock())
        return nullptr;
    completed_ptr handler = completed_;
    unlock();
    return handler;
}

} // namespace asyncinfo::detail
