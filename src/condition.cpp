//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/condition.hpp>

#include <asyncinfo/detail/block/canceled.hpp>

#include <string>

namespace asyncinfo {
namespace {

using boost::system::error_code;

class conditions final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "asyncinfo.condition"; }

    std::string message(int value) const override {
        switch (static_cast<condition>(value)) {
        case condition::canceled:
            return "The operation was cancelled";
        case condition::deadline_expired:
            return "The operation's own deadline has expired";
        }
        return "Unknown asyncinfo condition";
    }

    bool equivalent(const error_code& code, int value) const noexcept override {
        switch (static_cast<condition>(value)) {
        case condition::canceled:
            return detail::means_canceled(code);
        case condition::deadline_expired:
            return detail::means_deadline_expired(code);
        }
        return false;
    }
};

} // namespace

const boost::system::error_category& condition_category() noexcept {
    static const conditions instance;
    return instance;
}

boost::system::error_condition make_error_condition(condition c) noexcept {
    return {static_cast<int>(c), condition_category()};
}

} // namespace asyncinfo
