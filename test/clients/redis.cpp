// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
// Boost.Redis: a connection is for one thread at a time, so it is on a strand of a pool of four.
// Its initiations name no executor, and it erases its handlers.

#include "check.hpp"
#include "server.hpp"

#include <boost/redis.hpp>
#include <boost/redis/src.hpp>

#include <string>
#include <vector>

namespace redis = boost::redis;
using namespace clients;
using asyncinfo::IAsyncAction;
using asyncinfo::IAsyncOperation;

namespace {

/// A connection, and all that is started on it, which must outlive it.
struct client {
    explicit client(const server& server) {
        config.addr.port = std::to_string(server.port());
        config.health_check_interval = 0s;
        config.reconnect_wait_interval = 50ms;
    }

    ~client() {
        run_on(strand, [&] { connection.cancel(); });
        pool.join();
    }

    IAsyncAction run() {
        return run_on(strand, [&] {
            return connection.async_run(config, {redis::logger::level::emerg}, use_async_info);
        });
    }

    template <typename Token>
    auto execute(const redis::request& request, redis::generic_response& response, Token token) {
        return run_on(strand, [&] { return connection.async_exec(request, response, token); });
    }

    asio::thread_pool pool{4};
    asio::strand<asio::thread_pool::executor_type> strand = asio::make_strand(pool);
    redis::connection connection{strand};
    redis::config config;
};

/// A command whose answer takes ten seconds; it goes when its connection does.
redis::request slow_command() {
    redis::request request;
    request.push("BLPOP", "nothing", "10");
    request.get_config().cancel_if_unresponded = true;
    return request;
}

redis::request ping() {
    redis::request request;
    request.push("PING");
    return request;
}

void answers(client& c) {
    const auto request = ping();
    redis::generic_response response;
    expect_end(c.execute(request, response, use_async_info), AsyncStatus::Completed, "a command");
    expect(response.value().front().value == "PONG", "another answer");
}

} // namespace

int main() {
    const watchdog limit(120s);
    redis_server server;

    scenario("commands from another thread, results by get()", [&] {
        client c(server);
        const auto run = c.run();
        for (int i = 0; i < 20; ++i)
            answers(c);
        run.Cancel();
        expect_end(run, AsyncStatus::Canceled, "async_run");
    });
    scenario("async_run cancelled from another thread, 20 times; it does not reconnect", [&] {
        for (int i = 0; i < 20; ++i) {
            client c(server);
            const auto run = c.run();
            if (i % 2 == 0)
                answers(c);
            run.Cancel();
            // Cancelled while it looks up or connects, Redis calls that a time-out of its own.
            run.wait_for(patience);
            expect(run.Status() == AsyncStatus::Canceled ||
                       run.ErrorCode() == redis::error::resolve_timeout ||
                       run.ErrorCode() == redis::error::connect_timeout,
                   "async_run is " + told(run));
        }
    });
    scenario(
        "async_run cancelled from another thread under load: heard, or connection.cancel() ends it",
        [&] {
            int lost = 0;
            for (int i = 0; i < 20; ++i) {
                client c(server);
                const auto run = c.run();
                answers(c);
                std::vector<redis::request> requests(100, ping());
                redis::generic_response responses;
                std::vector<IAsyncOperation<std::size_t>> commands;
                for (const auto& request : requests)
                    commands.push_back(c.execute(request, responses, use_async_info));
                run.Cancel();
                lost += run.wait_for(500ms) == AsyncStatus::Started;
                run_on(c.strand, [&] { c.connection.cancel(); });
                expect(run.wait_for(patience) != AsyncStatus::Started, "async_run goes on");
                for (const auto& command : commands)
                    expect(command.wait_for(patience) != AsyncStatus::Started, "a command goes on");
            }
            return std::to_string(lost) + " of 20 lost by Boost.Redis";
        });
    scenario("async_exec cancelled from another thread, not connected", [&] {
        client c(server);
        const auto request = ping();
        redis::generic_response response;
        const auto command = c.execute(request, response, use_async_info);
        command.Cancel();
        expect_end(command, AsyncStatus::Canceled, "the command");
    });
    scenario(
        "async_exec cancelled from another thread, sent: closes the connection, which comes back",
        [&] {
            client c(server);
            const auto run = c.run();
            answers(c);
            const auto request = slow_command();
            redis::generic_response response;
            const auto command = c.execute(request, response, use_async_info);
            while (run_on(c.strand, [&] { return c.connection.get_usage().commands_sent; }) < 3)
                std::this_thread::sleep_for(1ms); // HELLO, PING, and this one
            command.Cancel();
            expect_end(command, AsyncStatus::Canceled, "the command");
            answers(c);
            expect(run.Status() == AsyncStatus::Started, "async_run is " + told(run));
        });
    scenario("deadline of a command", [&] {
        client c(server);
        const auto run = c.run();
        const auto request = slow_command();
        redis::generic_response response;
        expect_timed_out(c.execute(request, response, use_async_info.cancel_after(300ms)),
                         "the command");
        expect(run.Status() == AsyncStatus::Started, "async_run is " + told(run));
    });
    scenario("server killed while a command runs; another one takes its place", [&] {
        client c(server);
        const auto run = c.run();
        answers(c);
        const auto request = slow_command();
        redis::generic_response response;
        const auto command = c.execute(request, response, use_async_info);
        server.kill();
        command.wait_for(patience);
        expect(command.Status() != AsyncStatus::Started, "the command goes on");
        server.start();
        answers(c);
        expect(run.Status() == AsyncStatus::Started, "async_run is " + told(run));
        run.Cancel();
        expect_end(run, AsyncStatus::Canceled, "async_run");
        return "the command: " + told(command);
    });
    return result();
}
