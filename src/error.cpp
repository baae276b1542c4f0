//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <string>

namespace asyncinfo {
namespace {

const char* text_of(errc e) noexcept {
    switch (e) {
    case errc::illegal_method_call:
        return "Illegal method call in the state that the operation is in";
    case errc::illegal_state_change:
        return "Illegal state change: the operation is still running, Cancel it and wait for "
               "its end";
    case errc::illegal_delegate_assignment:
        return "Illegal delegate assignment: Completed has been set before, use async_wait or "
               "op(token) to tell others";
    case errc::empty_handle:
        return "The handle is empty: it was given no operation, or it was moved from";
    case errc::abandoned:
        return "The operation was abandoned: its completion handler was destroyed uncalled";
    case errc::unhandled_exception:
        return "The operation ended by an exception that is no system_error";
    case errc::would_deadlock:
        return "Waiting here would block the thread that is to finish the operation: use "
               "Completed, co_await or get(context)";
    case errc::empty_set:
        return "The set of operations is empty";
    case errc::group_shut_down:
        return "The group of operations has been shut down";
    }
    return "Unknown asyncinfo error";
}

class category final : public boost::system::error_category {
public:
    // The number makes it equal to the category of another copy of the library in the process.
    constexpr category() noexcept : error_category(0x72a1c6e05f3b498d) {}

    const char* name() const noexcept override { return "asyncinfo"; }

    std::string message(int value) const override { return text_of(static_cast<errc>(value)); }

    boost::system::error_condition default_error_condition(int value) const noexcept override {
        namespace condition = boost::system::errc;
        switch (static_cast<errc>(value)) {
        case errc::illegal_method_call:
        case errc::illegal_delegate_assignment:
        case errc::group_shut_down:
            return condition::make_error_condition(condition::operation_not_permitted);
        case errc::illegal_state_change:
            return condition::make_error_condition(condition::operation_in_progress);
        case errc::empty_handle:
        case errc::empty_set:
            return condition::make_error_condition(condition::invalid_argument);
        case errc::abandoned:
            return condition::make_error_condition(condition::owner_dead);
        case errc::would_deadlock:
            return condition::make_error_condition(condition::resource_deadlock_would_occur);
        case errc::unhandled_exception:
            break;
        }
        return {value, *this};
    }
};

} // namespace

const boost::system::error_category& error_category() noexcept {
    static const category instance;
    return instance;
}

boost::system::error_code make_error_code(errc e) noexcept {
    return {static_cast<int>(e), error_category()};
}

operation_canceled::operation_canceled() : system_error(boost::asio::error::operation_aborted) {}

} // namespace asyncinfo
