// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Many operations, and a loop that draws frames.

#include "cookbook.hpp"

namespace cookbook::frame_loop {

struct picture {
    int loaded = 0;
    int failed = 0;
    int frames = 0;
    void draw() { ++frames; }
};

void show_all(operation_group<std::string>& downloads, picture& screen) {
    while (!downloads.empty()) { // one round for each frame
        downloads.drain(
            [&](auto ended) { // takes what has ended; costs nothing for those that run
                if (ended.operation.Status() == AsyncStatus::Completed)
                    ++screen.loaded;
                else
                    ++screen.failed;
            },
            2ms); // of a frame, at most
        screen.draw();
    }
}

IAsyncOperation<int> fail(asio::any_io_executor) {
    co_await asyncinfo::resume_after(1ms);
    throw system_error(asio::error::eof);
}

void run() {
    asio::thread_pool pool(1);
    operation_group<std::string> downloads;
    for (int i = 0; i < 100; ++i)
        downloads.add(work(pool.get_executor(), milliseconds(i % 10), i), "picture");
    downloads.add(fail(pool.get_executor()), "broken");
    picture screen;
    show_all(downloads, screen);
    check(screen.loaded == 100 && screen.failed == 1 && screen.frames > 0);
}

const recipe here("frame_loop", run);

} // namespace cookbook::frame_loop
