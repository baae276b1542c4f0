// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// A console for page.py and top.py to look at. usage:
// served [--rows <n>] [--may-cancel] [--still] [--socket <path>]
//
// What it shows is made up, so that each run shows the same: a program with downloads of which some
// hang, and with names that mean something to browsers and terminals. With --rows there are so many
// sockets that wait, too; with --still nothing starts or ends. The first line that it prints is the
// address. It ends when its input does, and prints a line for each operation that was cancelled.

#include "../../src/console/server.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace registry = asyncinfo::registry;
using asyncinfo::AsyncStatus;
using asyncinfo::cancel_source;
using asyncinfo::ending_reason;
using asyncinfo::operation_origin;
using namespace std::chrono_literals;
using clock_type = registry::clock;
using moment = clock_type::time_point;

class program {
public:
    program(int rows, bool still) : still_(still) {
        auto& server = add("serve", "listen_and_serve", operation_origin::coroutine, 95s);
        const auto serving = server.id;
        add("", "async_accept", operation_origin::initiated, 1s, serving).at = {"server.cpp", 31};
        awaits(serving, "async_accept", {"server.cpp", 31});

        const auto sync = add("nightly sync", "synchronise", operation_origin::coroutine, 74s).id;
        const auto all = add("", "when_all", operation_origin::combination, 73s, sync).id;
        awaits(sync, "when_all", {"sync.cpp", 58});
        std::uint64_t first_download = 0;
        for (int n = 0; n < 3; ++n) {
            const auto file = add("download", "fetch", operation_origin::coroutine,
                                  std::chrono::seconds(73 - n), all)
                                  .id;
            if (n == 0)
                first_download = file;
            auto& read = add(
                n == 1 ? "read body" : "", "async_read_some", operation_origin::initiated,
                n == 1 ? std::chrono::milliseconds(71300) : std::chrono::milliseconds(40 * (n + 1)),
                file);
            read.at = {"fetch.cpp", 112};
            read.result = "unsigned long";
            read.progress = registry::progress{.value = 52'000.0 * (n + 1),
                                               .total = 400'000,
                                               .at = started_ - (n == 1 ? 71s : 0s)};
            if (n == 1)
                read.request = registry::request{.by = cancel_source::handle, .at = started_ - 40s};
            awaits(file, "async_read_some", {"fetch.cpp", 112});
        }

        const auto login = add("login", "authenticate", operation_origin::coroutine, 12s).id;
        add("login timeout", "async_wait", operation_origin::initiated, 12s, login).deadline =
            started_ + 48s;
        awaits(login, "async_wait", {"login.cpp", 40});

        add("<script>alert('name')</script>", "async_wait<b>", operation_origin::initiated, 9s)
            .at = {"<img src=x onerror=alert(1)>.cpp", 7};
        add("line\nbreak \x1b[31mred\x07 \xE2\x80\xAEright to left"
            "\xC2\xAD\xE3\x85\xA4\xF3\xA0\x81\x81",
            "async_wait", operation_origin::source, 8s);
        add("cut off \xC3", "async_wait", operation_origin::adapter, 7s);

        // Two that wait for each other.
        const auto first = add("ping", "talk", operation_origin::coroutine, 6s).id;
        const auto second = add("pong", "talk", operation_origin::coroutine, 6s).id;
        find(first).awaits = registry::awaited{.id = second, .what = "talk", .at = {"talk.cpp", 9}};
        find(second).awaits =
            registry::awaited{.id = first, .what = "talk", .at = {"talk.cpp", 17}};

        // One that awaits what another one waits for as well.
        const auto report = add("report", "summarise", operation_origin::coroutine, 60s).id;
        find(report).awaits =
            registry::awaited{.id = first_download, .what = "fetch", .at = {"report.cpp", 5}};

        for (int n = 0; n < rows; ++n)
            add("socket " + std::to_string(n % 40), "async_receive", operation_origin::initiated,
                std::chrono::milliseconds(5000 - n % 5000))
                .at = {"many.cpp", unsigned(10 + n % 7)};
        random_.seed(1);
    }

    registry::report snapshot() {
        std::lock_guard lock(mutex_);
        if (!still_)
            go_on();
        registry::report report;
        report.taken = clock_type::now();
        report.running = running_;
        std::sort(report.running.begin(), report.running.end(), [](const auto& a, const auto& b) {
            return std::pair(a.started, a.id) < std::pair(b.started, b.id);
        });
        report.gone.assign(gone_.begin(), gone_.end());
        for (const auto& [names, family] : families_)
            report.families.push_back(family);
        report.contexts.push_back({.context = this,
                                   .name = "the <network>",
                                   .waits_since = started_,
                                   .has_run = true,
                                   .is_stopped = false});
        return report;
    }

    bool cancel(std::uint64_t id) {
        std::lock_guard lock(mutex_);
        const auto at = std::find_if(running_.begin(), running_.end(),
                                     [&](const auto& one) { return one.id == id; });
        if (at == running_.end())
            return false;
        std::cout << "cancelled " << id << std::endl;
        at->request = registry::request{.by = cancel_source::registry, .at = clock_type::now()};
        end(id, AsyncStatus::Canceled, clock_type::now());
        return true;
    }

private:
    registry::family& family(std::string_view name, std::string_view what) {
        auto& family = families_[{std::string(name), std::string(what)}];
        family.name = name;
        family.what = what;
        return family;
    }

    registry::outstanding& add(std::string_view name, std::string_view what,
                               operation_origin origin, clock_type::duration age,
                               std::uint64_t parent = 0) {
        auto& one = running_.emplace_back();
        one.id = ++ids_;
        one.name = *texts_.insert(texts_.end(), std::string(name));
        one.what = *texts_.insert(texts_.end(), std::string(what));
        one.origin = origin;
        one.started = clock_type::now() - age;
        one.parent = parent;
        one.context = this;
        ++family(one.name, one.what).started;
        return one;
    }

    registry::outstanding& find(std::uint64_t id) {
        return *std::find_if(running_.begin(), running_.end(),
                             [&](const auto& one) { return one.id == id; });
    }

    /// The one that was added last.
    void awaits(std::uint64_t coroutine, std::string_view what, registry::location at) {
        find(coroutine).awaits = registry::awaited{.id = ids_, .what = what, .at = at};
    }

    void end(std::uint64_t id, AsyncStatus status, moment at) {
        const auto one = std::find_if(running_.begin(), running_.end(),
                                      [&](const auto& other) { return other.id == id; });
        registry::ended ended{.id = id,
                              .name = one->name,
                              .what = one->what,
                              .origin = one->origin,
                              .started = one->started,
                              .at = at,
                              .started_at = one->at,
                              .parent = one->parent,
                              .status = status,
                              .code = {},
                              .ending = {}};
        auto& of = family(one->name, one->what);
        if (status == AsyncStatus::Completed) {
            ++of.completed;
            ended.ending.reason = ending_reason::finished;
        } else if (status == AsyncStatus::Canceled) {
            ++of.canceled;
            ended.code = boost::asio::error::operation_aborted;
            ended.ending.reason = ending_reason::cancelled;
            ended.ending.asked_by = one->request ? one->request->by : cancel_source::combination;
            ended.ending.asked_types = boost::asio::cancellation_type::terminal;
            ended.ending.stopped_after = 1500us;
        } else {
            ++of.failed;
            ended.code = boost::asio::error::connection_reset;
            ended.ending.reason = ending_reason::failed;
        }
        std::size_t bucket = 0;
        while (bucket + 1 < registry::histogram::buckets &&
               registry::histogram::upper(bucket) <= at - one->started)
            ++bucket;
        ++of.took.counts[bucket];
        of.took.sum += at - one->started;
        gone_.push_front(ended);
        if (gone_.size() > 300)
            gone_.pop_back();
        running_.erase(one);
    }

    /// What has happened since the last time: a request every 100 ms, which takes up to a second.
    void go_on() {
        const auto now = clock_type::now();
        for (; next_ < now; next_ += 100ms) {
            const auto number = next_request_++;
            auto& one = add(number % 3 ? "request" : "query",
                            number % 2 ? "async_read_until" : "async_write",
                            operation_origin::initiated, now - next_);
            one.at = {"http.cpp", 77};
            const auto kind = random_() % 10;
            ends_.emplace(next_ + std::chrono::milliseconds(random_() % 1000),
                          std::pair(one.id, kind == 0   ? AsyncStatus::Error
                                            : kind == 1 ? AsyncStatus::Canceled
                                                        : AsyncStatus::Completed));
        }
        while (!ends_.empty() && ends_.begin()->first < now) {
            const auto [at, what] = *ends_.begin();
            ends_.erase(ends_.begin());
            if (std::any_of(running_.begin(), running_.end(),
                            [&](const auto& one) { return one.id == what.first; }))
                end(what.first, what.second, at);
        }
    }

    const bool still_;
    const moment started_ = clock_type::now();
    std::mutex mutex_;
    std::vector<registry::outstanding> running_;
    std::deque<registry::ended> gone_;
    std::map<std::pair<std::string, std::string>, registry::family> families_;
    std::deque<std::string> texts_; ///< what the report refers to
    std::uint64_t ids_ = 0;
    moment next_ = started_ - 20s;
    unsigned next_request_ = 0;
    std::multimap<moment, std::pair<std::uint64_t, AsyncStatus>> ends_;
    std::minstd_rand random_;
};

} // namespace

int main(int argc, char* argv[]) {
    asyncinfo::console_options options;
    options.program = "downloads";
    options.period = std::chrono::milliseconds(250);
    asyncinfo::detail::console::protocol::endpoint endpoint =
        boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0);
    int rows = 0;
    bool still = false;
    for (int n = 1; n < argc; ++n) {
        if (std::strcmp(argv[n], "--may-cancel") == 0)
            options.may_cancel = true;
        else if (std::strcmp(argv[n], "--still") == 0)
            still = true;
        else if (std::strcmp(argv[n], "--rows") == 0 && n + 1 < argc)
            rows = std::atoi(argv[++n]);
        else if (std::strcmp(argv[n], "--socket") == 0 && n + 1 < argc)
            endpoint = boost::asio::local::stream_protocol::endpoint(argv[++n]);
        else
            return 2;
    }
    registry::enable(); // otherwise the page says that it is off
    program shown(rows, still);
    asyncinfo::detail::console::server server(
        endpoint, options,
        {.snapshot = [&] { return shown.snapshot(); },
         .cancel = [&](std::uint64_t id) { return shown.cancel(id); }});
    std::cout << server.url() << std::endl;
    for (std::string line; std::getline(std::cin, line);)
        ;
}
