// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A callback API becomes an operation for any completion token, cancellation included.

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>

namespace asio = boost::asio;
using boost::system::error_code;

// The API: one request at a time; its callback comes once, on the thread that calls sensor_end.
using sensor_callback = void (*)(void* user, int error, int value);
std::atomic<sensor_callback> sensor;
void* sensor_user;
void sensor_read(sensor_callback callback, void* user) { sensor_user = user, sensor = callback; }
void sensor_end(int error, int value) {
    if (const sensor_callback callback = sensor.exchange(nullptr))
        callback(sensor_user, error, value);
}

// The wrapper: offers cancellation, starts, and at the end goes to the handler's own executor.
struct initiate_sensor_read {
    asio::any_io_executor executor;
    using executor_type = asio::any_io_executor; // what completion tokens and adapters ask for
    executor_type get_executor() const noexcept { return executor; }

    void operator()(auto handler) const {
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
            slot.assign(
                [](asio::cancellation_type) { sensor_end(asio::error::operation_aborted, 0); });
        auto work = asio::make_work_guard(handler, executor);
        using request = std::pair<decltype(handler), decltype(work)>;
        const auto callback = [](void* user, int error, int value) {
            std::unique_ptr<request> done(static_cast<request*>(user));
            const auto home = done->second.get_executor();
            asio::post(home, [done = std::move(done), error, value] {
                asio::get_associated_cancellation_slot(done->first).clear();
                std::move(done->first)(error_code(error, boost::system::system_category()), value);
            });
        };
        sensor_read(callback, new request(std::move(handler), std::move(work)));
    }
};

auto async_sensor_read(const asio::any_io_executor& executor, auto&& token) {
    return asio::async_initiate<decltype(token), void(error_code, int)>(
        initiate_sensor_read{executor}, token);
}

int main() {
    asio::thread_pool pool(2);
    auto first = async_sensor_read(pool.get_executor(), asyncinfo::use_async_info);
    std::thread([] { sensor_end(0, 42); }).join(); // the device has a value
    auto second = async_sensor_read(pool.get_executor(), asyncinfo::use_async_info);
    second.Cancel();
    std::cout << first.get() << ", " << second.wait() << '\n';
    return first.get() == 42 && second.Status() == asyncinfo::AsyncStatus::Canceled ? 0 : 1;
}
