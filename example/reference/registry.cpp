// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/registry.hpp>

#include <csignal>

namespace reference::registry_hpp {

void show() {
    registry::enable();
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    auto wait = timer.async_wait(use_async_info.named("the next round"));

    for (const auto& op : registry::snapshot().running)
        std::clog << op.id << ' ' << op.name << ' ' << op.what << '\n';

    registry::dump(std::cerr);

#if !defined(_WIN32)
    registry::dump_on_signal(SIGUSR1);
#endif

    check(registry::snapshot().running.size() == 1);
    check(registry::cancel(wait.Id()));
    context.run();
    check(wait.ending().asked_by == cancel_source::registry);
    registry::disable();
}

const page shown("registry.hpp", show);

} // namespace reference::registry_hpp
