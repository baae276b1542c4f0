// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A callback API of C becomes an operation.

#include "cookbook.hpp"

namespace cookbook::callback_api {

// The API: its callback comes once, on a thread of its own.
using sensor_callback = void (*)(void* user, int error, int value);
std::atomic<sensor_callback> sensor;
void* sensor_user;
void sensor_end(int error, int value) {
    if (const sensor_callback callback = sensor.exchange(nullptr))
        callback(sensor_user, error, value);
}
void sensor_read(sensor_callback callback, void* user) { sensor_user = user, sensor = callback; }
void sensor_abort() { sensor_end(ECANCELED, 0); }

IAsyncOperation<int> read_sensor() {
    using source = asyncinfo::async_source<int>;
    auto owned = std::make_unique<source>("sensor");
    const auto operation = owned->operation();
    owned->on_cancel([] { sensor_abort(); });
    sensor_read(
        [](void* user, int error, int value) {
            const std::unique_ptr<source> ended(static_cast<source*>(user));
            if (error)
                ended->set_error(error_code(error, boost::system::generic_category()));
            else
                ended->set_value(value);
        },
        owned.release());
    return operation;
}

void run() {
    const auto value = read_sensor();
    check(value.Status() == AsyncStatus::Started && value.name() == "sensor");
    std::thread([] { sensor_end(0, 42); }).join(); // the device has a value
    check(value.get() == 42);

    const auto broken = read_sensor();
    sensor_end(EIO, 0);
    check(broken.ErrorCode() == boost::system::errc::io_error);

    const auto cancelled = read_sensor();
    cancelled.Cancel();
    check(cancelled.Status() == AsyncStatus::Canceled);
}

const recipe here("callback_api", run);

} // namespace cookbook::callback_api
