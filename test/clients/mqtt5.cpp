// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
// Boost.MQTT5: a client is for one thread at a time, so it is on a strand of a pool of four, and
// what is called on it is called there. A request that includes `terminal` takes the whole client
// down.

#include "check.hpp"
#include "server.hpp"

#include <boost/mqtt5.hpp>

#include <string>

namespace mqtt = boost::mqtt5;
using namespace clients;

namespace {

using client_type = mqtt::mqtt_client<asio::ip::tcp::socket>;

struct client {
    explicit client(const server& server) : client(server.port()) {}
    explicit client(unsigned short port) {
        mqtt.brokers("127.0.0.1", port);
        run = run_on(strand, [&] { return mqtt.async_run(use_async_info); });
    }

    ~client() {
        run_on(strand, [&] { mqtt.cancel(); });
        pool.join();
    }

    template <mqtt::qos_e Qos, typename Token>
    auto publish(Token token) {
        return run_on(strand, [&] {
            return mqtt.async_publish<Qos>("a/topic", "a message", mqtt::retain_e::no,
                                           mqtt::publish_props{}, token);
        });
    }

    auto receive() {
        return run_on(strand, [&] { return mqtt.async_receive(use_async_info); });
    }

    void subscribe() {
        run_on(strand, [&] {
            mqtt::subscribe_topic topic{"a/topic", {}};
            topic.sub_opts.no_local = mqtt::no_local_e::no; // what this client publishes, too
            return mqtt.async_subscribe(topic, mqtt::subscribe_props{}, use_async_info);
        }).get();
    }

    asio::thread_pool pool{4};
    asio::strand<asio::thread_pool::executor_type> strand = asio::make_strand(pool);
    client_type mqtt{strand};
    asyncinfo::IAsyncAction run;
};

constexpr auto once = mqtt::qos_e::at_least_once;

} // namespace

int main() {
    const watchdog limit(120s);
    mqtt_broker broker;

    scenario("publish, subscribe and receive", [&] {
        client c(broker);
        c.subscribe();
        for (int i = 0; i < 20; ++i) {
            const auto message = c.receive();
            c.publish<once>(use_async_info).get();
            expect_end(message, AsyncStatus::Completed, "async_receive");
            expect(std::get<1>(message.GetResults()) == "a message", "another message");
        }
    });
    scenario("async_receive cancelled from another thread, 20 times; the client goes on", [&] {
        client c(broker);
        c.subscribe();
        for (int i = 0; i < 20; ++i) {
            const auto message = c.receive();
            message.Cancel(asio::cancellation_type::total);
            expect_end(message, AsyncStatus::Canceled, "async_receive");
        }
        c.publish<once>(use_async_info).get();
    });
    scenario("deadline of one publish, nobody there, by abandon_on_cancel: nothing else ends", [&] {
        client c(1);
        const auto message = c.receive();
        const auto publish =
            asyncinfo::abandon_on_cancel(c.publish<mqtt::qos_e::exactly_once>(use_async_info));
        publish.cancel_after(200ms, asio::cancellation_type::total); // passed on to MQTT5
        expect_timed_out(publish, "the publish");
        expect(message.Status() == AsyncStatus::Started, "async_receive is " + told(message));
        expect(c.run.Status() == AsyncStatus::Started, "async_run is " + told(c.run));
    });
    scenario("deadline (total) of one publish: it waits for a broker all the same, as with Asio's "
             "cancel_after; nothing else ends",
             [&] {
                 broker.kill();
                 client c(broker);
                 const auto message = c.receive();
                 std::promise<void> control;
                 run_on(c.strand, [&] {
                     c.mqtt.async_publish<mqtt::qos_e::exactly_once>(
                         "a/topic", "a message", mqtt::retain_e::no, mqtt::publish_props{},
                         asio::cancel_after(200ms, asio::cancellation_type::total,
                                            [&](error_code, mqtt::reason_code,
                                                mqtt::pubcomp_props) { control.set_value(); }));
                 });
                 const auto publish = c.publish<mqtt::qos_e::exactly_once>(
                     use_async_info.cancel_after(200ms, asio::cancellation_type::total));
                 auto controlled = control.get_future();
                 const bool waits = publish.wait_for(1s) == AsyncStatus::Started;
                 const bool control_waits = controlled.wait_for(0s) == std::future_status::timeout;
                 broker.start();
                 publish.wait_for(patience);
                 controlled.wait_for(patience);
                 expect(waits == control_waits, "they differ");
                 expect(message.Status() == AsyncStatus::Started,
                        "async_receive is " + told(message));
                 expect(c.run.Status() == AsyncStatus::Started, "async_run is " + told(c.run));
                 return (waits ? "ends when the broker comes: " : "ends: ") + told(publish);
             });
    scenario("Cancel(terminal) of one publish: the whole client ends, as its documents say", [&] {
        client c(1);
        const auto message = c.receive();
        const auto publish = c.publish<once>(use_async_info);
        publish.Cancel(asio::cancellation_type::terminal);
        expect_end(publish, AsyncStatus::Canceled, "the publish");
        expect_end(message, AsyncStatus::Canceled, "async_receive");
        expect_end(c.run, AsyncStatus::Canceled, "async_run");
    });
    scenario("async_run cancelled from another thread, 20 times", [&] {
        for (int i = 0; i < 20; ++i) {
            client c(broker);
            if (i % 2 == 0)
                c.publish<once>(use_async_info).get();
            c.run.Cancel();
            expect_end(c.run, AsyncStatus::Canceled, "async_run");
        }
    });
    scenario("broker killed while a publish runs; it is sent to the next one", [&] {
        client c(broker);
        c.publish<once>(use_async_info).get();
        broker.pause();
        const auto publish = c.publish<once>(use_async_info);
        broker.kill();
        broker.start();
        expect_end(publish, AsyncStatus::Completed, "the publish");
        expect(c.run.Status() == AsyncStatus::Started, "async_run is " + told(c.run));
    });
    return result();
}
