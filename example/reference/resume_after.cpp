// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::resume_after_hpp {

IAsyncAction wait(asio::io_context&) {
    const auto start = std::chrono::steady_clock::now();
    co_await resume_after(20ms);
    check(std::chrono::steady_clock::now() - start >= 20ms);
}

void show() {
    asio::io_context context;
    wait(context).get(context);
}

const page shown("resume_after.hpp", show);

} // namespace reference::resume_after_hpp
