// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Downloads in a frame loop: an ordinary Boost.Beast client (downloads_client.hpp) is started on a
// stream that counts (`progress_stream`). A 60 Hz loop that never blocks gives 2 ms of each frame to
// what has ended, draws how far the others are, and cancels some.

#include <asyncinfo/asyncinfo.hpp>

#include "downloads_client.hpp"
#include "downloads_server.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <stdlib.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using asyncinfo::AsyncStatus;
using asyncinfo::IAsyncInfo;
using asyncinfo::IAsyncOperation;
using asyncinfo::transfer_progress;
using asyncinfo::use_async_info;
using boost::system::error_code;
using clock_type = std::chrono::steady_clock;
using download = asyncinfo::IAsyncOperationWithProgress<demo::download, transfer_progress>;
constexpr clock_type::duration frame = 1'000'000us / 60;
constexpr clock_type::duration budget = 2ms; // of a frame, for handlers
namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::string_view usage = R"(usage: downloads [--help]

Downloads files from a server on a loopback port, in the same program, and shows the operations in
a live table while they run. Redraws in place on a terminal; else prints a line per change.
Ctrl-C cancels everything.

exit status: 0    every operation ended as it should
             1    some did not, or the demo could not run
             2    unknown option
             130  Ctrl-C, 143 SIGTERM; every operation was cancelled and has ended
)";

// ---- the operations ----------------------------------------------------------------------------

struct verdict {
    bool good;
    std::string text;
};

/// A row: operations of all kinds are an IAsyncInfo.
struct entry {
    std::string label;
    IAsyncInfo operation;
    download transfer; ///< the same if it is a download, else empty
    std::function<verdict()> judge;
    clock_type::time_point started = clock_type::now();

    // What the last frame saw.
    AsyncStatus status = AsyncStatus::Started;
    error_code code{};
    std::optional<transfer_progress> progress{};
    clock_type::duration age{};

    std::uint64_t bytes() const { return progress ? progress->bytes : 0; }

    /// Once a frame: asking costs a few atomic loads, whether anything has come or not.
    void look() {
        if (transfer)
            progress = transfer.progress();
        if (status == AsyncStatus::Started)
            age = clock_type::now() - started;
    }
};

verdict judge_whole(const download& operation, const demo::served_file& file) {
    const auto [code, result] = operation.outcome();
    return {operation.Status() == AsyncStatus::Completed && !code && result &&
                result->http_status == 200 && result->body == file.content() &&
                operation.progress()->fraction() == 1,
            "the whole content came, each byte compared"};
}

verdict judge_partial(const download& operation, const demo::served_file& file) {
    const auto [code, result] = operation.outcome(); // the code, and what came until then
    const std::size_t size = result ? result->body.size() : 0;
    return {operation.Status() == AsyncStatus::Canceled && code == asio::error::operation_aborted &&
                size > 0 && size < file.size && file.content().starts_with(result->body),
            "kept the " + std::to_string(size) + " of " + std::to_string(file.size) +
                " bytes that came, each byte compared"};
}

verdict judge_ending(const IAsyncInfo& operation, AsyncStatus status, error_code code) {
    return {operation.Status() == status && operation.ErrorCode() == code,
            "nothing came: " + operation.ErrorCode().message()};
}

// ---- the table ---------------------------------------------------------------------------------

class table {
public:
    table() : in_place_(::isatty(STDOUT_FILENO) == 1) {
        if (in_place_)
            put("\x1b[?25l\x1b[?7l"); // hide the cursor, cut long lines
        put(heading);
    }

    table(const table&) = delete;
    table& operator=(const table&) = delete;

    ~table() {
        if (in_place_)
            put("\x1b[?25h\x1b[?7h");
    }

    void draw(const std::vector<entry>& entries) {
        std::string text;
        if (in_place_ && !shown_.empty())
            text = "\x1b[" + std::to_string(shown_.size()) + "A";
        shown_.resize(entries.size());
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const entry& e = entries[i];
            if (in_place_ || !shown_[i].drawn || shown_[i].status != e.status ||
                e.bytes() - shown_[i].bytes >= line_every) {
                text += line(e);
                shown_[i] = {true, e.status, e.bytes()};
            }
        }
        put(text);
    }

private:
    static constexpr std::string_view heading =
        "  id  status       age  progress    rate        operation\n";
    static constexpr std::uint64_t line_every = 1 << 20; // bytes that count as a change when piped

    struct shown {
        bool drawn = false;
        AsyncStatus status = AsyncStatus::Started;
        std::uint64_t bytes = 0;
    };

    std::string line(const entry& e) const {
        char row[128];
        std::snprintf(row, sizeof row, "%4llu  %-9s %4.1f s  %-10s  %-10s  ",
                      static_cast<unsigned long long>(e.operation.Id()),
                      std::string(to_string(e.status)).c_str(),
                      std::chrono::duration<double>(e.age).count(), bar(e).c_str(),
                      rate(e).c_str());
        return row + e.label + (e.code ? ": " + e.code.message() : "") +
               (in_place_ ? "\x1b[K\n" : "\n");
    }

    static std::string bar(const entry& e) {
        if (!e.progress)
            return "";
        std::string text = "[        ]";
        const double done = e.progress->fraction();
        const int length = static_cast<int>(8 * done);
        // Whoever has got something shows something.
        std::fill_n(text.begin() + 1, done > 0 ? std::max(length, 1) : 0, '#');
        return text;
    }

    static std::string rate(const entry& e) {
        if (e.bytes() == 0)
            return "";
        char text[32];
        std::snprintf(text, sizeof text, "%4.1f MiB/s", e.progress->rate() / (1 << 20));
        return text;
    }

    static void put(std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    }

    bool in_place_;
    std::vector<shown> shown_;
};

/// Compares each ending with what should have come, and says so.
bool report(const std::vector<entry>& entries) {
    std::cout << '\n';
    bool all_good = true;
    for (const entry& e : entries) {
        const verdict v = e.judge();
        all_good = all_good && v.good;
        std::cout << (v.good ? "ok     " : "WRONG  ") << e.label << ": ";
        if (v.good)
            std::cout << v.text << '\n';
        else
            std::cout << e.status << ", " << e.code.message() << '\n';
    }
    return all_good;
}

// ---- the program -------------------------------------------------------------------------------

int run() {
    const demo::served_file logo{"/logo.png", 96 << 10, 256 << 10};
    const demo::served_file manual{"/manual.pdf", 768 << 10, 512 << 10};
    const demo::served_file music{"/music.ogg", 3 << 20, 1536 << 10};
    const demo::served_file video{"/video.mp4", 8 << 20, 3 << 20};
    const demo::served_file backup{"/backup.tar", 16 << 20, 1 << 20};
    const demo::served_file silence{"/silence", 1 << 20, 0};
    const demo::file_server server({logo, manual, music, video, backup, silence});

    asio::thread_pool client(2); // two threads, and no strand anywhere
    std::vector<entry> entries;

    // Any Asio operation becomes a handle. This one is for Ctrl-C, and polled like the others.
    asio::signal_set signals(client, SIGINT, SIGTERM);
    const IAsyncOperation<int> interrupt = signals.async_wait(use_async_info);

    // `total` is what the bar is of.
    const auto start = [&](std::string label, const std::string& port, const std::string& target,
                           std::optional<std::uint64_t> total = std::nullopt) {
        asyncinfo::progress_stream<demo::beast::tcp_stream> stream(client.get_executor());
        const download operation =
            asyncinfo::with_progress(stream, total, asyncinfo::traffic::read, [&](auto token) {
                return demo::async_download(std::move(stream), "127.0.0.1", port, target, token);
            });
        entries.push_back({std::move(label), operation, operation, {}});
        return operation;
    };

    for (const demo::served_file* file : {&logo, &manual, &music, &video}) {
        const auto operation = start(file->target, server.port(), file->target, file->size);
        entries.back().judge = [=] { return judge_whole(operation, *file); };
    }

    const auto unwanted =
        start("/backup.tar, cancelled by the user", server.port(), backup.target, backup.size);
    entries.back().judge = [&] { return judge_partial(unwanted, backup); };

    // The port is bound, so that nobody else has it, and nobody listens there.
    tcp::socket closed_port(client, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const auto refused = start("a port where nobody listens",
                               std::to_string(closed_port.local_endpoint().port()), "/");
    entries.back().judge = [=] {
        return judge_ending(refused, AsyncStatus::Error, asio::error::connection_refused);
    };

    tcp::resolver resolver(client);
    const IAsyncOperation<tcp::resolver::results_type> lookup =
        resolver.async_resolve("no-such-host.invalid.", "80", use_async_info);
    entries.push_back({"look up no-such-host.invalid", lookup, nullptr, [=] {
                           const error_code code = lookup.ErrorCode(); // depends on the network
                           return judge_ending(lookup, AsyncStatus::Error, code);
                       }});

    const auto unanswered =
        start("/silence, cancelled by another thread", server.port(), "/silence");
    entries.back().judge = [=] {
        return judge_ending(unanswered, AsyncStatus::Canceled, asio::error::operation_aborted);
    };
    std::jthread impatient([unanswered] {
        if (unanswered.wait_for(2s) == AsyncStatus::Started)
            unanswered.Cancel();
    });

    // What ends is told on this thread, when it polls the queue.
    asyncinfo::completion_queue queue;
    std::size_t running = entries.size();
    for (entry& e : entries)
        e.operation.async_wait(asio::bind_executor(queue, [&](error_code code) {
            e.status = e.operation.Status();
            e.code = code;
            --running;
        }));
    bool interrupted = false;
    interrupt.Completed(asio::bind_executor(queue, [&](auto&, AsyncStatus status) {
        interrupted = status == AsyncStatus::Completed;
        for (const entry& e : entries)
            e.operation.Cancel();
    }));

    // The frame loop: nothing in it waits for an operation.
    int frames = 0;
    clock_type::duration longest{};
    {
        table shown;
        clock_type::time_point begin = clock_type::now();
        while (running != 0) {
            queue.poll_for(budget);
            for (entry& e : entries)
                e.look();
            shown.draw(entries);

            if (const auto p = unwanted.progress(); p && p->bytes > backup.size / 10)
                unwanted.Cancel(); // again in each frame: no matter
            ++frames;
            longest = std::max(longest, clock_type::now() - begin);
            std::this_thread::sleep_until(begin + frame);
            begin = clock_type::now();
        }
    }

    impatient.join();
    interrupt.Cancel();
    client.join();
    if (interrupted) {
        std::cout << "\ninterrupted; every operation has ended\n";
        return 128 + interrupt.GetResults();
    }

    const bool all_good = report(entries);
    const auto us = [](clock_type::duration d) { return d / 1us; };
    std::cout << "\n"
              << frames << " frames; the longest took " << us(longest) << " us, drawing included; "
              << "the budget of its handlers is " << us(budget) << " us\n";
    return all_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--help") {
            std::cout << usage;
            return EXIT_SUCCESS;
        }
        std::cerr << "downloads: unknown option " << argv[i] << '\n' << usage;
        return 2;
    }
    try {
        ::setenv("RES_OPTIONS", "timeout:1 attempts:1", 0); // a look-up cannot be cancelled
        return run();
    } catch (const std::exception& e) {
        std::cerr << "downloads: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
