// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::condition_hpp {

void deadline() {
    async_source<int> source;
    auto read = source.operation();
    read.cancel_after(0s);
    source.set_canceled(); // what an operation does that is asked to stop
    bool later = false;
    const auto retry_later = [&] { later = true; };

    if (read.ErrorCode() == condition::deadline_expired)
        retry_later();

    check(later);
    check(read.ErrorCode() == asio::error::timed_out);
}

/// The errors of some library.
enum class library_errc { request_dropped = 1 };

struct library_category final : boost::system::error_category {
    const char* name() const noexcept override { return "reference::library"; }
    std::string message(int) const override { return "request dropped"; }
};

error_code make_error_code(library_errc e) {
    static const library_category category;
    return {static_cast<int>(e), category};
}

} // namespace reference::condition_hpp

template <>
struct boost::system::is_error_code_enum<reference::condition_hpp::library_errc> : std::true_type {
};

namespace reference::condition_hpp {

void foreign_code() {
    treat_as_canceled(library_errc::request_dropped);

    async_source<> source;
    source.set_error(library_errc::request_dropped);
    check(source.operation().Status() == AsyncStatus::Canceled);
}

const page first("condition.hpp", deadline), second("condition.hpp", foreign_code);

} // namespace reference::condition_hpp
