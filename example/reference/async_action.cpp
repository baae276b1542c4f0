// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <future>

namespace reference::async_action_hpp {

void show() {
    asio::thread_pool context(1);
    asio::steady_timer timer(context, 1ms);

    IAsyncAction wait = timer.async_wait(use_async_info);

    std::future<void> done = wait(asio::use_future);

    done.get();
    check(wait.Status() == AsyncStatus::Completed);
    wait.GetResults();
}

const page shown("async_action.hpp", show);

} // namespace reference::async_action_hpp
