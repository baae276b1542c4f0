// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
// Qt's keywords, of which `emit` is a member of Asio's, are no obstacle to anything that comes
// later.
#include <QObject>
#if !defined(emit)
#error "Qt has no keywords here"
#endif

#include <asyncinfo/loop/qt.hpp>

#include <asyncinfo/asyncinfo.hpp>

#include "poller_tests.hpp"

#include <QCoreApplication>
#include <QEventLoop>
#include <QMetaObject>
#include <QObject>

#include <memory>
#include <utility>

namespace qt_test {
namespace {

struct loop {
    int count = 1;
    char name[3] = "qt";
    char* arguments[2] = {name, nullptr};
    QCoreApplication application{count, arguments};
    QObject other;

    void wait() { QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents); }
    /// Events, as those by which widgets are drawn.
    void add_other(int& calls) {
        QMetaObject::invokeMethod(
            &other,
            [this, &calls] {
                ++calls;
                add_other(calls);
            },
            Qt::QueuedConnection);
    }

    template <typename... More>
    auto poller(asyncinfo::completion_queue& queue, More&&... more) {
        return std::make_unique<asyncinfo::qt_poller>(queue, std::forward<More>(more)...);
    }
};

} // namespace
} // namespace qt_test

using namespace qt_test;

BOOST_AUTO_TEST_SUITE(qt)

POLLER_TESTS(loop)

BOOST_AUTO_TEST_SUITE_END()
