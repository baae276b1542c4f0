// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "other_thread.hpp"
#include "results.hpp"
#include "row.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string_view>

/// The loop that `--only` runs, by a name that a profiler can be told to begin at.
extern "C" [[gnu::noinline]] void benchmark_only(bench::row& row, std::size_t operations) {
    row.run(operations);
}

namespace bench {

namespace {

constexpr auto usage = R"(usage: asyncinfo_benchmark [option]...

  --out FILE                            write what Google Benchmark reports, and the summary,
                                        to FILE (JSON)
  --quick                               few and short repetitions, to see that it works
  --only WORK/WRAPPER --iterations N    run N operations of one row, without timing (for profilers)
  --help                                show this
)";

struct bad_usage : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

struct options {
    std::string out;
    bool quick = false;
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
    for (const auto add :
         {add_post, add_timer, add_timer_16, add_cancel, add_cancel_16, add_cross_thread_cancel,
          add_socket_read, add_composed_read, add_read_with_progress, add_poll_status, add_await,
          add_await_ready, add_coroutine_call, add_coroutine_call_100, add_when_all,
          add_when_all_range, add_when_all_await})
        add(all.emplace_back());
    return all;
}

/// Keeps the times of all repetitions, and Google Benchmark's own JSON report.
class collector final : public benchmark::BenchmarkReporter {
public:
    collector() { json_.SetOutputStream(&text_); }

    bool ReportContext(const Context& context) override {
        // Google Benchmark runs once for each work, and says so each time.
        return std::exchange(has_context_, true) || json_.ReportContext(context);
    }

    void ReportRuns(const std::vector<Run>& runs) override {
        for (const auto& run : runs)
            if (run.run_type == Run::RT_Iteration)
                times_[run.run_name.function_name].push_back(run.GetAdjustedRealTime());
        json_.ReportRuns(runs);
    }

    double median(const std::string& name) {
        auto& times = times_.at(name);
        const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
        std::nth_element(times.begin(), middle, times.end());
        if (times.size() % 2 != 0)
            return *middle;
        return (*middle + *std::max_element(times.begin(), middle)) / 2;
    }

    /// The report as a JSON object whose last brace is yet to come.
    std::string open_json() {
        json_.Finalize();
        auto text = text_.str();
        text.erase(text.rfind('}'));
        text.erase(text.find_last_not_of(" \n") + 1);
        return text;
    }

private:
    bool has_context_ = false;
    std::ostringstream text_;
    benchmark::JSONReporter json_;
    std::map<std::string, std::vector<double>> times_;
};

/// Announces one row to Google Benchmark. `kept` is set up already, and serves all repetitions.
void announce(const row_source& source, std::size_t operations, std::size_t repetitions,
              std::shared_ptr<row> kept = nullptr) {
    const auto iterations = static_cast<benchmark::IterationCount>(operations);
    const auto run = [=](benchmark::State& state) {
        auto row = kept;
        if (!row) {
            row = source.make({});
            row->run(operations / 20);
        }
        while (state.KeepRunningBatch(iterations))
            state.SetIterationTime(row->run(operations));
    };
    benchmark::RegisterBenchmark(source.name().c_str(), run)
        ->Iterations(iterations)
        ->Repetitions(static_cast<int>(repetitions))
        ->UseManualTime();
}

void keep(const table& rows, std::size_t repetitions, collector& reporter, results& r) {
    const auto& work = rows.front().work;
    r.works.push_back(work);
    r.repetitions[work] = repetitions;
    for (const auto& source : rows) {
        r.wrappers[work].push_back(source.wrapper);
        r.medians[work][source.wrapper] = reporter.median(source.name());
    }
}

void time(const table& rows, const options& o, collector& reporter, results& r) {
    const auto& work = rows.front().work;
    std::cerr << "timing " << work << std::endl;
    // Two threads may wait long for a core.
    const std::size_t repetitions = o.quick ? 5 : work == "cross_thread_cancel" ? 21 : 201;
    benchmark::ClearRegisteredBenchmarks();
    for (const auto& source : rows)
        announce(source, source.operations / (o.quick ? 10 : 1), repetitions);
    benchmark::RunSpecifiedBenchmarks(&reporter, "all");

    keep(rows, repetitions, reporter, r);
}

/// A million timers take a second to set up, so each crowd serves a few sweeps in a row.
void time_outstanding(const table& rows, const options& o, collector& reporter, results& r) {
    const auto& work = rows.front().work;
    std::cerr << "timing " << work << std::endl;
    const std::size_t crowds = o.quick ? 1 : 4;
    const std::size_t sweeps = 5;
    for (std::size_t i = 0; i != crowds; ++i)
        for (const auto& source : rows) {
            r.outstanding = source.operations / (o.quick ? 10 : 1);
            const std::shared_ptr<row> crowd = source.make({});
            crowd->run(r.outstanding);
            benchmark::ClearRegisteredBenchmarks();
            announce(source, r.outstanding, sweeps, crowd);
            benchmark::RunSpecifiedBenchmarks(&reporter, "all");
            benchmark::ClearRegisteredBenchmarks();
            if (heap::available())
                r.bytes[source.wrapper] = static_cast<double>(crowd->counted().live_bytes) /
                                          static_cast<double>(r.outstanding);
        }

    keep(rows, crowds * sweeps, reporter, r);
}

heap_result count_heap(const table& rows, setup s, std::size_t counted) {
    heap_result h{rows.front().work, s.outstanding, s.drop_elsewhere, {}};
    s.count_after = 100;
    for (const auto& source : rows) {
        const auto operations = s.outstanding == 0 ? source.outstanding : s.outstanding;
        const auto row = source.make(s);
        row->run((s.count_after + counted) * operations);
        h.allocations[source.wrapper] = static_cast<double>(row->counted().allocations) /
                                        static_cast<double>(counted * operations);
    }
    return h;
}

void count_heap(const table& rows, const options& o, results& r) {
    const auto& work = rows.front().work;
    const auto is_in = [&](std::initializer_list<std::string_view> some) {
        return std::find(some.begin(), some.end(), work) != some.end();
    };
    // Counted under another name, or nothing to be counted.
    if (!heap::available() ||
        is_in({"timer_16", "cancel_16", "cross_thread_cancel", "poll_status"}))
        return;
    std::cerr << "counting allocations of " << work << std::endl;
    const std::size_t counted = o.quick ? 100 : 1000;
    if (is_in({"post", "timer", "cancel", "socket_read", "composed_read"})) {
        for (const std::size_t outstanding : {1u, 3u, 16u})
            for (const bool drop_elsewhere : {false, true})
                r.heap.push_back(count_heap(rows, {outstanding, 0, drop_elsewhere}, counted));
    } else {
        r.heap.push_back(count_heap(rows, {}, counted));
    }
}

int run_only(const options& o) {
    auto all = all_works();
    add_outstanding(all.emplace_back());
    for (const auto& rows : all)
        for (const auto& source : rows)
            if (source.name() == o.only) {
                const auto row = source.make({});
                row->run(o.iterations / 20 + 1);
                benchmark_only(*row, o.iterations);
                return 0;
            }
    std::string names;
    for (const auto& rows : all)
        for (const auto& source : rows)
            names += "\n  " + source.name();
    throw bad_usage("no row " + o.only + "; there are:" + names);
}

int run(const options& o) {
    std::ofstream file;
    if (!o.out.empty()) {
        file.open(o.out);
        if (!file)
            throw std::runtime_error("cannot write " + o.out);
    }

    std::string name = "asyncinfo_benchmark";
    std::string interleave = "--benchmark_enable_random_interleaving=true";
    char* arguments[] = {name.data(), interleave.data(), nullptr};
    int count = 2;
    benchmark::Initialize(&count, arguments);

    results r;
    collector reporter;
    for (const auto& rows : all_works()) {
        time(rows, o, reporter, r);
        count_heap(rows, o, r);
    }
    table outstanding;
    add_outstanding(outstanding);
    time_outstanding(outstanding, o, reporter, r);

    const auto bars = judge(r);
    std::cout << '\n';
    print(std::cout, r, bars);
    if (o.quick)
        std::cout << "This was --quick: nothing to judge by.\n";
    if (file.is_open()) {
        file << reporter.open_json() << ",\n  \"summary\": ";
        write_json(file, r, bars);
        file << "\n}\n";
        if (!file.flush())
            throw std::runtime_error("cannot write " + o.out);
    }
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
