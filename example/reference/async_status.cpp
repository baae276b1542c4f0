// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <string_view>

namespace reference::async_status_hpp {

void show() {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    int frames = 0;
    IAsyncAction op = timer.async_wait(use_async_info);
    const auto draw_a_frame = [&] {
        if (++frames == 3)
            op.Cancel();
        context.poll();
    };

    while (op.Status() == AsyncStatus::Started)
        draw_a_frame();
    std::cout << "it ended as " << op.Status() << '\n';

    check(op.Status() == AsyncStatus::Canceled && frames >= 3);
    check(to_string(op.Status()) == std::string_view("Canceled"));
}

const page shown("async_status.hpp", show);

} // namespace reference::async_status_hpp
