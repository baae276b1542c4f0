// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A class that cancels what it has started when it goes.

#include "cookbook.hpp"

namespace cookbook::cancel_with_object {

class client {
public:
    explicit client(tcp::socket socket) : state_(std::make_shared<state>(std::move(socket))) {}
    ~client() { operations_.cancel_all(); } // does not wait

    IAsyncOperation<std::size_t> read() {
        operations_.drain([](auto) {}); // those that have ended
        // The operation keeps the socket and the buffer: it may end after this object.
        auto read = state_->socket.async_read_some(asio::buffer(state_->data),
                                                   asio::consign(use_async_info, state_));
        operations_.add(read);
        return read;
    }

private:
    struct state {
        explicit state(tcp::socket s) : socket(std::move(s)) {}
        tcp::socket socket;
        std::array<char, 512> data;
    };

    const std::shared_ptr<state> state_;
    operation_group<> operations_;
};

void run() {
    asio::thread_pool pool(2);
    connection c(pool.get_executor());
    IAsyncOperation<std::size_t> first, second;
    {
        client some(std::move(c.here));
        asio::write(c.there, asio::buffer("hello", 5));
        first = some.read();
        check(first.get() == 5);
        second = some.read();
    }
    check(second.wait() == AsyncStatus::Canceled);
}

const recipe here("cancel_with_object", run);

} // namespace cookbook::cancel_with_object
