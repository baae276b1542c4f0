// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>

namespace reference::async_info_hpp {

/// A read that gets nothing before somebody sends, and its examples.
struct example : connection {
    std::array<char, 16> data;
    asio::steady_timer timer{context, 1h};
    IAsyncOperation<std::size_t> read =
        socket.async_read_some(asio::buffer(data), use_async_info.named("read"));
    IAsyncAction wait = timer.async_wait(use_async_info);

    example() = default;
    example(const example&) = delete;
    ~example() {
        read.Cancel();
        wait.Cancel();
        context.restart();
        context.run();
    }

    void all_kinds() {
        std::vector<IAsyncInfo> running{read, wait};
        for (const IAsyncInfo& op : running)
            std::cout << op.Id() << ": " << op.Status() << '\n';

        check(running[0] == read && running[0] != wait);
    }

    void cancelled() {
        read.Cancel();

        check(read.wait_for(context, 1h) == AsyncStatus::Canceled);
    }

    void has_deadlines() {
        read.cancel_after(5s, asio::cancellation_type::total);
        read.cancel_after(6s); // and then by force

        check(!read.cancel_requested());
        send("hello");
        check(read.get(context) == 5);
    }

    void takes_long() {
        asio::post(context, [this] { send("hello"); });

        if (read.wait_for(context, 5s) == AsyncStatus::Started)
            std::cout << "it takes long\n";

        check(read.Status() == AsyncStatus::Completed);
    }

    void waits_as_an_operation() {
        read.async_wait([](error_code error) { std::cout << error.message() << '\n'; });

        send("hello");
        read.get(context);
        context.poll();
    }

    void back_to_its_kind() {
        const IAsyncInfo info = read;
        std::optional<std::size_t> used;
        const auto use = [&](auto size) { used = size; };
        send("hello");
        read.wait_for(context, 1h);

        if (auto found = info.try_as<IAsyncOperation<std::size_t>>())
            use(found.try_get());

        std::clog << info.name() << ": " << info.ending() << '\n';

        check(used == 5u);
        check(info.ending().reason == ending_reason::finished);
    }
};

void keeps_moving() {
    connection pair;
    std::string text(5, ' ');
    auto download = with_progress(text.size(), [&](auto condition, auto token) {
        return asio::async_read(pair.socket, asio::buffer(text), condition, token);
    });

    download.Progress([](const auto& sender, auto) { sender.renew_deadline(30s); });

    pair.send("hello");
    check(download.get(pair.context) == 5);
}

void show() {
    example().all_kinds();
    example().cancelled();
    example().has_deadlines();
    example().takes_long();
    example().waits_as_an_operation();
    example().back_to_its_kind();
    keeps_moving();
}

const page shown("async_info.hpp", show);

} // namespace reference::async_info_hpp
