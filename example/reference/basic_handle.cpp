// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::basic_handle_hpp {

void show() {
    completion_queue gui;
    async_source<int> source;
    auto read = source.operation();
    int shown = 0;
    const auto show = [&](int value) { shown = value; };

    read.Completed(asio::bind_executor(gui, [&](const auto& sender, AsyncStatus status) {
        if (status == AsyncStatus::Completed)
            show(sender.GetResults());
    }));

    source.set_value(7);
    check(shown == 0);
    gui.poll();
    check(shown == 7);
}

const page first("basic_handle.hpp", show);

} // namespace reference::basic_handle_hpp
