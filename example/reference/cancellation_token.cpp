// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>
#include <thread>

namespace reference::cancellation_token_hpp {

struct block {
    int search() const {
        std::this_thread::sleep_for(1ms);
        return 1;
    }
};

IAsyncOperation<int> search(asio::thread_pool& pool, std::vector<block> blocks) {
    auto token = co_await get_cancellation_token();
    co_await resume_on(pool);
    int found = 0;
    for (const block& part : blocks) {
        token.throw_if_cancelled(); // nothing is awaited here
        found += part.search();
    }
    co_return found;
}

void asked() {
    asio::thread_pool pool(1);
    auto op = search(pool, std::vector<block>(100'000));
    op.Cancel();
    check(op.wait() == AsyncStatus::Canceled);
    check(search(pool, std::vector<block>(3)).get() == 3);
}

/// Something that knows nothing of cancellation.
struct stoppable {
    async_source<> source;
    void stop() { source.set_value(); }
};

IAsyncAction call(asio::io_context&, stoppable& library) {
    auto token = co_await get_cancellation_token();
    token.callback([&] { library.stop(); });

    token.enable_propagation(false);
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await library.source.operation();
}

void told() {
    asio::io_context context;
    stoppable library;
    auto op = call(context, library);
    op.Cancel();
    op.get(context);
}

IAsyncAction receive(tcp::socket& socket) {
    std::array<char, 16> data;
    const auto buffer = asio::buffer(data);
    auto token = co_await get_cancellation_token();

    for (;;) { // each message has 30 s
        token.renew_deadline(30s);
        use(co_await socket.async_read_some(buffer, use_async_info));
    }
}

void renewed() {
    connection pair;
    auto op = receive(pair.socket);
    pair.send("hello");
    pair.peer.close();
    check(op.wait_for(pair.context, 1h) == AsyncStatus::Error);
    check(op.ErrorCode() == asio::error::eof);
}

const page first("cancellation_token.hpp", asked), second("cancellation_token.hpp", told),
    third("cancellation_token.hpp", renewed);

} // namespace reference::cancellation_token_hpp
