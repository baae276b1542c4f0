//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_LOOP_QT_HPP
#define ASYNCINFO_LOOP_QT_HPP

/// For programs with Qt's event loop: Qt 6, and 5.15; only QtCore is needed, and no moc. Not part
/// of `asyncinfo.hpp`.
#include <asyncinfo/detail/loop/poll_callback.hpp>

#include <QObject>
#include <QSocketNotifier>

#include <memory>
#include <utility>

namespace asyncinfo {

/// Polls a `completion_queue` in Qt's event loop.
///
/// When the queue is ready, the loop polls it for the budget, 4 ms unless told otherwise. What is
/// left is polled in the loop's next turn, after the events that have come meanwhile: so a burst
/// freezes no window. While nothing is ready the loop sleeps.
///
/// Executor and threads: handlers run on the thread that makes it, which must have a Qt event loop:
/// a `QApplication` or a `QThread`. Destroy it on that thread.
///
/// Lifetime: the queue outlives it. The destructor takes the notifier out of the loop, and leaves
/// the queue as it is. A handler may destroy it. Handlers that use a widget, and may come when that
/// is gone, hold a `QPointer`. One poller per queue.
///
/// Errors: an exception cannot pass Qt's event loop. What a handler throws is given to
/// `on_exception`, a `void(std::exception_ptr)`, on the loop's thread; without one,
/// `std::terminate`. The constructor throws what `native_handle` does.
///
/// On POSIX systems. On Windows there is `queue.on_ready` and `QMetaObject::invokeMethod`.
///
/// Example:
///
///     asyncinfo::completion_queue queue;
///     asyncinfo::qt_poller poller(queue);
///     read.Completed(asio::bind_executor(queue, [](auto&, auto) { QApplication::quit(); }));
///     return app.exec();
///
/// With a budget and a function for exceptions:
///
///     asyncinfo::qt_poller poller(queue, 2ms, [](std::exception_ptr e) { log(e); });
class qt_poller {
public:
    using budget_type = detail::poll_callback::budget_type; ///< std::chrono::nanoseconds
    using exception_handler = detail::poll_callback::exception_handler; ///< a std::function

    explicit qt_poller(completion_queue& queue,
                       budget_type budget = detail::poll_callback::default_budget,
                       exception_handler on_exception = nullptr)
        : notifier_(queue.native_handle(), QSocketNotifier::Read) {
        QObject::connect(&notifier_, &QSocketNotifier::activated,
                         [turn = detail::loop_turn_ptr(std::make_shared<detail::poll_callback>(
                              queue, budget, std::move(on_exception)))] {
                             const detail::loop_turn_ptr keep = turn;
                             (*keep)();
                         });
    }

    qt_poller(const qt_poller&) = delete;
    qt_poller& operator=(const qt_poller&) = delete;
    ~qt_poller() = default;

private:
    QSocketNotifier notifier_;
};

} // namespace asyncinfo

#endif // ASYNCINFO_LOOP_QT_HPP
