//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// How a request comes to an operation.

#include <asyncinfo/detail/block/operation_base.hpp>
#include <asyncinfo/detail/core/request_types.hpp>

#include <new>
#include <utility>
#include <vector>

namespace asyncinfo::detail {

void operation_base::cancel(boost::asio::cancellation_type_t types) noexcept {
    request(request_types::pack(types));
    if (hears_requests_)
        latched();
}

boost::asio::cancellation_type_t operation_base::requested_types() const noexcept {
    return request_types::unpack(lifecycle::requested(load()));
}

void operation_base::pass_on_cancel(boost::asio::cancellation_type_t types) noexcept {
    using request_type = std::pair<operation_ptr, boost::asio::cancellation_type_t>;
    static constinit thread_local std::vector<request_type>* waiting = nullptr;
    if (waiting) {
        try {
            waiting->emplace_back(this, types);
            return;
        } catch (const std::bad_alloc&) {
            // Without memory the request is passed on recursively, on the stack.
            const operation_ptr keep(this);
            return cancel(types);
        }
    }
    // The last handle may be dropped while the operation is being cancelled.
    const operation_ptr keep(this);
    std::vector<request_type> passed_on;
    waiting = &passed_on;
    cancel(types);
    while (!passed_on.empty()) {
        const request_type next = std::move(passed_on.back());
        passed_on.pop_back();
        next.first->cancel(next.second);
    }
    waiting = nullptr;
}

void operation_base::expire(unsigned types) noexcept {
    gate::expire(types);
    if (hears_requests_)
        latched();
}

} // namespace asyncinfo::detail
