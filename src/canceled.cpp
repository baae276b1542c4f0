//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// Which codes mean that an operation was cancelled, and the code of a deadline that has expired.

#include <asyncinfo/condition.hpp>
#include <asyncinfo/detail/block/canceled.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>
#include <boost/system/system_category.hpp>

#include <atomic>
#include <string>
#include <string_view>
#include <system_error>

namespace asyncinfo {
namespace {

using boost::system::error_code;

/// A code that means "cancelled" without being equal to that. Codes are only added, never removed.
struct canceled_code {
    std::string_view category; ///< its name: a header's category exists once in each shared library
    int value;
    const canceled_code* next;
};

struct registered_code : canceled_code {
    std::string name;
};

// Found by its category's name, which needs no experimental header of Asio's.
constinit const canceled_code channel_cancelled{"asio.channel", 2, nullptr};
constinit std::atomic<const canceled_code*> canceled_codes{&channel_cancelled};

bool is_registered(const error_code& code, const canceled_code* newest) noexcept {
    for (auto* c = newest; c; c = c->next)
        if (c->value == code.value() && c->category == code.category().name())
            return true;
    return false;
}

constexpr const char* deadline_category_name = "asyncinfo.deadline";

/// The category of the code of a deadline that has expired. It equals the system's category, so the
/// code equals `timed_out` for every reader. It is another object, which `condition` recognises.
///
/// Boost.System compares categories by their number, if they have one.
class deadline_category final : public boost::system::error_category {
public:
    constexpr deadline_category() noexcept : error_category(0xB2AB117A257EDFD1) {}

    const char* name() const noexcept override { return deadline_category_name; }
    std::string message(int) const override { return "The operation's own deadline has expired"; }
    boost::system::error_condition default_error_condition(int value) const noexcept override {
        return boost::system::system_category().default_error_condition(value);
    }
};

} // namespace

void treat_as_canceled(const error_code& code) {
    const auto* seen = canceled_codes.load(std::memory_order_acquire);
    if (!code.failed() || is_registered(code, seen))
        return;
    // Never freed: another thread may be reading it.
    auto* const added = new registered_code{{{}, code.value(), seen}, code.category().name()};
    added->category = added->name;
    while (!canceled_codes.compare_exchange_weak(added->next, added, std::memory_order_acq_rel)) {
    }
}

namespace detail {

bool means_canceled(const error_code& code) noexcept {
    return code == boost::asio::error::operation_aborted || // the same, but cheaper to find
           code == boost::system::errc::operation_canceled ||
           is_registered(code, canceled_codes.load(std::memory_order_acquire));
}

bool means_deadline_expired(const error_code& code) noexcept {
    return code.failed() && code.category().name() == std::string_view(deadline_category_name);
}

error_code timed_out() noexcept {
    static constinit const deadline_category own;
    static const bool equals_the_systems = [] {
        // Boost may keep one standard category for this number: the first category that is
        // converted. That must be the system's.
        static_cast<void>(
            static_cast<const std::error_category&>(boost::system::system_category()));
        return own == boost::system::system_category();
    }();
    const error_code plain = boost::asio::error::timed_out;
    return equals_the_systems ? error_code(plain.value(), own) : plain;
}

} // namespace detail
} // namespace asyncinfo
