// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
// The window of example/loop_qt.cpp, driven as a user does.
#include "../../example/qt_window.hpp"

#include <asyncinfo/loop/qt.hpp>

#include <boost/test/unit_test.hpp>

#include <QApplication>
#include <QColor>
#include <QCoreApplication>
#include <QEventLoop>
#include <QImage>
#include <QMouseEvent>
#include <QPixmap>
#include <QPointF>

#include <chrono>
#include <cstddef>
#include <memory>
#include <tuple>

namespace qt_window_test {
namespace {

using asyncinfo::AsyncStatus;
constexpr std::size_t size = 1 << 20;
constexpr std::chrono::milliseconds duration{100};

struct program {
    int count = 1;
    char name[3] = "qt";
    char* arguments[2] = {name, nullptr};
    QApplication application{count, arguments};
    asyncinfo::completion_queue queue;
    asyncinfo::qt_poller poller{queue};

    template <typename Condition>
    void run_until(Condition condition) {
        while (!condition())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }

    /// The left button of the mouse, in the middle of the widget.
    void press(QWidget& widget) {
        const QPointF middle = widget.rect().center();
        for (const auto type : {QEvent::MouseButtonPress, QEvent::MouseButtonRelease}) {
            QMouseEvent event(type, middle, widget.mapToGlobal(middle), Qt::LeftButton,
                              type == QEvent::MouseButtonPress ? Qt::LeftButton : Qt::NoButton,
                              Qt::NoModifier);
            QCoreApplication::sendEvent(&widget, &event);
        }
    }
};

} // namespace
} // namespace qt_window_test

using namespace qt_window_test;

BOOST_AUTO_TEST_SUITE(qt_window)

BOOST_AUTO_TEST_CASE(cancel_ends_the_operation_and_the_bar_stands_still) {
    program here;
    demo::loop_transfer transfer(duration, size,
                                 size / 2); // half of it comes, so that it cannot end by itself
    demo::qt_window window(transfer.start(), here.queue);
    transfer.send();
    window.show();
    here.run_until([&] { return window.bar().value() > 0; });
    BOOST_TEST(window.cancel_button().isEnabled());
    BOOST_TEST((window.transfer().Status() == AsyncStatus::Started));
    BOOST_TEST(window.label().text().contains(" % of 1 MiB")); // and not over the bar's edge
    BOOST_TEST(!window.bar().isTextVisible());

    bool ended = false;
    window.on_end = [&] { ended = true; };
    here.press(window.cancel_button());
    here.run_until([&] { return ended; });
    BOOST_TEST((window.transfer().Status() == AsyncStatus::Canceled));
    BOOST_TEST(!window.cancel_button().isEnabled());
    BOOST_TEST(window.label().text().startsWith("Canceled"));

    // The bar shows the partial result, and nothing moves it any more.
    const int stopped = window.bar().value();
    const auto [error, bytes] = window.transfer().outcome();
    BOOST_TEST(stopped > 0);
    BOOST_TEST(stopped < 1000);
    BOOST_TEST(static_cast<std::size_t>(stopped) == *bytes * 1000 / size);
    int changes = 0;
    QObject::connect(&window.bar(), &QProgressBar::valueChanged, [&] { ++changes; });
    here.press(window.cancel_button()); // disabled
    for (int i = 0; i < 50; ++i)
        QCoreApplication::processEvents();
    BOOST_TEST(here.queue.poll() == 0u);
    BOOST_TEST(changes == 0);
    BOOST_TEST(window.bar().value() == stopped);
}

BOOST_AUTO_TEST_CASE(to_the_end_the_bar_is_full_and_drawn) {
    program here;
    demo::loop_transfer transfer(duration, size, size);
    demo::qt_window window(transfer.start(), here.queue);
    window.show();
    const auto colour = [&] { // near the bar's right end
        const QImage image = window.bar().grab().toImage();
        return image.pixelColor(image.width() - 12, image.height() / 2);
    };
    const QColor empty = colour();
    bool ended = false;
    window.on_end = [&] { ended = true; };
    transfer.send();
    here.run_until([&] { return ended; });
    BOOST_TEST((window.transfer().Status() == AsyncStatus::Completed));
    BOOST_TEST(window.bar().value() == 1000);
    BOOST_TEST((colour() != empty));
}

BOOST_AUTO_TEST_CASE(to_close_it_is_to_cancel) {
    program here;
    demo::loop_transfer transfer(duration, size, size / 2);
    demo::qt_window window(transfer.start(), here.queue);
    bool ended = false;
    window.on_end = [&] { ended = true; };
    transfer.send();
    window.show();
    window.close();
    here.run_until([&] { return ended; });
    BOOST_TEST((window.transfer().Status() == AsyncStatus::Canceled));
}

BOOST_AUTO_TEST_CASE(a_destroyed_window_cancels_and_is_not_touched) {
    program here;
    auto transfer = std::make_unique<demo::loop_transfer>(duration, size, size / 2);
    auto window = std::make_unique<demo::qt_window>(transfer->start(), here.queue);
    transfer->send();
    window->show();
    const auto read = window->transfer();
    here.run_until([&] { return window->bar().value() > 0; });
    window.reset();
    BOOST_TEST((read.wait() == AsyncStatus::Canceled));
    transfer.reset(); // by now all has been submitted that it was to be told
    BOOST_TEST(here.queue.wait_for(std::chrono::hours(1)));
    while (here.queue.poll() != 0)
        ;
}

BOOST_AUTO_TEST_SUITE_END()
