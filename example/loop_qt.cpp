// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Qt's event loop: a window (qt_window.hpp) with a progress bar and a Cancel button. A qt_poller is
// a QSocketNotifier of the loop.

#include "qt_window.hpp"

#include <asyncinfo/loop/qt.hpp>

#include <QApplication>
#include <QCommandLineParser>
#include <QPixmap>

#include <chrono>
#include <cstdio>

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") &&
        qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        std::puts("no display: the window is drawn to memory; --screenshot saves a picture of it");
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication app(argc, argv);
    QCommandLineParser options;
    options.addHelpOption(); // --help
    const QCommandLineOption screenshot("screenshot", "Save a picture at half-time.", "file.png");
    const QCommandLineOption seconds(
        "seconds", "The transfer takes that long; the window closes then.", "n", "30"); // --seconds
    options.addOptions({screenshot, seconds});
    const bool understood = options.parse(QApplication::arguments());
    const std::chrono::duration<double> duration(options.value(seconds).toDouble());
    if (!understood || !(duration > 0s) || options.isSet("help"))
        options.showHelp(options.isSet("help") ? 0 : 2);

    asyncinfo::completion_queue queue;
    asyncinfo::qt_poller poller(queue);     // of this thread's event loop
    demo::loop_transfer transfer(duration); // its io_context has a thread of its own
    demo::qt_window window(transfer.start(), queue);
    window.show();

    demo::text_bar bar; // the same on the terminal
    bool saved = !options.isSet(screenshot);
    window.on_progress = [&] {
        bar.show(*window.transfer().progress());
        if (!saved && window.bar().value() >= 500)
            saved = window.grab().save(options.value(screenshot));
    };

    // To close the window cancels the transfer; the program ends when both have ended.
    QApplication::setQuitOnLastWindowClosed(false);
    const bool stays =
        !options.isSet(seconds) && QApplication::platformName() != QStringLiteral("offscreen");
    window.on_end = [&] {
        bar.show_end(window.transfer());
        QApplication::setQuitOnLastWindowClosed(true);
        if (!window.isVisible())
            QApplication::quit();
        else if (!stays)
            window.close();
    };
    const auto interrupt = transfer.interrupt(); // Ctrl-C
    interrupt.Completed(asio::bind_executor(queue, [&](auto&, AsyncStatus) { window.close(); }));
    transfer.send();
    QApplication::exec();

    const bool canceled = window.transfer().Status() == AsyncStatus::Canceled; // then as it stood
    return bar.went_well() && (canceled || (saved && window.bar().value() == 1000)) ? 0 : 1;
}
