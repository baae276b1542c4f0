//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// asyncinfo-top: a console in a terminal.

#include "client.hpp"
#include "screen.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <asyncinfo/asyncinfo.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <langinfo.h>
#include <unistd.h>

#include <chrono>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asyncinfo_top {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asyncinfo::IAsyncAction;
using asyncinfo::use_async_info;
using boost::beast::http::verb;
using boost::system::system_error;
using clock = std::chrono::steady_clock;

/// Somebody who looks. Each coroutine waits for one thing that can happen: a picture, a key, a
/// signal, a second that has gone by.
class visitor {
public:
    visitor(asio::io_context& context, address of, std::unique_ptr<events> pictures, view first,
            abilities of_terminal)
        : context_(context), address_(std::move(of)), events_(std::move(pictures)),
          terminal_(of_terminal), keys_(context, ::dup(terminal_.input())),
          signals_(context, SIGWINCH, SIGINT, SIGTERM), timer_(context) {
        for (const int one : {SIGHUP, SIGQUIT, SIGTSTP, SIGCONT})
            signals_.add(one);
        screen_.open(first);
    }

    /// Until somebody quits. Returns the signal that did, or zero.
    int stay() {
        const std::vector<IAsyncAction> all{follow(), listen(), obey(), tick()};
        running_ = all;
        for (const auto& one : all) // none of them ends by itself, unless it fails
            one.Completed([this](const IAsyncAction&, asyncinfo::AsyncStatus) { quit(); });
        context_.run();
        running_.clear();
        for (const auto& one : all)
            if (one.Status() == asyncinfo::AsyncStatus::Error)
                one.GetResults(); // throws
        return signal_;
    }

    auto get_executor() { return context_.get_executor(); }

private:
    void draw() {
        const auto size = terminal::measure();
        terminal_.draw(screen_.draw(size), size);
    }

    void quit() {
        for (const auto& one : running_)
            one.Cancel();
    }

    IAsyncAction follow() {
        for (;;) {
            bool has_ended = false;
            std::string reason;
            try {
                while (!has_ended) {
                    const auto event = co_await events_->next();
                    screen_.show(snapshot(event.picture));
                    has_ended = event.is_last;
                    shown_ = clock::now();
                    draw();
                }
            } catch (const failure& error) {
                reason = error.what();
            } catch (const not_a_snapshot& error) {
                reason = error.what();
            }
            screen_.lose(has_ended, reason, !address_.file.empty());
            draw();
            events_.reset();
            while (!events_) {
                asio::steady_timer again(context_, 1s);
                co_await again.async_wait(use_async_info);
                try {
                    events_ = co_await events::open(context_, address_);
                } catch (const failure&) {
                    // It is still away.
                }
            }
        }
    }

    IAsyncAction listen() {
        key_reader reader;
        char bytes[4096];
        for (;;) {
            std::vector<key> keys;
            try {
                const auto read = keys_.async_read_some(asio::buffer(bytes), use_async_info);
                if (reader.is_within())
                    read.cancel_after(50ms);
                const auto size = co_await read;
                keys = reader.feed(std::string_view(bytes, size));
            } catch (const system_error& error) {
                if (error.code() != asio::error::timed_out)
                    throw;
                keys = reader.nothing_follows();
            }
            for (const auto& one : keys) {
                if (one.is == key::refresh)
                    terminal_.forget();
                const auto wanted = screen_.press(one);
                if (wanted.is == wish::quit)
                    co_return quit();
                if (wanted.is == wish::cancel)
                    running_.push_back(cancel(wanted.operation));
            }
            draw();
        }
    }

    IAsyncAction cancel(std::uint64_t operation) {
        const auto number = std::to_string(operation);
        try {
            const auto answer = co_await ask(context_, address_, verb::post, "cancel/" + number);
            screen_.say(answer.status == 204 ? "#" + number + " was asked to stop."
                                             : "#" + number + ": " + printable_line(answer.body));
        } catch (const failure& error) {
            screen_.say(printable(error.what()));
        }
        draw();
    }

    static std::string printable_line(const std::string& body) {
        return printable(std::string_view(body).substr(0, body.find('\n')));
    }

    IAsyncAction obey() {
        for (;;) {
            const int signal = co_await signals_.async_wait(use_async_info);
            if (signal == SIGTSTP) { // Ctrl-Z
                terminal_.give_back();
                signals_.remove(SIGTSTP);
                std::raise(SIGTSTP); // here it stops, and goes on by fg
                signals_.add(SIGTSTP);
                terminal_.take();
            } else if (signal == SIGCONT) { // the shell may have changed it meanwhile
                terminal_.take();
            } else if (signal != SIGWINCH) {
                signal_ = signal;
                co_return quit();
            }
            draw();
        }
    }

    IAsyncAction tick() {
        for (;;) {
            timer_.expires_after(1s);
            co_await timer_.async_wait(use_async_info);
            if (const auto silent = clock::now() - shown_; silent > 5s) {
                screen_.wait(std::chrono::duration<double>(silent).count());
                draw();
            }
        }
    }

    asio::io_context& context_;
    const address address_;
    std::unique_ptr<events> events_;
    screen screen_;
    terminal terminal_;
    asio::posix::stream_descriptor keys_;
    asio::signal_set signals_;
    asio::steady_timer timer_;
    clock::time_point shown_ = clock::now();
    std::vector<IAsyncAction> running_;
    int signal_ = 0;
};

constexpr std::string_view usage_text =
    R"(usage: asyncinfo-top [--view <view>] [<address>]
       asyncinfo-top --once [--view <view>] [<address>]

Shows in a terminal which asynchronous operations of a program run, what they wait for, and why others
have ended. The program has an asyncinfo::console. The address is what console::url() returns:

  asyncinfo-top http://127.0.0.1:34567/9f86d081884c7d65.../
  asyncinfo-top unix:/run/user/1000/my_program

Without an address it is taken from the environment: ASYNCINFO_CONSOLE. There the secret in it is not
seen by the other users of the machine, as it is in a command line.

  --once         print one view as text, and end; so it does if the output is not a terminal
  --view <view>  begin with: why, operations, ended, durations, lints
  --help         show this

While it runs, ? shows the keys. NO_COLOR=1 turns colours off.
)";

struct wrong_usage : std::runtime_error {
    using runtime_error::runtime_error;
};

struct arguments {
    bool is_once = false, wants_help = false;
    view first = view::why;
    std::string url;
};

arguments read_arguments(int argc, char* argv[]) {
    arguments result;
    const std::vector<std::string_view> all(argv + 1, argv + argc);
    for (std::size_t n = 0; n != all.size(); ++n) {
        if (all[n] == "--help" || all[n] == "-h")
            result.wants_help = true;
        else if (all[n] == "--once")
            result.is_once = true;
        else if (all[n] == "--view") {
            const auto name = ++n < all.size() ? all[n] : std::string_view();
            std::size_t which = 0;
            while (which != views && word(static_cast<view>(which)) != name)
                ++which;
            if (which == views)
                throw wrong_usage(name.empty() ? "--view: which one?"
                                               : "--view: unknown view: " + std::string(name));
            result.first = static_cast<view>(which);
        } else if (all[n].substr(0, 1) == "-")
            throw wrong_usage("unknown option: " + std::string(all[n]));
        else if (!result.url.empty())
            throw wrong_usage("more than one address");
        else
            result.url = all[n];
    }
    if (const char* const url = std::getenv("ASYNCINFO_CONSOLE"); result.url.empty() && url)
        result.url = url;
    if (result.url.empty() && !result.wants_help)
        throw wrong_usage("no address, and no ASYNCINFO_CONSOLE in the environment");
    return result;
}

/// What the terminal can show. Also makes wcwidth() know all characters.
abilities look_around() {
    std::setlocale(LC_CTYPE, "");
    abilities result;
    result.is_ascii = std::string_view(::nl_langinfo(CODESET)) != "UTF-8";
    if (result.is_ascii)
        std::setlocale(LC_CTYPE, "C.UTF-8");
    const char* const no_colour = std::getenv("NO_COLOR");
    result.has_colours = !no_colour || !*no_colour;
    return result;
}

void print_once(asio::io_context& context, const address& of, view first, abilities terminal) {
    const auto answer = ask(context, of, verb::get, "snapshot").get(context);
    if (answer.status != 200)
        throw failure(of.shown + ": " + answer.body.substr(0, answer.body.find('\n')));
    screen shown;
    shown.open(first);
    try {
        shown.show(snapshot(answer.body));
    } catch (const not_a_snapshot& error) {
        throw failure(of.shown + " is not a console: " + error.what());
    }
    for (const auto& line : shown.print()) {
        auto text = terminal.is_ascii ? to_ascii(line.text()) : line.text();
        text.erase(text.find_last_not_of(' ') + 1);
        std::cout << text << '\n';
    }
    std::cout.flush();
    if (!std::cout)
        throw failure("the output cannot be written");
}

int run(const arguments& given) {
    const auto terminal = look_around();
    const auto of = read_address(given.url);
    asio::io_context context(1);
    if (given.is_once || !::isatty(STDOUT_FILENO)) {
        print_once(context, of, given.first, terminal);
        return 0;
    }
    auto pictures = events::open(context, of).get(context);
    context.restart();
    int signal = 0;
    {
        visitor here(context, of, std::move(pictures), given.first, terminal);
        signal = here.stay();
    }
    if (signal) { // the terminal is as it was: whoever waits for this program learns why it ends
        std::signal(signal, SIG_DFL);
        std::raise(signal);
    }
    return 0;
}

} // namespace
} // namespace asyncinfo_top

int main(int argc, char* argv[]) {
    using namespace asyncinfo_top;
    try {
        const auto given = read_arguments(argc, argv);
        if (given.wants_help) {
            std::cout << usage_text;
            return 0;
        }
        return run(given);
    } catch (const wrong_usage& error) {
        std::cerr << "asyncinfo-top: " << printable(error.what()) << '\n' << usage_text;
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "asyncinfo-top: " << printable(error.what()) << '\n';
        return 1;
    }
}
