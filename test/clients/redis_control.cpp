// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
// Who loses a request for cancellation: this library, or Boost.Redis? The same request with a plain
// callback, whose slot is emitted on the connection's own and only thread, and with a handle.

#include "check.hpp"
#include "server.hpp"

#include <boost/redis.hpp>
#include <boost/redis/src.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <string>
#include <vector>

namespace redis = boost::redis;
using namespace clients;

namespace {

/// A response that calls a function while the connection reads it.
struct seen {
    static inline std::function<void()> call;
};

template <typename String>
void boost_redis_from_bulk(seen& response, const redis::resp3::basic_node<String>& /*unused*/,
                           error_code& /*unused*/) {
    response.call();
}

const redis::logger silent{redis::logger::level::emerg};

/// `async_run`, asked to stop by either way, with its end. `request` is called on the thread of the
/// connection.
struct plain_run {
    static constexpr const char* name = "plain callback";

    void start(redis::connection& connection, const redis::config& config) {
        connection.async_run(
            config, silent,
            asio::bind_cancellation_slot(signal.slot(), [this](error_code) { ended.set_value(); }));
    }
    void request(asio::any_io_executor executor) {
        asio::post(executor, [this] { signal.emit(asio::cancellation_type::all); });
    }
    bool ends_within(std::chrono::milliseconds time) {
        return end.wait_for(time) == std::future_status::ready;
    }

    asio::cancellation_signal signal;
    std::promise<void> ended;
    std::shared_future<void> end = ended.get_future().share();
};

struct handle_run {
    static constexpr const char* name = "handle";

    void start(redis::connection& connection, const redis::config& config) {
        run = connection.async_run(config, silent,
                                   asio::bind_executor(connection.get_executor(), use_async_info));
    }
    void request(asio::any_io_executor) { run.Cancel(); }
    bool ends_within(std::chrono::milliseconds time) {
        return run.wait_for(time) != AsyncStatus::Started;
    }

    asyncinfo::IAsyncAction run;
};

redis::config config_for(unsigned short port, bool reconnects) {
    redis::config config;
    config.addr.port = std::to_string(port);
    config.health_check_interval = 0s;
    if (!reconnects)
        config.reconnect_wait_interval = 0s;
    return config;
}

/// How many of `rounds` requests were lost. The connection is on a strand of a pool of four, and
/// has just been given a hundred commands, one by one from this thread.
template <typename Run>
int lost(int rounds, unsigned short port, bool reconnects) {
    int count = 0;
    for (int round = 0; round < rounds; ++round) {
        asio::thread_pool pool(4);
        const auto strand = asio::make_strand(pool);
        redis::connection connection(strand);
        Run run;
        std::vector<redis::request> requests(100);
        std::promise<void> connected;
        run_on(strand, [&] {
            run.start(connection, config_for(port, reconnects));
            for (auto& request : requests)
                request.push("PING");
            connection.async_exec(requests[0], redis::ignore,
                                  [&](error_code, std::size_t) { connected.set_value(); });
        });
        connected.get_future().wait();
        for (std::size_t i = 1; i < requests.size(); ++i)
            run_on(strand,
                   [&] { connection.async_exec(requests[i], redis::ignore, asio::detached); });
        run.request(strand);
        count += !run.ends_within(500ms);
        run_on(strand, [&] { connection.cancel(); });
        run.ends_within(patience);
        pool.join();
    }
    return count;
}

/// The connection has read an answer, and what it does with it waits in the queue of the only
/// thread there is, behind the request: it is between two steps. Is the request lost?
template <typename Run>
bool lost_between_steps(unsigned short port) {
    asio::io_context context(1);
    redis::connection connection(context);
    Run run;
    run.start(connection, config_for(port, false));

    redis::request commands[3];
    commands[0].push("PING");
    commands[1].push("WAIT", "1", "100"); // for a replica that there is not: answered after 100 ms
    commands[2].push("WAIT", "1", "100");
    int answers = 0;
    seen::call = [&] {
        if (++answers == 1)
            run.request(connection.get_executor());
        // The next answer is there, to be read at once: with this step, and with the next one, for
        // a request that comes by the queue twice.
        while (answers < 3 && connection.next_layer().next_layer().available() == 0)
            std::this_thread::yield();
    };
    redis::response<seen> seen_answers[3];
    for (int i = 0; i < 3; ++i)
        connection.async_exec(commands[i], seen_answers[i], asio::detached);
    context.run_for(1s);
    const bool is_lost = !run.ends_within(0ms);
    connection.cancel();
    context.restart();
    context.run_for(5s);
    expect(answers == 3 && run.ends_within(0ms), "a run that does not end");
    return is_lost;
}

} // namespace

int main() {
    const watchdog limit(120s);
    const redis_server server;
    const auto port = server.port();
    const auto say = [](bool lost) { return lost ? "lost, and the run goes on" : "heard"; };
    note(std::string("async_run between two steps: ") + plain_run::name,
         say(lost_between_steps<plain_run>(port)));
    note(std::string("async_run between two steps: ") + handle_run::name,
         say(lost_between_steps<handle_run>(port)));
    const int rounds = 20;
    const auto of_rounds = [](int count) {
        return std::to_string(count) + " of " + std::to_string(rounds) + " lost";
    };
    for (const bool reconnects : {false, true}) {
        const std::string which =
            reconnects ? "async_run under load, reconnecting: " : "async_run under load: ";
        note(which + plain_run::name, of_rounds(lost<plain_run>(rounds, port, reconnects)));
        note(which + handle_run::name, of_rounds(lost<handle_run>(rounds, port, reconnects)));
    }
    return result();
}
