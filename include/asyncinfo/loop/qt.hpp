//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_LOOP_QT_HPP
#define ASYNCINFO_LOOP_QT_HPP

/// For programs with Qt's event loop, of Qt 6 or 5.15. It needs only QtCore, and no moc.
/// `asyncinfo.hpp` does not include this.
#include <asyncinfo/detail/loop/poll_callback.hpp>

#include <QObject>
#include <QSocketNotifier>

#include <memory>
#include <utility>

namespace asyncinfo {

/// Polls a `completion_queue` in Qt's event loop.
///
/// When the queue is ready, the loop polls it for the budget, which is 4 ms unless you give
/// another. What is left is polled in the loop's next turn, after the events that have come
/// meanwhile. So many handlers at once do not freeze a window. While nothing is ready the loop
/// sleeps.
///
/// Executor and threads: handlers run on the thread that makes the poller. It must have an event
/// loop of Qt: a `QCoreApplication` or a `QThread`. Destroy the poller on that thread.
///
/// Lifetime: the queue outlives the poller. The destructor takes the notifier out of the loop, and
/// leaves the queue as it is. A handler may destroy the poller. If a handler uses a widget that can
/// be gone by then, let it hold a `QPointer`. A queue has one poller.
///
/// Errors: an exception cannot pass Qt's event loop. What a handler throws is given to
/// `on_exception` on the loop's thread; without that function, `std::terminate` is called. The
/// constructor throws what `native_handle` throws.
///
/// It is for POSIX systems. On Windows wake the loop by `queue.on_ready` and
/// `QMetaObject::invokeMethod`.
///
/// Example:
///
///     completion_queue queue;
///     qt_poller poller(queue);
///     read.Completed(asio::bind_executor(queue, [](auto&, auto) { QCoreApplication::quit(); }));
///     app.exec();
class qt_poller {
public:
    using budget_type = detail::poll_callback::budget_type; ///< `std::chrono::nanoseconds`
    /// `std::function<void(std::exception_ptr)>`
    using exception_handler = detail::poll_callback::exception_handler;

    /// Polls the queue in the loop of this thread from now on.
    ///
    /// Example:
    ///
    ///     qt_poller poller(queue, 2ms, [&](std::exception_ptr e) { log(e); });
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
