// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Step 8: many at once.

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <string>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

int main() {
    const tutorial::file_server server;
    asio::thread_pool pool(2);
    std::string film(tutorial::film_size, '\0'), note(tutorial::note_size, '\0');
    tcp::socket from_film(pool), from_note(pool), from_silence(pool);

    // Each step for all: when_all is an operation that consists of others.
    asyncinfo::when_all(from_film.async_connect(server.film(), use_async_info),
                        from_note.async_connect(server.note(), use_async_info),
                        from_silence.async_connect(server.silence(), use_async_info))
        .get();

    // Each as it ends: a group gives those that have ended, with what you put beside them.
    char answer = 0;
    asyncinfo::operation_group<std::string> reads;
    reads.add(asio::async_read(from_film, asio::buffer(film), use_async_info), "film");
    reads.add(asio::async_read(from_note, asio::buffer(note), use_async_info), "note");
    reads.add(asio::async_read(from_silence, asio::buffer(&answer, 1), use_async_info), "silence");

    while (!reads.empty())
        if (const auto next = reads.wait_next_for(16ms)) {
            std::cout << next->tag << ": " << next->operation.Status() << '\n';
            if (next->tag == "film")
                reads.cancel_all(); // the rest is not needed any more
        }
    return 0;
}
