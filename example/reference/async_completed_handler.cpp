// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <array>

namespace reference::async_completed_handler_hpp {

void callable() {
    async_source<int> source;
    auto op = source.operation();

    op.Completed([](const auto& sender, AsyncStatus status) {
        std::cout << "operation " << sender.Id() << ": " << status << '\n';
    });

    check(op.Completed() != nullptr);
    source.set_value(7);
    check(op.Completed() == nullptr); // it was called
}

class session {
public:
    explicit session(tcp::socket socket) : socket_(std::move(socket)) {}

    void start() {
        auto read = socket_.async_read_some(asio::buffer(data_), use_async_info);
        read.Completed({this, &session::on_read});
    }

    std::size_t size = 0;

private:
    void on_read(const IAsyncOperation<std::size_t>& read, AsyncStatus status) {
        if (status == AsyncStatus::Completed)
            size = read.GetResults();
    }

    tcp::socket socket_;
    std::array<char, 16> data_;
};

void member() {
    connection pair;
    session one(std::move(pair.socket));
    one.start();
    pair.send("hello");
    pair.context.run();
    check(one.size == 5);
}

const page first("async_completed_handler.hpp", callable),
    second("async_completed_handler.hpp", member);

} // namespace reference::async_completed_handler_hpp
