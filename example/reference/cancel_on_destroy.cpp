// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::cancel_on_destroy_hpp {

void show() {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    IAsyncAction seen;
    {
        cancel_on_destroy wait(timer.async_wait(use_async_info));
        wait->cancel_after(5s); // the members of the handle

        seen = wait.get();
    }
    context.run();
    check(seen.Status() == AsyncStatus::Canceled);
}

const page shown("cancel_on_destroy.hpp", show);

} // namespace reference::cancel_on_destroy_hpp
