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

void operation_base::cancel(boost::asio::cancellation_type_t types, cancel_source by) noexcept {
    if (is_tracked() && types != boost::asio::cancellation_type::none) [[unlikely]]
        identity_.asked(by);
    request(request_types::pack(types));
    if (hears_requests_)
        latched();
}

boost::asio::cancellation_type_t operation_base::requested_types() const noexcept {
    return request_types::unpack(lifecycle::requested(load()));
}

void operation_base::pass_on_cancel(boost::asio::cancellation_type_t types,
                                    cancel_source by) noexcept {
    struct request {
        operation_ptr operation;
        boost::asio::cancellation_type_t types;
        cancel_source by;
    };
    static constinit thread_local std::vector<request>* waiting = nullptr;
    // The last handle may be dropped while the operation is being cancelled.
    const operation_ptr keep(this);
    if (waiting) {
        try {
            waiting->push_back({keep, types, by});
            return;
        } catch (const std::bad_alloc&) {
            // Without memory the request is passed on recursively, on the stack.
            return cancel(types, by);
        }
    }
    std::vector<request> passed_on;
    waiting = &passed_on;
    cancel(types, by);
    while (!passed_on.empty()) {
        const request next = std::move(passed_on.back());
        passed_on.pop_back();
        next.operation->cancel(next.types, next.by);
    }
    waiting = nullptr;
}

void operation_base::expire(unsigned types) noexcept {
    if (is_tracked()) [[unlikely]]
        identity_.asked(cancel_source::deadline);
    gate::expire(types);
    if (hears_requests_)
        latched();
}

} // namespace asyncinfo::detail
