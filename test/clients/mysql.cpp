// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
// Boost.MySQL, over TLS: one operation at a time on a connection, on a bare pool of four threads.
// It erases its handlers. Its connection pool has a strand of its own (`thread_safe`).

#define BOOST_MYSQL_SEPARATE_COMPILATION // what src.hpp, included below, asks for

#include "check.hpp"
#include "server.hpp"

#include <boost/mysql/any_connection.hpp>
#include <boost/mysql/connection_pool.hpp>
#include <boost/mysql/error_categories.hpp>
#include <boost/mysql/pool_params.hpp>
#include <boost/mysql/results.hpp>
#include <boost/mysql/src.hpp>

#include <memory>
#include <string>
#include <vector>

namespace mysql = boost::mysql;
using namespace clients;

namespace {

struct client {
    ~client() { pool.join(); }

    explicit client(const server& server) : port(server.port()) {}

    void connect() {
        mysql::connect_params parameters;
        parameters.server_address.emplace_host_and_port("127.0.0.1", port);
        parameters.username = "root";
        connection.async_connect(parameters, use_async_info).get();
    }

    template <typename Token>
    auto execute(const char* query, Token token) {
        return connection.async_execute(query, answer, token);
    }

    unsigned short port;
    asio::thread_pool pool{4};
    mysql::any_connection connection{pool.get_executor()};
    mysql::results answer;
};

mysql::pool_params parameters_for(unsigned short port) {
    mysql::pool_params parameters;
    parameters.server_address.emplace_host_and_port("127.0.0.1", port);
    parameters.username = "root";
    parameters.thread_safe = true;
    parameters.initial_size = 2;
    parameters.max_size = 4;
    return parameters;
}

} // namespace

int main() {
    const watchdog limit(150s);
    mysql_server server;

    scenario("queries, results by get() on another thread", [&] {
        client c(server);
        c.connect();
        for (int i = 0; i < 20; ++i) {
            c.execute("SELECT 42", use_async_info).get();
            expect(c.answer.rows().at(0).at(0).as_int64() == 42, "another answer");
        }
    });
    scenario("query cancelled from another thread, 10 times", [&] {
        for (int i = 0; i < 10; ++i) {
            client c(server);
            c.connect();
            const auto query = c.execute("SELECT SLEEP(10)", use_async_info);
            query.Cancel();
            expect_end(query, AsyncStatus::Canceled, "the query");
        }
    });
    scenario("query cancelled from another thread between its steps, 20 times", [&] {
        int completed = 0;
        for (int i = 0; i < 20; ++i) {
            client c(server);
            c.connect();
            const auto query =
                c.execute("SELECT REPEAT('a', 1000000) UNION ALL SELECT REPEAT('b', 1000000)",
                          use_async_info);
            std::this_thread::sleep_for(i * 500us);
            query.Cancel();
            expect(query.wait_for(patience) != AsyncStatus::Started, "the query goes on");
            completed += query.Status() == AsyncStatus::Completed;
            expect(query.Status() != AsyncStatus::Error, "the query is " + told(query));
        }
        return std::to_string(completed) + " of 20 were quicker";
    });
    scenario("deadline of a query", [&] {
        client c(server);
        c.connect();
        expect_timed_out(c.execute("SELECT SLEEP(10)", use_async_info.cancel_after(300ms)),
                         "the query");
    });
    scenario("deadline that asks for what MySQL does not support (total): the query runs on", [&] {
        client c(server);
        c.connect();
        expect_end(c.execute("SELECT SLEEP(0.5)",
                             use_async_info.cancel_after(100ms, asio::cancellation_type::total)),
                   AsyncStatus::Completed, "the query");
    });
    scenario("server that does not answer: deadline of async_connect", [&] {
        client c(server);
        server.pause();
        mysql::connect_params parameters;
        parameters.server_address.emplace_host_and_port("127.0.0.1", c.port);
        parameters.username = "root";
        const auto connect =
            c.connection.async_connect(parameters, use_async_info.cancel_after(300ms));
        connect.wait_for(patience);
        server.go_on();
        expect_timed_out(connect, "async_connect");
    });
    scenario("connection pool: 16 sessions at once, as coroutines", [&] {
        asio::thread_pool threads(4);
        mysql::connection_pool pool(threads, parameters_for(server.port()));
        const auto run = pool.async_run(use_async_info);
        struct session {
            static asyncinfo::IAsyncAction of(asio::any_io_executor, mysql::connection_pool& pool) {
                auto connection = co_await pool.async_get_connection(use_async_info);
                mysql::results answer;
                for (int i = 0; i < 5; ++i)
                    co_await connection->async_execute("SELECT 1", answer, use_async_info);
            }
        };
        std::vector<asyncinfo::IAsyncAction> sessions;
        for (int i = 0; i < 16; ++i)
            sessions.push_back(session::of(threads.get_executor(), pool));
        for (const auto& session : sessions)
            expect_end(session, AsyncStatus::Completed, "a session");
        run.Cancel();
        run.wait_for(patience);
        threads.join();
        return "Cancel ends async_run as " + told(run) + ", as its documents say";
    });
    scenario("connection pool: a cancelled get, with its codes told to the library", [&] {
        asyncinfo::treat_as_canceled(mysql::client_errc::no_connection_available);
        asyncinfo::treat_as_canceled(mysql::client_errc::pool_not_running);
        server.kill();
        asio::thread_pool threads(4);
        mysql::connection_pool pool(threads, parameters_for(server.port()));
        const auto run = pool.async_run(use_async_info);
        const auto get = pool.async_get_connection(use_async_info);
        const auto late = pool.async_get_connection(use_async_info.cancel_after(200ms));
        get.Cancel();
        get.wait_for(patience);
        late.wait_for(patience);
        run.Cancel();
        run.wait_for(patience);
        threads.join();
        server.start();
        expect_end(get, AsyncStatus::Canceled, "async_get_connection");
        expect_timed_out(late, "async_get_connection with a deadline");
        return told(get);
    });
    scenario("server killed while a query runs", [&] {
        client c(server);
        c.connect();
        const auto query = c.execute("SELECT SLEEP(10)", use_async_info);
        std::this_thread::sleep_for(50ms);
        server.kill();
        expect_end(query, AsyncStatus::Error, "the query");
        return told(query);
    });
    return result();
}
