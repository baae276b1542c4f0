// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>
#include <thread>

namespace reference::completion_queue_hpp {

struct frames {
    int left = 1000;
    bool closed() const { return left == 0; }
    void draw() {
        --left;
        std::this_thread::sleep_for(1ms);
    }
};

void a_game() {
    connection pair;
    auto& socket = pair.socket;
    pair.send("hello");
    std::array<char, 5> data;
    const auto buffer = asio::buffer(data);
    frames window;
    std::thread::id where;
    const auto show = [&](const auto& outcome) {
        check(get<0>(outcome) == error_code() && get<1>(outcome) == 5u);
        where = std::this_thread::get_id();
        window.left = 1;
    };

    completion_queue queue;
    auto read = asio::async_read(socket, buffer, use_async_info); // runs on some io_context
    read.Completed(asio::bind_executor(queue, [&](auto& op, auto) { show(op.outcome()); }));

    std::thread runs([&] { pair.context.run(); });

    while (!window.closed()) { // on this thread, in every frame
        queue.poll_for(2ms);
        window.draw();
    }

    runs.join();
    check(where == std::this_thread::get_id());
}

void until_work_is_over() {
    completion_queue queue;
    asio::steady_timer timer(queue, 1ms);
    bool called = false;
    timer.async_wait([&](error_code) { called = true; });

    while (queue.wait()) // what run() is to an io_context
        queue.poll();

    check(called);
}

struct message_loop {
    void post_message(int message) { posted = message; }
    int posted = 0;
};

void woken() {
    completion_queue queue;
    message_loop window;
    const int poll_the_queue = 1;

    queue.on_ready([&] { window.post_message(poll_the_queue); });

    asio::post(queue, [] {});
    check(window.posted == poll_the_queue);
    check(queue.poll() == 1);
    queue.on_ready(nullptr);
}

const page first("completion_queue.hpp", a_game),
    second("completion_queue.hpp", until_work_is_over), third("completion_queue.hpp", woken);

} // namespace reference::completion_queue_hpp
