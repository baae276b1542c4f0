// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// A game's loop with SDL 2: 60 frames a second, of each of which the queue gets 2 ms at the most.
// (A program that sleeps in SDL_WaitEvent takes asyncinfo/loop/sdl.hpp.)

#include "loop_transfer.hpp"

#include <SDL.h>

#include <iostream>
#include <stdexcept>
#include <string_view>

namespace asio = boost::asio;
using asyncinfo::AsyncStatus;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

class screen {
public:
    screen() {
        if (SDL_Init(SDL_INIT_VIDEO) != 0) {
            SDL_setenv("SDL_VIDEODRIVER", "dummy", 1);
            if (SDL_Init(SDL_INIT_VIDEO) != 0)
                throw std::runtime_error(SDL_GetError());
        }
        const std::string_view driver = SDL_GetCurrentVideoDriver();
        seen_ =
            driver != "dummy" && driver != "offscreen"; // without a display SDL takes one of these
        if (!seen_)
            std::cout << "no display: the window is drawn to memory (" << driver << ")\n";
        window_ = SDL_CreateWindow("transfer", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
                                   480, 80, 0);
    }
    screen(const screen&) = delete;
    screen& operator=(const screen&) = delete;
    ~screen() { SDL_Quit(); } // and destroys the window

    bool seen() const { return seen_; }

    bool draw(double fraction) {
        SDL_Surface* const surface = SDL_GetWindowSurface(window_);
        if (!surface)
            return false;
        const SDL_Rect bar{20, 20, static_cast<int>(440 * fraction), 40};
        SDL_FillRect(surface, nullptr, SDL_MapRGB(surface->format, 32, 32, 32));
        SDL_FillRect(surface, &bar, SDL_MapRGB(surface->format, 46, 125, 79));
        return SDL_UpdateWindowSurface(window_) == 0;
    }

private:
    SDL_Window* window_ = nullptr;
    bool seen_ = false;
};

} // namespace

int main(int argc, char** argv) {
    screen window;
    asyncinfo::completion_queue queue;
    demo::loop_transfer transfer(argc, argv); // its io_context has a thread of its own

    demo::text_bar bar;
    bool running = true, open = true, drawn = true;
    const bool stays = window.seen() && argc == 1; // with --seconds it closes when all has come
    const auto read = transfer.start();
    read.Completed(asio::bind_executor(queue, [&](auto& op, AsyncStatus) {
        bar.show(*op.progress());
        bar.show_end(op);
        running = false;
        open = open && stays;
    }));
    const auto close = [&] {
        open = false;
        read.Cancel();
    };
    const auto interrupt = transfer.interrupt(); // Ctrl-C
    interrupt.Completed(asio::bind_executor(queue, [&](auto&, AsyncStatus) { close(); }));
    transfer.send();

    constexpr auto budget = 2ms; // of a frame's 16.7 ms
    int frames = 0;
    auto next_frame = steady_clock::now();
    while (running || open) {
        next_frame += 1'000'000us / 60;
        for (SDL_Event event; SDL_PollEvent(&event);)
            if (event.type == SDL_QUIT)
                close();

        // What is ready, but no more than the budget allows: the rest comes in the next frame.
        queue.poll_for(budget);

        // How far it is, once a frame: asked without a lock, since nobody need be told more often.
        const auto progress = read.progress();
        drawn = window.draw(progress ? progress->fraction() : 0) && drawn;
        if (frames++ % 10 == 0 && progress && running)
            bar.show(*progress); // on the terminal, now and then
        std::this_thread::sleep_until(next_frame);
    }

    std::cout << frames << " frames, of each of which the queue got " << budget.count()
              << " ms at the most\n";
    return drawn && bar.went_well() ? 0 : 1;
}
