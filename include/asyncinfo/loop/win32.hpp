//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_LOOP_WIN32_HPP
#define ASYNCINFO_LOOP_WIN32_HPP

/// For programs with a message loop of Windows: `GetMessage` and `DispatchMessage`, whoever calls
/// them. It needs user32. `asyncinfo.hpp` does not include this.
#include <asyncinfo/detail/loop/poll_callback.hpp>

#include <boost/system/system_category.hpp>
#include <boost/system/system_error.hpp>

#include <windows.h>

#include <memory>
#include <utility>

namespace asyncinfo {

/// Polls a `completion_queue` in the message loop of a thread.
///
/// The poller has a window that only receives messages. When the queue is ready, it is sent one,
/// and then polls the queue for the budget, which is 4 ms unless you give another. What is left is
/// polled in the loop's next turn. If input, painting, timers or the end of the loop wait by then,
/// they come first, for 10 ms. So handlers without end neither freeze a window nor keep
/// `PostQuitMessage` from ending the loop, and a window that never stops painting does not keep
/// handlers from running. While nothing is ready the loop sleeps.
///
/// It also works in the loops that Windows runs by itself: while the user drags a window or has a
/// menu or a message box open. A loop of your own that waits for other handles needs no poller: it
/// gives `queue.native_handle()` to `MsgWaitForMultipleObjectsEx`.
///
/// Executor and threads: handlers run on the thread that makes the poller, in its message loop.
/// Destroy the poller on that thread.
///
/// Lifetime: the queue outlives the poller. The poller sets the queue's `on_ready`, and the
/// destructor removes it and the window. A handler may destroy the poller. A queue has one poller:
/// a second one takes `on_ready` from the first, which is then never woken, without an error.
///
/// Errors: an exception cannot pass Windows. What a handler throws is given to `on_exception` on
/// the loop's thread; without that function, `std::terminate` is called. The constructor throws the
/// system's error if there can be no more windows.
///
/// Example:
///
///     completion_queue queue;
///     win32_poller poller(queue);
///     read.Completed(asio::bind_executor(queue, [](auto&, auto) { PostQuitMessage(0); }));
///     for (MSG message; GetMessageW(&message, nullptr, 0, 0) > 0;)
///         DispatchMessageW(&message);
class win32_poller {
public:
    using budget_type = detail::poll_callback::budget_type; ///< `std::chrono::nanoseconds`
    /// `std::function<void(std::exception_ptr)>`
    using exception_handler = detail::poll_callback::exception_handler;

    /// Polls the queue in the message loop of this thread from now on.
    ///
    /// Example:
    ///
    ///     win32_poller poller(queue, 2ms, [&](std::exception_ptr e) { log(e); });
    explicit win32_poller(completion_queue& queue,
                          budget_type budget = detail::poll_callback::default_budget,
                          exception_handler on_exception = nullptr)
        : queue_(queue),
          turn_(std::make_shared<detail::poll_callback>(queue, budget, std::move(on_exception))),
          // Of a class that is always there. A class of our own would have to be taken back when
          // the module is unloaded that has this function.
          window_(CreateWindowExW(0, L"STATIC", nullptr, 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr,
                                  nullptr, nullptr)),
          later_(window_ ? CreateThreadpoolTimer(&on_later, window_.get(), nullptr) : nullptr) {
        if (!later_)
            throw boost::system::system_error(
                static_cast<int>(GetLastError()), boost::system::system_category(),
                window_ ? "asyncinfo::win32_poller: CreateThreadpoolTimer"
                        : "asyncinfo::win32_poller: CreateWindowExW");
        SetWindowLongPtrW(window(), GWLP_USERDATA, reinterpret_cast<LONG_PTR>(&turn_));
        SetWindowLongPtrW(window(), GWLP_WNDPROC, reinterpret_cast<LONG_PTR>(&on_message));
        queue.on_ready([window = window(), later = later_.get(), thread = GetCurrentThreadId()] {
            wake(window, later, thread);
        });
    }

    win32_poller(const win32_poller&) = delete;
    win32_poller& operator=(const win32_poller&) = delete;
    /// Removes the queue's `on_ready`, and the window.
    ~win32_poller() { queue_.on_ready(nullptr); }

    /// The window that receives the messages.
    HWND window() const noexcept { return window_.get(); }

private:
    struct window_deleter {
        using pointer = HWND;
        void operator()(HWND window) const noexcept { DestroyWindow(window); }
    };

    struct timer_deleter {
        using pointer = PTP_TIMER;
        void operator()(PTP_TIMER timer) const noexcept {
            SetThreadpoolTimer(timer, nullptr, 0, 0);
            WaitForThreadpoolTimerCallbacks(timer, TRUE);
            CloseThreadpoolTimer(timer);
        }
    };

    static constexpr UINT ready = WM_USER;

    /// Windows gives posted messages before all else. So if anything else waits when a poll has left
    /// some behind, the next message is posted later. A timer of the window's would not do: it comes
    /// after painting, which can have no end.
    static void wake(HWND window, PTP_TIMER later, DWORD thread) noexcept {
        if (GetCurrentThreadId() != thread)
            post(window);
        else if (others_wait() || !PostMessageW(window, ready, 0, 0))
            post_later(later);
    }

    static bool others_wait() noexcept {
        MSG quit;
        return HIWORD(GetQueueStatus(QS_INPUT | QS_PAINT | QS_TIMER)) != 0 ||
               PeekMessageW(&quit, nullptr, WM_QUIT, WM_QUIT, PM_NOREMOVE | PM_QS_POSTMESSAGE);
    }

    static void post(HWND window) noexcept {
        // If the thread has too many messages already: these do not count.
        if (!PostMessageW(window, ready, 0, 0))
            SendNotifyMessageW(window, ready, 0, 0);
    }

    static void post_later(PTP_TIMER later) noexcept {
        const LARGE_INTEGER wait{.QuadPart = -10 * 10'000}; // 10 ms from now
        FILETIME due{static_cast<DWORD>(wait.LowPart), static_cast<DWORD>(wait.HighPart)};
        SetThreadpoolTimer(later, &due, 0, 0);
    }

    static void CALLBACK on_later(PTP_CALLBACK_INSTANCE, void* window, PTP_TIMER) {
        post(static_cast<HWND>(window));
    }

    static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM w, LPARAM l) {
        if (message != ready)
            return DefWindowProcW(window, message, w, l);
        const detail::loop_turn_ptr turn = *reinterpret_cast<const detail::loop_turn_ptr*>(
            GetWindowLongPtrW(window, GWLP_USERDATA));
        (*turn)();
        return 0;
    }

    completion_queue& queue_;
    const detail::loop_turn_ptr turn_;
    const std::unique_ptr<HWND, window_deleter> window_; ///< gone before what it uses
    const std::unique_ptr<PTP_TIMER, timer_deleter> later_;
};

} // namespace asyncinfo

#endif // ASYNCINFO_LOOP_WIN32_HPP
