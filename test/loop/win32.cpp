// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/loop/win32.hpp>

#include "poller_tests.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

namespace win32_test {
namespace {

struct loop {
    int* others = nullptr;

    loop() = default;
    loop(const loop&) = delete;
    ~loop() {
        for (MSG message; PeekMessageW(&message, nullptr, 0, 0, PM_REMOVE);) {
        }
    }

    void wait() {
        MSG message;
        BOOST_TEST_REQUIRE(GetMessageW(&message, nullptr, 0, 0) > 0);
        if (message.hwnd) {
            DispatchMessageW(&message);
        } else {
            ++*others;
            PostThreadMessageW(GetCurrentThreadId(), WM_APP, 0, 0);
        }
    }
    void add_other(int& calls) {
        others = &calls;
        PostThreadMessageW(GetCurrentThreadId(), WM_APP, 0, 0);
    }

    template <typename... More>
    auto poller(asyncinfo::completion_queue& queue, More&&... more) {
        return std::make_unique<asyncinfo::win32_poller>(queue, std::forward<More>(more)...);
    }
};

} // namespace
} // namespace win32_test

using namespace win32_test;

BOOST_AUTO_TEST_SUITE(win32)

POLLER_TESTS(loop)

// Windows gives a timer's message when there is no other, so a poller that only posts would never
// let one through.
BOOST_AUTO_TEST_CASE(handlers_without_end_let_timers_through) {
    static int fired;
    fired = 0;
    loop here;
    asyncinfo::completion_queue queue;
    const auto poller = here.poller(queue);
    const auto timer =
        SetTimer(nullptr, 0, USER_TIMER_MINIMUM, [](HWND, UINT, UINT_PTR, DWORD) { ++fired; });
    std::function<void()> again = [&] { asio::post(queue, again); };
    asio::post(queue, again);
    while (fired < 3) {
        MSG message;
        BOOST_TEST_REQUIRE(GetMessageW(&message, nullptr, 0, 0) > 0);
        DispatchMessageW(&message);
    }
    KillTimer(nullptr, timer);
    BOOST_TEST(queue.wait_for(0ms));
}

// PostQuitMessage ends a loop when no posted message is left.
BOOST_AUTO_TEST_CASE(handlers_without_end_let_the_loop_end) {
    loop here;
    asyncinfo::completion_queue queue;
    const auto poller = here.poller(queue, 0ms);
    int calls = 0;
    constexpr int enough = 100'000;
    std::function<void()> again = [&] {
        if (++calls == 10)
            PostQuitMessage(7);
        if (calls != enough)
            asio::post(queue, again);
    };
    asio::post(queue, again);
    MSG message;
    while (GetMessageW(&message, nullptr, 0, 0) > 0)
        DispatchMessageW(&message);
    BOOST_TEST(message.wParam == 7u);
    BOOST_TEST(calls < enough);
}

// Windows gives a timer's message when nothing has to be painted.
BOOST_AUTO_TEST_CASE(painting_without_end_lets_handlers_through) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    static int paints;
    paints = 0;
    loop here;
    asyncinfo::completion_queue queue;
    const auto poller = here.poller(queue, 0ms);
    const HWND window = CreateWindowExW(0, L"STATIC", nullptr, WS_POPUP | WS_VISIBLE, 0, 0, 10, 10,
                                        nullptr, nullptr, nullptr, nullptr);
    BOOST_TEST_REQUIRE(window);
    const WNDPROC paint = [](HWND w, UINT message, WPARAM wide, LPARAM large) -> LRESULT {
        if (message != WM_PAINT)
            return DefWindowProcW(w, message, wide, large);
        ++paints;
        ValidateRect(w, nullptr);
        InvalidateRect(w, nullptr, FALSE);
        return 0;
    };
    SetWindowLongPtrW(window, GWLP_WNDPROC, reinterpret_cast<LONG_PTR>(paint));
    InvalidateRect(window, nullptr, FALSE);
    int calls = 0;
    for (int n = 0; n != 3; ++n)
        asio::post(queue, [&] { ++calls; });
    int paints_between = 0;
    while (calls != 3 && std::chrono::steady_clock::now() < deadline) {
        MSG message;
        BOOST_TEST_REQUIRE(GetMessageW(&message, nullptr, 0, 0) > 0);
        DispatchMessageW(&message);
        paints_between = calls == 2 ? paints : paints_between;
    }
    DestroyWindow(window);
    BOOST_TEST(calls == 3);
    BOOST_TEST(paints_between > 10);
}

// A handler may open a message box, whose loop is Windows' own: here, a loop inside of one.
BOOST_AUTO_TEST_CASE(a_loop_inside_a_handler_polls_too) {
    loop here;
    asyncinfo::completion_queue queue;
    const auto poller = here.poller(queue);
    bool inner = false, outer = false;
    asio::post(queue, [&] {
        std::thread([&] { asio::post(queue, [&] { inner = true; }); }).join();
        while (!inner)
            here.wait();
        outer = true;
    });
    while (!outer)
        here.wait();
    BOOST_TEST(inner);
}

BOOST_AUTO_TEST_CASE(its_window_goes_with_it) {
    loop here;
    asyncinfo::completion_queue queue;
    auto poller = here.poller(queue);
    const HWND window = poller->window();
    BOOST_TEST((IsWindow(window) != 0));
    poller.reset();
    BOOST_TEST((IsWindow(window) == 0));
}

// A loop that waits for handles of its own needs no poller.
BOOST_AUTO_TEST_CASE(a_loop_can_wait_for_the_queues_event) {
    asyncinfo::completion_queue queue;
    const HANDLE event = queue.native_handle();
    const auto wait = [&](DWORD time) {
        return MsgWaitForMultipleObjectsEx(1, &event, time, QS_ALLINPUT, MWMO_INPUTAVAILABLE);
    };
    BOOST_TEST(wait(0) == DWORD{WAIT_TIMEOUT});
    bool called = false;
    std::thread other([&] { asio::post(queue, [&] { called = true; }); });
    BOOST_TEST(wait(INFINITE) == DWORD{WAIT_OBJECT_0});
    other.join();
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(called);
    BOOST_TEST(wait(0) == DWORD{WAIT_TIMEOUT});
}

BOOST_AUTO_TEST_SUITE_END()
