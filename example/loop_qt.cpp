// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Qt's event loop: a window (qt_window.hpp) with a progress bar and a Cancel button. A qt_poller is a
// QSocketNotifier of the loop.

#include "qt_window.hpp"

#include <asyncinfo/loop/qt.hpp>

#include <QApplication>
#include <QCommandLineParser>
#include <QPixmap>

#include <cstdio>

using asyncinfo::AsyncStatus;

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
    options.addOption(screenshot);
    options.process(app);

    asyncinfo::completion_queue queue;
    asyncinfo::qt_poller poller(queue); // of this thread's event loop
    demo::loop_transfer transfer;       // its io_context has a thread of its own
    demo::qt_window window(transfer.start(), queue);
    window.show();

    demo::text_bar bar; // the same on the terminal
    bool saved = !options.isSet(screenshot);
    window.on_progress = [&] {
        bar.show(*window.transfer().progress());
        if (!saved && window.bar().value() >= 500)
            saved = window.grab().save(options.value(screenshot));
    };
    QApplication::setQuitOnLastWindowClosed(false); // that only cancels
    window.on_end = [&] {
        bar.show_end(window.transfer());
        QApplication::quit();
    };
    transfer.send();
    QApplication::exec();

    const auto& read = window.transfer();
    if (read.Status() == AsyncStatus::Canceled)
        return 0; // as the user wished
    const bool full = window.bar().value() == 1000 && bar.went_well();
    return saved && full && read.GetResults() == transfer.size() ? 0 : 1;
}
