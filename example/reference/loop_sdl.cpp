// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "reference.hpp"

#include <asyncinfo/loop/sdl.hpp>

#include <SDL.h>

namespace reference::loop_sdl_hpp {

void show() {
    check(SDL_Init(SDL_INIT_VIDEO) == 0);
    async_source<int> source;
    auto read = source.operation();
    int reactions = 0;
    const auto react_to = [&](const SDL_Event&) { ++reactions; };

    {
        completion_queue queue;
        sdl_poller poller(queue);

        read.Completed(asio::bind_executor(queue, [](auto&, auto) {
            SDL_Event quit{};
            quit.type = SDL_QUIT;
            SDL_PushEvent(&quit);
        }));
        source.set_value(7);

        for (SDL_Event event; SDL_WaitEvent(&event) && event.type != SDL_QUIT;)
            if (!poller.handle(event))
                react_to(event);
    }
    SDL_Quit();
}

const page shown("loop/sdl.hpp", show);

} // namespace reference::loop_sdl_hpp
