//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_LOOP_SDL_HPP
#define ASYNCINFO_LOOP_SDL_HPP

/// For programs that sleep in `SDL_WaitEvent` of SDL 2. A game that draws a frame every 16 ms does
/// not need it; it calls `queue.poll_for(2ms)` in each frame. `asyncinfo.hpp` does not include
/// this.
#include <asyncinfo/detail/loop/poll_callback.hpp>

#include <SDL_error.h>
#include <SDL_events.h>

#include <atomic>
#include <stdexcept>
#include <utility>

namespace asyncinfo {

/// Polls a `completion_queue` in a loop of SDL 2 that waits for events. An event of its own wakes
/// the loop.
///
/// When the queue becomes ready, one event is pushed. `handle` sees it, and polls the queue for the
/// budget, which is 4 ms unless you give another. If anything is left, another event is pushed,
/// behind those that have come meanwhile.
///
/// Executor and threads: handlers run on the thread that calls `handle`. Make, use and destroy the
/// poller on the thread of SDL's events.
///
/// Lifetime: the queue and SDL outlive the poller; `SDL_Init` must have been called before. The
/// poller sets the queue's `on_ready`, and the destructor removes it; the queue's descriptor is not
/// used. A handler may destroy the poller. A queue has one poller: a second one takes `on_ready`
/// from the first, which then gets no more events, without an error.
///
/// Errors: what a handler throws comes out of `handle`; the rest of what is ready brings another
/// event. The constructor throws `std::runtime_error` if SDL has no more numbers for events. If
/// SDL's queue of events is full, the next event that you give to `handle` polls the queue.
///
/// Example:
///
///     completion_queue queue;
///     sdl_poller poller(queue);
///
///     for (SDL_Event event; SDL_WaitEvent(&event) && event.type != SDL_QUIT;)
///         if (!poller.handle(event))
///             react_to(event);
class sdl_poller {
public:
    using budget_type = detail::poll_callback::budget_type; ///< `std::chrono::nanoseconds`

    /// Pushes an event from now on whenever the queue becomes ready.
    explicit sdl_poller(completion_queue& queue,
                        budget_type budget = detail::poll_callback::default_budget)
        : queue_(queue), budget_(budget) {
        if (type() == static_cast<Uint32>(-1))
            throw std::runtime_error("asyncinfo::sdl_poller: SDL_RegisterEvents");
        queue_.on_ready([this] { push(); });
    }

    sdl_poller(const sdl_poller&) = delete;
    sdl_poller& operator=(const sdl_poller&) = delete;
    /// Removes the queue's `on_ready`.
    ~sdl_poller() { queue_.on_ready(nullptr); }

    /// Give it each event of the loop. If this is an event that the poller has pushed, it polls the
    /// queue and returns true.
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
