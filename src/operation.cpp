//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/block/operation_base.hpp>

#include <asyncinfo/detail/core/request_types.hpp>

#include <boost/system/system_error.hpp>

#include <new>
#include <system_error>
#include <utility>

namespace asyncinfo::detail {
namespace {

boost::system::error_code code_of(const std::exception_ptr& exception) noexcept {
    try {
        std::rethrow_exception(exception);
    } catch (const boost::system::system_error& e) {
        return e.code();
    } catch (const std::system_error& e) {
        return e.code();
    } catch (...) {
        return errc::unhandled_exception;
    }
}

} // namespace

std::exception_ptr timed_out_exception() noexcept {
    try {
        auto exception = std::make_exception_ptr(boost::system::system_error(timed_out()));
        return code_of(exception) == timed_out() ? exception : nullptr;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void operation_base::latched() noexcept {}

bool operation_base::fail(const boost::system::error_code& code) noexcept {
    if (failed(code)) {
        store(code);
        return true;
    }
    store(timed_out());
    return false;
}

bool operation_base::fail(std::exception_ptr exception) noexcept {
    if (failed(code_of(exception))) {
        store(std::move(exception));
        return true;
    }
    // Without memory for another exception the code alone reports the deadline.
    if (exception = timed_out_exception(); exception)
        store(std::move(exception));
    else
        store(timed_out());
    return false;
}

void operation_base::store(const boost::system::error_code& code) noexcept {
    ::new (&code_) boost::system::error_code(code);
    failure_ = failure::code;
}

void operation_base::store(std::exception_ptr&& exception) noexcept {
    ::new (&exception_) std::exception_ptr(std::move(exception));
    failure_ = failure::exception;
}

bool operation_base::failed(const boost::system::error_code& code) noexcept {
    const bool canceled = means_canceled(code);
    const bool expired = canceled && (load() & lifecycle::expired);
    final_status_ = static_cast<unsigned char>(canceled && !expired ? AsyncStatus::Canceled
                                                                    : AsyncStatus::Error);
    return !expired;
}

void operation_base::mend_if_timed_out(boost::system::error_code& code) const noexcept {
    if ((load() & lifecycle::expired) && means_canceled(code))
        code = timed_out();
}

boost::system::error_code operation_base::code(boost::system::error_code& refused) noexcept {
    if (is_tracked()) [[unlikely]]
        identity_.seen();
    return read_code(refused);
}

boost::system::error_code operation_base::read_code(boost::system::error_code& refused) noexcept {
    switch (failure_) {
    case failure::code:
        return code_;
    case failure::exception:
        if (const auto thrown = read_exception(refused))
            return code_of(thrown);
        return refused;
    case failure::none:
        break;
    }
    return {};
}

std::exception_ptr operation_base::exception(boost::system::error_code& refused) noexcept {
    if (is_tracked()) [[unlikely]]
        identity_.seen();
    return read_exception(refused);
}

std::exception_ptr operation_base::read_exception(boost::system::error_code& refused) noexcept {
    if (failure_ != failure::exception)
        return nullptr;
    // Keeps the exception alive against Close on another thread.
    if (!hold()) {
        refused = errc::illegal_method_call;
        return nullptr;
    }
    std::exception_ptr copy = exception_;
    end_read();
    return copy;
}

void operation_base::record_end() noexcept {
    const auto status = static_cast<AsyncStatus>(final_status());
    // Nobody else reads the outcome before the status is published.
    const auto code = failure_ == failure::code        ? code_
                      : failure_ == failure::exception ? code_of(exception_)
                                                       : boost::system::error_code();
    identity_.ended(status, code, reason_of(status, code), lifecycle::requested(load()));
}

void operation_base::deliver(unsigned types) {
    try {
        if (hears_requests_)
            requested(true);
    } catch (...) {
        place_.deliver(types, request_types::unpack(types));
        throw;
    }
    place_.deliver(types, request_types::unpack(types));
}

void operation_base::notify_observers() {
    if (completed_ && observers_.empty())
        return call_completed(completed_.detach());
    observer* const only = completed_ ? nullptr : observers_.take_only();
    if (!only)
        return notify_many();
    if (only->is_heir())
        return only->ended(); // the completion handler's reference is the heir's
    const operation_ptr self(this, false);
    only->ended();
}

void operation_base::notify_many() {
    operation_ptr self(this, false);
    std::exception_ptr thrown;
    const auto serve = [&](auto&& call) {
        try {
            call();
        } catch (...) {
            if (!thrown)
                thrown = std::current_exception();
        }
    };
    observers_.notify(observer::rank::blocked_thread, [](observer& o) { o.ended(); });
    observers_.notify(observer::rank::submitted, [&](observer& o) {
        if (o.is_heir())
            retain();
        serve([&] { o.ended(); });
    });
    if (completed_)
        serve([&] { self.detach()->call_completed(completed_.detach()); });
    if (thrown)
        std::rethrow_exception(thrown);
}

template class gate<operation_base>;

} // namespace asyncinfo::detail
