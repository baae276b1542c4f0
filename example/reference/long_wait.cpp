// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <stdexcept>

namespace reference::long_wait_hpp {

void show() {
    set_long_wait_handler(10s); // says which get() hangs, and whether anybody runs its context

    // With a handler of one's own, and sooner:
    set_long_wait_handler(10ms,
                          [](const long_wait& wait) { throw std::runtime_error(to_string(wait)); });
    asio::io_context nobody_runs_it;
    asio::steady_timer timer(nobody_runs_it, 1ms);
    auto wait = timer.async_wait(use_async_info.named("login"));
    std::string said;
    try {
        wait.get();
    } catch (const std::runtime_error& e) {
        said = e.what();
    }
    set_long_wait_handler(0s);
    check(said.find("login") != said.npos);
}

const page shown("long_wait.hpp", show);

} // namespace reference::long_wait_hpp
