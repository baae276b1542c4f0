// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/loop/sdl.hpp>

#include <asyncinfo/async_source.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <SDL.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

namespace sdl_test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// SDL's events, and those of them that are the tests' own.
struct loop {
    loop() {
        BOOST_TEST_REQUIRE(SDL_Init(SDL_INIT_VIDEO) == 0);
        SDL_FlushEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
    }
    loop(const loop&) = delete;
    ~loop() { SDL_Quit(); }

    SDL_Event wait() {
        SDL_Event event{};
        BOOST_TEST_REQUIRE(SDL_WaitEvent(&event) == 1);
        return event;
    }

    /// Events that are waiting.
    int count() {
        SDL_PumpEvents();
        return SDL_PeepEvents(nullptr, 0, SDL_PEEKEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT);
    }

    static void push_another() {
        SDL_Event event{};
        event.type = SDL_KEYDOWN;
        SDL_PushEvent(&event);
    }
};

} // namespace
} // namespace sdl_test

using namespace sdl_test;

BOOST_AUTO_TEST_SUITE(sdl)

BOOST_AUTO_TEST_CASE(wakes_the_sleeping_loop) {
    loop here;
    asyncinfo::completion_queue queue;
    asyncinfo::sdl_poller poller(queue);
    asyncinfo::async_source<int> source;
    const auto operation = source.operation();
    std::thread::id thread;
    operation.Completed(
        asio::bind_executor(queue, [&](auto&, auto) { thread = std::this_thread::get_id(); }));
    std::thread other([&] { source.set_value(7); });
    while (thread == std::thread::id())
        poller.handle(here.wait());
    other.join();
    BOOST_TEST((thread == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(a_burst_is_one_event) {
    loop here;
    asyncinfo::completion_queue queue;
    asyncinfo::sdl_poller poller(queue, 1h);
    int calls = 0;
    for (int i = 0; i < 1000; ++i)
        asio::post(queue, [&] { ++calls; });
    BOOST_TEST(here.count() == 1);
    BOOST_TEST(poller.handle(here.wait()));
    BOOST_TEST(calls == 1000);
    BOOST_TEST(here.count() == 0);
}

BOOST_AUTO_TEST_CASE(what_the_budget_leaves_comes_behind_other_events) {
    loop here;
    asyncinfo::completion_queue queue;
    asyncinfo::sdl_poller poller(queue, 0ms);
    int calls = 0;
    for (int i = 0; i < 2; ++i)
        asio::post(queue, [&] { ++calls; });
    loop::push_another();
    BOOST_TEST(poller.handle(here.wait()));
    BOOST_TEST(calls == 1);
    const SDL_Event other = here.wait();
    BOOST_TEST(other.type == static_cast<Uint32>(SDL_KEYDOWN));
    BOOST_TEST(!poller.handle(other));
    BOOST_TEST(calls == 1);
    BOOST_TEST(poller.handle(here.wait()));
    BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(two_pollers_know_their_events) {
    loop here;
    asyncinfo::completion_queue first, second;
    asyncinfo::sdl_poller one(first), two(second);
    bool called = false;
    asio::post(second, [&] { called = true; });
    const SDL_Event event = here.wait();
    BOOST_TEST(!one.handle(event));
    BOOST_TEST(!called);
    BOOST_TEST(two.handle(event));
    BOOST_TEST(called);
}

BOOST_AUTO_TEST_CASE(what_a_handler_throws_comes_out_and_the_rest_comes) {
    loop here;
    asyncinfo::completion_queue queue;
    asyncinfo::sdl_poller poller(queue);
    bool called = false;
    asio::post(queue, [] { throw std::runtime_error("of a handler"); });
    asio::post(queue, [&] { called = true; });
    const SDL_Event event = here.wait();
    BOOST_CHECK_THROW(poller.handle(event), std::runtime_error);
    BOOST_TEST(!called);
    BOOST_TEST(poller.handle(here.wait()));
    BOOST_TEST(called);
}

BOOST_AUTO_TEST_CASE(an_event_that_does_not_fit_is_stood_in_for) {
    loop here;
    asyncinfo::completion_queue queue;
    asyncinfo::sdl_poller poller(queue);
    SDL_SetEventFilter([](void*, SDL_Event* event) { return int(event->type == SDL_KEYDOWN); },
                       nullptr);
    bool called = false;
    asio::post(queue, [&] { called = true; });
    BOOST_TEST(here.count() == 0);
    loop::push_another();
    BOOST_TEST(!poller.handle(here.wait()));
    BOOST_TEST(called);
    SDL_SetEventFilter(nullptr, nullptr);
}

BOOST_AUTO_TEST_CASE(is_detached_by_its_destructor) {
    loop here;
    asyncinfo::completion_queue queue;
    auto poller = std::make_unique<asyncinfo::sdl_poller>(queue);
    poller.reset();
    bool called = false;
    asio::post(queue, [&] { called = true; });
    BOOST_TEST(here.count() == 0);
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(called);
}

BOOST_AUTO_TEST_CASE(a_handler_may_destroy_it) {
    loop here;
    asyncinfo::completion_queue queue;
    auto poller = std::make_unique<asyncinfo::sdl_poller>(queue, 0ms);
    int calls = 0;
    asio::post(queue, [&] {
        poller.reset();
        ++calls;
    });
    asio::post(queue, [&] { ++calls; });
    BOOST_TEST(poller->handle(here.wait()));
    BOOST_TEST(calls == 1);
    BOOST_TEST(here.count() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
