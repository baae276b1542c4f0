// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <sstream>

namespace reference::ending_hpp {

void show() {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    IAsyncAction op = timer.async_wait(use_async_info);
    op.Cancel();
    context.run();

    const async_ending ending = op.ending();
    if (ending.reason == ending_reason::cancelled)
        std::clog << "stopped by " << ending.asked_by << '\n';

    check(ending.reason == ending_reason::cancelled);
    check(ending.asked_types == asio::cancellation_type::all);
}

const page shown("ending.hpp", show);

} // namespace reference::ending_hpp
