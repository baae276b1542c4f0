// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Downloads in a frame loop: an ordinary Boost.Beast client (downloads_client.hpp) is started on a
// stream that counts (`progress_stream`). A 60 Hz loop that never blocks gives 2 ms of each frame
// to what has ended, draws how far the others are (downloads_screen.hpp), and cancels some.

#include <asyncinfo/asyncinfo.hpp>
#if defined(ASYNCINFO_DEMO_CONSOLE)
#include <asyncinfo/console.hpp>
#endif

#include "downloads_client.hpp"
#include "downloads_screen.hpp"
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

constexpr std::string_view usage = R"(usage: downloads [--fast] [--help]

Downloads files from a server on a loopback port, in the same program, and shows the operations in
a live table while they run. It takes ten seconds; with --fast, one. It redraws the table in place
on a terminal, in colour unless NO_COLOR is set; elsewhere it prints a line per change.
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
    std::string canceled_by; ///< if it is
    clock_type::time_point started = clock_type::now();

    // What the last frame saw.
    AsyncStatus status = AsyncStatus::Started;
    error_code code{};
    std::optional<transfer_progress> progress{};
    clock_type::duration age{};

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
            "kept the " + std::to_string(size >> 10) + " of " + std::to_string(file.size >> 10) +
                " KiB that came, each byte compared"};
}

verdict judge_ending(const IAsyncInfo& operation, AsyncStatus status, error_code code) {
    return {operation.Status() == status && operation.ErrorCode() == code,
            "nothing came: " + operation.ErrorCode().message()};
}

// ---- the table ---------------------------------------------------------------------------------

std::string number(const char* format, double value) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

demo::row to_row(const entry& e) {
    demo::row row;
    row.id = std::to_string(e.operation.Id());
    row.operation = e.label;
    row.status = to_string(e.status);
    row.age = number("%4.1f s", std::chrono::duration<double>(e.age).count());
    row.running = e.status == AsyncStatus::Started;
    if (e.progress && (row.running || e.progress->bytes > 0))
        row.done = e.progress->fraction();
    if (e.progress && e.progress->bytes > 0)
        row.rate = number("%4.1f MiB/s", e.progress->rate() / (1 << 20));
    switch (e.status) {
    case AsyncStatus::Started:
        row.tint = demo::colour::cyan;
        break;
    case AsyncStatus::Completed:
        row.tint = demo::colour::green;
        break;
    case AsyncStatus::Canceled:
        row.tint = demo::colour::yellow;
        row.reason = e.code.message() + ' ' + e.canceled_by;
        break;
    case AsyncStatus::Error:
        row.tint = demo::colour::red;
        row.reason = e.code.message();
        break;
    }
    return row;
}

std::vector<demo::row> to_rows(const std::vector<entry>& entries) {
    std::vector<demo::row> rows;
    for (const entry& e : entries)
        rows.push_back(to_row(e));
    return rows;
}

/// Compares each ending with what should have come, and says so.
bool report(demo::screen& screen, const std::vector<entry>& entries) {
    bool all_good = true;
    screen.print("");
    for (const entry& e : entries) {
        const verdict v = e.judge();
        all_good = all_good && v.good;
        const std::string was = std::string(to_string(e.status)) + ", " + e.code.message();
        screen.print(e.label + ": " + (v.good ? v.text : was), v.good ? "ok" : "WRONG",
                     v.good ? demo::colour::green : demo::colour::red);
    }
    return all_good;
}

// ---- the program -------------------------------------------------------------------------------

int run(int speed) {
    const auto file = [&](const char* name, int kib, int kib_per_second) {
        return demo::served_file{name, std::size_t(kib) << 10,
                                 std::size_t(kib_per_second * speed) << 10};
    };
    const demo::served_file logo = file("/logo.png", 512, 350);
    const demo::served_file manual = file("/manual.pdf", 3 << 10, 700);
    const demo::served_file music = file("/music.ogg", 6 << 10, 900);
    const demo::served_file video = file("/video.mp4", 20 << 10, 2200);
    const demo::served_file backup = file("/backup.tar", 24 << 10, 2500);
    const demo::served_file silence = file("/silence", 1 << 10, 0);
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
                return demo::async_download(std::move(stream), "127.0.0.1", port, target,
                                            token.named(label));
            });
        entries.push_back({std::move(label), operation, operation, {}, {}});
        return operation;
    };

    for (const demo::served_file* whole : {&logo, &manual, &music, &video}) {
        const auto operation = start(whole->target, server.port(), whole->target, whole->size);
        entries.back().judge = [=] { return judge_whole(operation, *whole); };
    }

    const auto unwanted = start(backup.target, server.port(), backup.target, backup.size);
    entries.back().judge = [&] { return judge_partial(unwanted, backup); };
    entries.back().canceled_by = "by the frame loop";

    // The port is bound, so that nobody else has it, and nobody listens there.
    tcp::socket closed_port(client, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const auto refused =
        start("closed port", std::to_string(closed_port.local_endpoint().port()), "/");
    entries.back().judge = [=] {
        return judge_ending(refused, AsyncStatus::Error, asio::error::connection_refused);
    };

    tcp::resolver resolver(client);
    const IAsyncOperation<tcp::resolver::results_type> lookup =
        resolver.async_resolve("no-such-host.invalid.", "80", use_async_info.named("look-up"));
    entries.push_back({"no such host",
                       lookup,
                       nullptr,
                       [=] {
                           const error_code code = lookup.ErrorCode(); // depends on the network
                           return judge_ending(lookup, AsyncStatus::Error, code);
                       },
                       {}});

    const auto unanswered = start(silence.target, server.port(), silence.target);
    entries.back().judge = [=] {
        return judge_ending(unanswered, AsyncStatus::Canceled, asio::error::operation_aborted);
    };
    entries.back().canceled_by = "by another thread";
    std::thread impatient([=] {
        if (unanswered.wait_for(6000ms / speed) == AsyncStatus::Started)
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
        for (entry& e : entries) {
            e.operation.Cancel();
            e.canceled_by = e.status == AsyncStatus::Started ? "by Ctrl-C" : e.canceled_by;
        }
    }));

    // The frame loop: nothing in it waits for an operation.
    demo::screen screen("Watch eight operations end while the loop never waits.",
                        "Ctrl-C cancels them all.");
    int frames = 0;
    clock_type::duration longest{};
    const auto statistics = [&] {
        const std::chrono::duration<double, std::milli> ms = longest;
        return std::to_string(frames) + " frames; the longest took " + number("%.2f", ms.count()) +
               " ms, drawing included";
    };
    while (running != 0) {
        const auto begin = clock_type::now();
        queue.poll_for(budget);
        if (const auto p = unwanted.progress(); p && p->fraction() > 0.3)
            unwanted.Cancel(); // again in each frame: no matter
        for (entry& e : entries)
            e.look();
        screen.draw(to_rows(entries), statistics());

        ++frames;
        longest = std::max(longest, clock_type::now() - begin);
        std::this_thread::sleep_until(begin + frame);
    }
    impatient.join();
    interrupt.Cancel();
    client.join();

    screen.finish();
    if (interrupted) {
        screen.print("");
        screen.print("interrupted; every operation has ended");
        return 128 + interrupt.GetResults();
    }
    const bool all_good = report(screen, entries);
    screen.print("");
    screen.print(statistics());
    return all_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
    bool fast = false;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (option == "--help") {
            std::cout << usage;
            return EXIT_SUCCESS;
        }
        if (option != "--fast") {
            std::cerr << "downloads: unknown option " << option << '\n' << usage;
            return 2;
        }
        fast = true;
    }
    try {
#if !defined(_WIN32)
        ::setenv("RES_OPTIONS", "timeout:1 attempts:1", 0); // a look-up cannot be cancelled
#endif
#if defined(ASYNCINFO_DEMO_CONSOLE)
        asyncinfo::console_options options;
        options.program = "downloads";
        options.may_cancel = true;
        const asyncinfo::console console(options);
        std::cerr << "The console: " << console.url() << "\nEnter starts the downloads. ";
        std::cin.get();
        const int status = run(fast ? 10 : 1);
        std::cerr << "Enter closes the console. ";
        std::cin.get();
        return status;
#else
        return run(fast ? 10 : 1);
#endif
    } catch (const std::exception& e) {
        std::cerr << "downloads: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
