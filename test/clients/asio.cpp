// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
// Asio's own examples of coroutines, changed in one thing only: `use_awaitable` reads
// `use_async_info`. `inside` makes and builds them; their servers run beside this program, whose
// arguments are the folder they are in and the names of the echo servers.

#include "check.hpp"
#include "server.hpp"

#include <string>
#include <vector>

using namespace clients;
using tcp = asio::ip::tcp;

namespace {

class example : public server {
public:
    explicit example(std::vector<std::string> command, unsigned short at) {
        set_port(at);
        set_command(std::move(command));
        start();
    }
};

asyncinfo::IAsyncOperation<std::string> say(tcp::socket& socket, std::string text) {
    co_await asio::async_write(socket, asio::buffer(text), use_async_info);
    std::string answer;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(answer), '\n', use_async_info);
    co_return answer;
}

/// Eight clients at once, each on a thread of the same bare pool, each with 50 messages.
asyncinfo::IAsyncAction converse(asio::any_io_executor executor, tcp::endpoint endpoint) {
    tcp::socket socket(executor);
    co_await socket.async_connect(endpoint, use_async_info);
    for (int i = 0; i < 50; ++i) {
        const std::string line = "line " + std::to_string(i) + '\n';
        if (co_await say(socket, line) != line)
            throw std::runtime_error("another echo");
    }
}

} // namespace

int main(int count, char** arguments) {
    const watchdog limit(60s);
    const std::string folder = arguments[1];

    for (int i = 2; i < count; ++i)
        scenario(std::string(arguments[i]) + ".cpp: eight clients at once", [&] {
            const example server({folder + '/' + arguments[i]}, 55555);
            asio::thread_pool pool(4);
            std::vector<asyncinfo::IAsyncAction> clients;
            for (int j = 0; j < 8; ++j)
                clients.push_back(converse(pool.get_executor(), server.endpoint()));
            asyncinfo::when_all(clients).get();
            pool.join();
        });
    scenario("chat_server.cpp: what one says, both hear", [&] {
        const example server({folder + "/chat_server", "55556"}, 55556);
        asio::thread_pool pool(4);
        tcp::socket one(pool), other(pool);
        one.async_connect(server.endpoint(), use_async_info).get();
        other.async_connect(server.endpoint(), use_async_info).get();
        // The other one has joined when it hears itself.
        expect(say(other, "hello\n").get() == "hello\n", "another line");
        std::string text;
        expect_end(asio::async_read_until(one, asio::dynamic_buffer(text), '\n', use_async_info),
                   AsyncStatus::Completed, "the read");
        const auto waiting =
            asio::async_read_until(one, asio::dynamic_buffer(text), "never", use_async_info);
        waiting.Cancel();
        expect_end(waiting, AsyncStatus::Canceled, "the read");
        expect_timed_out(asio::async_read_until(one, asio::dynamic_buffer(text), "never",
                                                use_async_info.cancel_after(100ms)),
                         "the read");
        pool.join();
    });
    scenario("chat_server.cpp: killed while a read is pending", [&] {
        example server({folder + "/chat_server", "55556"}, 55556);
        asio::thread_pool pool(4);
        tcp::socket socket(pool);
        socket.async_connect(server.endpoint(), use_async_info).get();
        char data[16];
        const auto read = socket.async_read_some(asio::buffer(data), use_async_info);
        server.kill();
        expect_end(read, AsyncStatus::Error, "the read");
        pool.join();
        return told(read);
    });
    return result();
}
