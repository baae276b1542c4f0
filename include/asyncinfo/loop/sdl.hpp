//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_LOOP_SDL_HPP
#define ASYNCINFO_LOOP_SDL_HPP

/// For programs that sleep in `SDL_WaitEvent`. Not part of `asyncinfo.hpp`. A game that draws a
/// frame every 16 ms needs none of this: it calls `queue.poll_for(2ms)` in each.
#include <asyncinfo/detail/loop/poll_callback.hpp>

#include <SDL_error.h>
#include <SDL_events.h>

#include <atomic>
#include <stdexcept>
#include <utility>

namespace asyncinfo {

/// Polls a `completion_queue` in a loop of SDL 2 that waits for events: an event of SDL's wakes it.
///
/// When the queue becomes ready one event is pushed, and `handle` polls the queue for the budget, 4
/// ms unless told otherwise: `sdl_poller poller(queue, 2ms)`. What is left brings another event,
/// behind those that have come meanwhile.
///
/// Executor and threads: handlers run on the thread that calls `handle`. All is to be done on the
/// thread of SDL's events.
///
/// Lifetime: queue and SDL outlive it; it needs `SDL_Init` to have been called. It takes the
/// queue's `on_ready`, and the destructor gives that up; the queue's descriptor is not used. A
/// handler may destroy it. One poller per queue: a second one takes `on_ready` from the first,
/// which then gets no events, and nobody is told.
///
/// Errors: what a handler throws comes out of `handle`, which is called by no C code and so needs
/// no function to give it to; the rest of what is ready brings another event. The constructor
/// throws `std::runtime_error` if SDL has no more numbers for events. If SDL's queue of events is
/// full, the next event that is handled stands in.
///
/// Example:
///
///     asyncinfo::completion_queue queue;
///     asyncinfo::sdl_poller poller(queue);
///     for (SDL_Event event; SDL_WaitEvent(&event) && event.type != SDL_QUIT;)
///         if (!poller.handle(event))
///             react_to(event);
class sdl_poller {
public:
    using budget_type = detail::poll_callback::budget_type; ///< std::chrono::nanoseconds

    explicit sdl_poller(completion_queue& queue,
                        budget_type budget = detail::poll_callback::default_budget)
        : queue_(queue), budget_(budget) {
        if (type() == static_cast<Uint32>(-1))
            throw std::runtime_error("asyncinfo::sdl_poller: SDL_RegisterEvents");
        queue_.on_ready([this] { push(); });
    }

    sdl_poller(const sdl_poller&) = delete;
    sdl_poller& operator=(const sdl_poller&) = delete;
    ~sdl_poller() { queue_.on_ready(nullptr); }

    /// Give it each event. It polls the queue if this is the event that it has pushed: true.
    bool handle(const SDL_Event& event) {
        const bool mine = event.type == type() && event.user.data1 == this;
        if (mine || owed_.exchange(false))
            queue_.poll_for(budget_);
        return mine;
    }

private:
    /// One number for all: there are no more than 32 768 in a process.
    static Uint32 type() {
        static const Uint32 registered = SDL_RegisterEvents(1);
        return registered;
    }

    void push() noexcept {
        SDL_Event event{};
        event.type = type();
        event.user.data1 = this;
        if (SDL_PushEvent(&event) != 1)
            owed_ = true;
    }

    completion_queue& queue_;
    const budget_type budget_;
    std::atomic<bool> owed_{false};
};

} // namespace asyncinfo

#endif // ASYNCINFO_LOOP_SDL_HPP
