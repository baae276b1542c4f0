// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_BENCHMARK_RESULTS_HPP
#define ASYNCINFO_BENCHMARK_RESULTS_HPP

#include <cstddef>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace bench {

/// One figure for each wrapper, the yardstick's second one included.
using by_wrapper = std::map<std::string, double>;

struct heap_result {
    std::string work;
    /// 0: as it is timed.
    std::size_t outstanding;
    bool drop_elsewhere;
    /// Heap allocations per operation.
    by_wrapper allocations;
};

/// What a run has found out.
struct results {
    /// The works, in the order in which they ran.
    std::vector<std::string> works;
    /// Of each work in order: the yardstick, the same again, others.
    std::map<std::string, std::vector<std::string>> wrappers;
    std::map<std::string, std::size_t> repetitions;
    /// Medians in nanoseconds per operation, by work.
    std::map<std::string, by_wrapper> medians;
    std::vector<heap_result> heap;
    /// Bytes per operation of `outstanding`.
    by_wrapper bytes;
    std::size_t outstanding = 0;
};

/// A promise about a figure: what it is, how much of it is allowed, and how much of it is noise.
struct bar {
    std::string row;
    std::string what;
    double figure;
    double allowed;
    /// By so much the figure may be off, judging from the yardstick against itself.
    double noise;

    bool met() const { return figure <= allowed; }
    bool missed() const { return !(figure - noise <= allowed); }
};

std::vector<bar> judge(const results& r);

void print(std::ostream& out, const results& r, const std::vector<bar>& bars);

/// The same as a JSON object.
void write_json(std::ostream& out, const results& r, const std::vector<bar>& bars);

} // namespace bench

#endif
