//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/fire_and_forget.hpp>

#include <atomic>

namespace asyncinfo {
namespace {

constinit std::atomic<unhandled_exception_handler> current{nullptr};

} // namespace

unhandled_exception_handler
set_unhandled_exception_handler(unhandled_exception_handler handler) noexcept {
    return current.exchange(handler);
}

void detail::unhandled_exception() noexcept {
    if (const auto handler = current.load())
        handler(std::current_exception());
    else
        std::terminate();
}

} // namespace asyncinfo
