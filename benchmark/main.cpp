// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "other_thread.hpp"
#include "row.hpp"

#include <benchmark/benchmark.h>

#include <charconv>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

/// The loop that `--only` runs, by a name that a profiler can be told to begin at.
extern "C" [[gnu::noinline]] void benchmark_only(bench::row& row, std::size_t operations) {
    row.run(operations);
}

namespace bench {

namespace {

constexpr auto usage = R"(usage: asyncinfo_benchmark [option]...

  --out FILE                            write what Google Benchmark reports to FILE (JSON), not to
                                        the standard output; report.py judges it
  --quick                               few and short repetitions, to see that it works
  --list                                show the rows
  --only WORK/WRAPPER --iterations N    run N operations of one row, without timing (for profilers)
  --help                                show this
)";

struct bad_usage : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

struct options {
    std::string out;
    bool quick = false;
    bool list = false;
    std::string only;
    std::size_t iterations = 0;
    bool help = false;
};

options parse(int argc, char** argv) {
    options o;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const auto value = [&]() -> std::string_view {
            if (++i == argc)
                throw bad_usage(std::string(argument) + " needs a value");
            return argv[i];
        };
        if (argument == "--out") {
            o.out = value();
        } else if (argument == "--quick") {
            o.quick = true;
        } else if (argument == "--list") {
            o.list = true;
        } else if (argument == "--only") {
            o.only = value();
        } else if (argument == "--iterations") {
            const auto digits = value();
            const auto end = digits.data() + digits.size();
            const auto [rest, error] = std::from_chars(digits.data(), end, o.iterations);
            if (error != std::errc() || rest != end || o.iterations == 0)
                throw bad_usage("--iterations needs a positive number");
        } else if (argument == "--help") {
            o.help = true;
        } else {
            throw bad_usage("unknown option " + std::string(argument));
        }
    }
    if (o.only.empty() != (o.iterations == 0))
        throw bad_usage("--only and --iterations belong together");
    if (!o.only.empty() && (o.quick || !o.out.empty()))
        throw bad_usage("--only measures nothing, and goes with --iterations alone");
    return o;
}

using works = std::vector<table>;

works all_works() {
    works all;
    for (const auto add : {add_post,
                           add_timer,
                           add_timer_16,
                           add_cancel,
                           add_cancel_16,
                           add_cross_thread_cancel,
                           add_socket_read,
                           add_composed_read,
                           add_read_with_progress,
                           add_poll_status,
                           add_await,
                           add_await_ready,
                           add_coroutine_call,
                           add_coroutine_call_100,
                           add_when_all,
                           add_when_all_range,
                           add_when_all_await,
                           add_queue_post,
                           add_wake_latency,
                           add_drain,
                           add_snapshot,
                           add_echo,
                           add_echo_4_threads})
        add(all.emplace_back());
    std::erase_if(all, [](const table& rows) { return rows.empty(); }); // not on this system
    return all;
}

/// One report of several runs of Google Benchmark's.
class one_report final : public benchmark::JSONReporter {
public:
    bool ReportContext(const Context& context) override {
        return std::exchange(begun_, true) || JSONReporter::ReportContext(context);
    }
    void Finalize() override {}
    void end() { JSONReporter::Finalize(); }

private:
    bool begun_ = false;
};

using counters = std::function<void(row&, benchmark::UserCounters&)>;

/// Announces one row to Google Benchmark, which is to report its median. `make` sets it up.
benchmark::internal::Benchmark* announce(const std::string& name, std::size_t operations,
                                         std::function<std::shared_ptr<row>()> make,
                                         counters count = {}) {
    const auto iterations = static_cast<benchmark::IterationCount>(operations);
    const auto run = [=](benchmark::State& state) {
        const auto row = make();
        while (state.KeepRunningBatch(iterations))
            state.SetIterationTime(row->run(operations));
        if (count)
            count(*row, state.counters);
    };
    return benchmark::RegisterBenchmark(name.c_str(), run)
        ->Iterations(iterations)
        ->UseManualTime()
        ->ReportAggregatesOnly();
}

void run_announced(one_report& report) {
    benchmark::RunSpecifiedBenchmarks(&report, "all");
    benchmark::ClearRegisteredBenchmarks();
}

void time(const table& rows, const options& o, one_report& report) {
    const auto& work = rows.front().work;
    std::cerr << "timing " << work << std::endl;
    // Threads can wait long for a core. A repetition of an echo server takes half a second.
    static const std::map<std::string, int> fewer{
        {"cross_thread_cancel", 21}, {"echo", 11}, {"echo_4_threads", 21}};
    const auto found = fewer.find(work);
    const int repetitions = o.quick ? 5 : found != fewer.end() ? found->second : 201;
    for (const auto& source : rows) {
        const auto operations = source.operations / (o.quick ? 10 : 1);
        const auto make = [source, operations] {
            auto row = source.make({});
            row->run(operations / 20);
            return row;
        };
        announce(source.name(), operations, make)->Repetitions(repetitions);
    }
    run_announced(report);
}

/// A million timers take a second to set up, so each crowd serves a few sweeps in a row.
void time_outstanding(const table& rows, const options& o, one_report& report) {
    std::cerr << "timing " << rows.front().work << std::endl;
    for (int crowds = o.quick ? 1 : 4; crowds != 0; --crowds)
        for (const auto& source : rows) {
            const auto operations = source.operations / (o.quick ? 10 : 1);
            const std::shared_ptr<row> crowd = source.make({});
            crowd->run(operations);
            const auto bytes = [operations](row& r, auto& to) {
                if (heap::available())
                    to["bytes"] = static_cast<double>(r.counted().live_bytes) /
                                  static_cast<double>(operations);
            };
            announce(source.name(), operations, [crowd] { return crowd; }, bytes)->Repetitions(5);
            run_announced(report);
        }
}

/// Reported under the work's name and what is set up otherwise.
void count_heap(const table& rows, setup s, const options& o, one_report& report) {
    s.count_after = 100;
    for (const auto& source : rows) {
        auto work = source.work;
        if (s.outstanding != 0)
            work += ", " + std::to_string(s.outstanding) + " outstanding";
        if (s.drop_elsewhere)
            work += ", dropped elsewhere";
        const auto round = s.outstanding == 0 ? source.outstanding : s.outstanding;
        const auto counted = (o.quick ? 100 : 1000) * round;
        const auto allocations = [counted](row& r, auto& to) {
            to["allocations"] =
                static_cast<double>(r.counted().allocations) / static_cast<double>(counted);
        };
        announce(
            work + "/" + source.wrapper, s.count_after * round + counted,
            [source, s] { return source.make(s); }, allocations);
    }
    run_announced(report);
}

void count_heap(const table& rows, const options& o, one_report& report) {
    static const std::set<std::string> by_crowd{"post", "timer", "cancel", "socket_read",
                                                "composed_read"};
    // Counted under another name, or nothing to be counted.
    static const std::set<std::string> uncounted{
        "timer_16", "cancel_16",    "cross_thread_cancel", "poll_status",
        "drain",    "wake_latency", "echo_4_threads"};
    const auto& work = rows.front().work;
    if (!heap::available() || uncounted.contains(work))
        return;
    std::cerr << "counting allocations of " << work << std::endl;
    if (by_crowd.contains(work)) {
        for (const std::size_t outstanding : {1u, 3u, 16u})
            for (const bool drop_elsewhere : {false, true})
                count_heap(rows, {outstanding, 0, drop_elsewhere}, o, report);
    } else {
        count_heap(rows, {}, o, report);
    }
}

table all_rows() {
    table all;
    for (const auto& rows : all_works())
        all.insert(all.end(), rows.begin(), rows.end());
    add_outstanding(all);
    return all;
}

int list() {
    for (const auto& source : all_rows())
        std::cout << source.name() << '\n';
    return 0;
}

int run_only(const options& o) {
    for (const auto& source : all_rows())
        if (source.name() == o.only) {
            const auto row = source.make({});
            row->run(o.iterations / 20 + 1);
            benchmark_only(*row, o.iterations);
            return 0;
        }
    throw bad_usage("no row " + o.only + "; --list shows all");
}

int run(const options& o) {
    std::ofstream file;
    if (!o.out.empty())
        file.open(o.out);
    std::ostream& out = o.out.empty() ? std::cout : file;

    std::string name = "asyncinfo_benchmark";
    std::string interleave = "--benchmark_enable_random_interleaving=true";
    char* arguments[] = {name.data(), interleave.data(), nullptr};
    int count = 2;
    benchmark::Initialize(&count, arguments);
    benchmark::AddCustomContext("quick", o.quick ? "yes" : "no");

    one_report report;
    report.SetOutputStream(&out);
    for (const auto& rows : all_works()) {
        time(rows, o, report);
        count_heap(rows, o, report);
    }
    table outstanding;
    add_outstanding(outstanding);
    time_outstanding(outstanding, o, report);
    report.end();
    if (!out.flush())
        throw std::runtime_error("cannot write " + o.out);
    return 0;
}

} // namespace

} // namespace bench

int main(int argc, char** argv) try {
    const auto options = bench::parse(argc, argv);
    if (options.help) {
        std::cout << bench::usage;
        return 0;
    }
    if (options.list)
        return bench::list();
    // From here on the process has two threads. Before, the C and C++ libraries take short cuts
    // that no program can take which cancels from another thread.
    bench::the_other_thread();
    return options.only.empty() ? bench::run(options) : bench::run_only(options);
} catch (const bench::bad_usage& error) {
    std::cerr << "asyncinfo_benchmark: " << error.what() << "\n\n" << bench::usage;
    return 2;
} catch (const std::exception& error) {
    std::cerr << "asyncinfo_benchmark: " << error.what() << '\n';
    return 1;
}
