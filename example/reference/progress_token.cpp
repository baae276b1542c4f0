// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

namespace reference::progress_token_hpp {

struct file {
    asio::steady_timer* timer;
    IAsyncAction copy() const { return timer->async_wait(use_async_info); }
};

IAsyncActionWithProgress<double> copy(std::vector<file> files) {
    auto progress = co_await get_progress_token();
    for (std::size_t n = 0; n < files.size(); ++n) {
        co_await files[n].copy();
        progress(double(n + 1) / double(files.size()));
    }
}

void show() {
    asio::io_context context;
    asio::steady_timer timer(context, 1ms);
    auto op = copy({file{&timer}, file{&timer}});
    int calls = 0;
    op.Progress([&](auto&, double) { ++calls; });
    op.get(context);
    check(calls == 2 && op.progress() == 1);
}

const page shown("progress_token.hpp", show);

} // namespace reference::progress_token_hpp
