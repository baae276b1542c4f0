// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <map>

namespace reference::operation_group_hpp {

void tagged() {
    asio::io_context context;
    asio::steady_timer timer(context, 1ms);
    const std::string url = "/index.html";
    const auto get = [&](const std::string&) { return timer.async_wait(use_async_info); };
    std::map<std::string, AsyncStatus> shown;
    const auto show = [&](const std::string& tag, AsyncStatus status) { shown[tag] = status; };

    operation_group<std::string> downloads;
    downloads.add(get(url), url);

    context.run();

    // In every frame:
    downloads.drain([&](auto entry) { show(entry.tag, entry.operation.Status()); }, 2ms);

    check(shown.at(url) == AsyncStatus::Completed);
    check(downloads.empty());
}

void one_by_one() {
    async_source<int> source;
    operation_group<> group;
    group.add(source.operation());
    source.set_value(7);

    while (auto next = group.try_next())
        std::cout << next->operation.Id() << " has ended\n";

    check(group.size() == 0);
}

asio::awaitable<void> next_of(operation_group<>& group, bool& came) {
    auto [error, next] = co_await group.async_next(asio::as_tuple(asio::use_awaitable));

    came = !error && next->operation.Status() == AsyncStatus::Completed;
}

void awaited() {
    asio::io_context context;
    async_source<> source;
    operation_group<> group;
    group.add(source.operation());
    bool came = false;
    asio::co_spawn(context, next_of(group, came), asio::detached);
    asio::post(context, [&] { source.set_value(); });
    context.run();
    check(came);
}

void told_by_a_loop() {
    completion_queue queue;
    async_source<> source;
    operation_group<std::string> group;
    int shown = 0;
    const auto show = [&](const std::string&, AsyncStatus) { ++shown; };

    group.on_next(queue, [&](auto entry) { show(entry.tag, entry.operation.Status()); });

    group.add(source.operation(), "login");
    source.set_value();
    check(shown == 0);
    queue.poll();
    check(shown == 1);
}

void shut_down() {
    async_source<> source; // one that only stops by force
    source.on_cancel([&](asio::cancellation_type_t types) {
        if ((types & asio::cancellation_type::terminal) != asio::cancellation_type::none)
            source.set_canceled();
    });
    operation_group<> group;
    group.add(source.operation());

    if (!group.shutdown(500ms, asio::cancellation_type::total).empty())
        group.shutdown(1s); // of all types: `terminal` is new

    check(group.counts().canceled == 1);
}

const page first("operation_group.hpp", tagged), second("operation_group.hpp", one_by_one),
    third("operation_group.hpp", awaited), fourth("operation_group.hpp", told_by_a_loop),
    fifth("operation_group.hpp", shut_down);

} // namespace reference::operation_group_hpp
