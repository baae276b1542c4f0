// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/loop/qt.hpp>

#include <QCoreApplication>

#include <exception>
#include <stdexcept>

namespace reference::loop_qt_hpp {

void show() {
    int argc = 1;
    char name[] = "reference";
    char* argv[] = {name, nullptr};
    QCoreApplication app(argc, argv);
    {
        async_source<int> source;
        auto read = source.operation();
        source.set_value(7);

        completion_queue queue;
        qt_poller poller(queue);
        read.Completed(asio::bind_executor(queue, [](auto&, auto) { QCoreApplication::quit(); }));
        app.exec();
    }
    completion_queue queue;
    int logged = 0;
    const auto log = [&](const std::exception_ptr&) { ++logged; };

    qt_poller poller(queue, 2ms, [&](std::exception_ptr e) { log(e); });

    asio::post(queue, [] { throw std::runtime_error("from a handler"); });
    while (logged == 0)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
}

const page shown("loop/qt.hpp", show);

} // namespace reference::loop_qt_hpp
