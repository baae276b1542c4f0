// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "results.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ios>
#include <limits>
#include <ostream>
#include <sstream>
#include <utility>

namespace bench {

namespace {

/// What the wrapper adds to raw, as a share of what use_promise adds.
bar share_of_promise(const std::string& work, const by_wrapper& median, double allowed) {
    const auto raw = median.at("raw");
    const auto unit = median.at("use_promise") - raw;
    const auto what = "(asyncinfo - raw) / (use_promise - raw)";
    if (unit <= 0)
        return {work, what, std::numeric_limits<double>::quiet_NaN(), allowed, 0};
    return {work, what, (median.at("asyncinfo") - raw) / unit, allowed,
            std::abs(median.at("raw2") - raw) / unit};
}

/// One wrapper's figure as a multiple of another's. The noise is relative, so it scales the bar.
bar multiple_of(const std::string& other, const std::string& work, const by_wrapper& median,
                const std::string& yardstick, double allowed,
                const std::string& wrapper = "asyncinfo") {
    return {work, wrapper + " / " + other, median.at(wrapper) / median.at(other), allowed,
            allowed * std::abs(median.at(yardstick + "2") / median.at(yardstick) - 1)};
}

/// The wrapper that is looked at.
std::string judged(const std::vector<std::string>& wrappers) {
    const auto ours = std::find(wrappers.begin(), wrappers.end(), "asyncinfo");
    return ours != wrappers.end() ? *ours : wrappers.back();
}

/// Of the works that have this yardstick.
bar heap_beyond(const std::string& yardstick, const results& r) {
    double worst = -std::numeric_limits<double>::infinity();
    for (const auto& h : r.heap)
        if (r.wrappers.at(h.work).front() == yardstick)
            worst = std::max(worst, h.allocations.at("asyncinfo") - h.allocations.at(yardstick));
    return {"heap", "allocations each beyond " + yardstick + "'s, at most", worst, 0, 0};
}

std::string fixed(double value, int digits) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(digits) << value;
    return out.str();
}

std::string verdict(const bar& b) {
    if (std::isnan(b.figure))
        return "no figure: use_promise was not slower than raw";
    if (b.missed())
        return "MISSED by " + fixed(b.figure - b.allowed, 3);
    return b.met() ? "met" : "met within the noise";
}

using names = std::vector<std::string>;

/// The columns of a table: the wrappers, of the yardstick only the first.
names columns(const names& wrappers) {
    names shown = wrappers;
    shown.erase(shown.begin() + 1);
    return shown;
}

void head(std::ostream& out, const std::string& first, int width, const names& shown) {
    out << std::left << std::setw(width) << first << std::right;
    for (const auto& wrapper : shown)
        out << std::setw(15) << wrapper;
}

void line(std::ostream& out, const std::string& first, int width, const names& shown,
          const by_wrapper& figures, int digits) {
    out << std::left << std::setw(width) << first << std::right;
    for (const auto& wrapper : shown)
        out << std::setw(15) << fixed(figures.at(wrapper), digits);
}

/// Prints lines one below the other, and above those that have other columns a head of their own.
class tables {
public:
    tables(std::ostream& out, std::string title, int width)
        : out_(out), title_(std::move(title)), width_(width) {}

    /// Whether the head has just been printed but for its end.
    bool begins(const names& wrappers) {
        if (wrappers == wrappers_)
            return false;
        if (!wrappers_.empty())
            out_ << '\n';
        wrappers_ = wrappers;
        head(out_, title_, width_, columns(wrappers));
        return true;
    }

    void add(const std::string& first, const by_wrapper& figures, int digits) {
        line(out_, first, width_, columns(wrappers_), figures, digits);
    }

private:
    std::ostream& out_;
    const std::string title_;
    const int width_;
    names wrappers_;
};

void json(std::ostream& out, double value) {
    if (std::isfinite(value))
        out << value;
    else
        out << "null";
}

void json(std::ostream& out, const by_wrapper& figures) {
    out << '{';
    for (const char* comma = ""; const auto& [wrapper, figure] : figures) {
        out << std::exchange(comma, ", ") << '"' << wrapper << "\": ";
        json(out, figure);
    }
    out << '}';
}

} // namespace

std::vector<bar> judge(const results& r) {
    std::vector<bar> bars;
    const auto of = [&](const std::string& work, auto make) {
        if (const auto found = r.medians.find(work); found != r.medians.end())
            bars.push_back(make(found->second));
    };
    for (const auto& [work, allowed] : {std::pair{"post", 0.40}, {"timer", 0.70}, {"cancel", 0.80}})
        of(work, [&](const auto& median) { return share_of_promise(work, median, allowed); });
    for (const auto* work : {"socket_read", "composed_read"})
        of(work, [&](const auto& median) { return multiple_of("raw", work, median, "raw", 1.06); });
    of("read_with_progress", [&](const auto& median) {
        return multiple_of("raw", "read_with_progress", median, "raw", 1.02);
    });
    of("poll_status", [&](const auto& median) {
        return multiple_of("use_future", "poll_status", median, "raw", 1);
    });
    of("await", [&](const auto& median) {
        return multiple_of("use_awaitable", "await", median, "use_awaitable", 1);
    });
    for (const auto* work : {"when_all", "when_all_range", "when_all_await"})
        of(work, [&](const auto& median) {
            return multiple_of("parallel_group", work, median, "parallel_group", 1);
        });
    for (const auto& [work, allowed] : {std::pair{"queue_post", 1.0}, {"wake_latency", 1.5}})
        of(work,
           [&](const auto& median) { return multiple_of("raw", work, median, "raw", allowed); });
    of("drain", [&](const auto& median) {
        return multiple_of("alone", "drain", median, "alone", 1.5, "among_1000000");
    });
    if (!r.heap.empty())
        for (const auto* yardstick : {"raw", "parallel_group"})
            bars.push_back(heap_beyond(yardstick, r));
    if (!r.bytes.empty())
        bars.push_back({"outstanding", "bytes per operation beyond raw's",
                        r.bytes.at("asyncinfo") - r.bytes.at("raw"), 192,
                        std::abs(r.bytes.at("raw2") - r.bytes.at("raw"))});
    return bars;
}

void print(std::ostream& out, const results& r, const std::vector<bar>& bars) {
    tables times(out, "ns per operation", 22);
    for (const auto& work : r.works) {
        const auto& wrappers = r.wrappers.at(work);
        const auto& yardstick = wrappers[0];
        const auto& median = r.medians.at(work);
        if (times.begins(wrappers))
            out << std::setw(29) << judged(wrappers) + " / " + yardstick << std::setw(35)
                << yardstick + " / " + yardstick << std::setw(13) << "repetitions" << '\n';
        times.add(work, median, median.at(yardstick) < 100 ? 2 : 1);
        out << std::setw(29) << fixed(median.at(judged(wrappers)) / median.at(yardstick), 3)
            << std::setw(35) << fixed(median.at(wrappers[1]) / median.at(yardstick), 3)
            << std::setw(13) << r.repetitions.at(work) << '\n';
    }
    out << "Medians of interleaved repetitions; outstanding is the time per handle of one sweep "
           "that polls "
        << r.outstanding << ".\n\n";

    if (!r.bytes.empty()) {
        tables bytes(out, "bytes per operation", 22);
        bytes.begins(r.wrappers.at("outstanding"));
        out << '\n';
        bytes.add("outstanding", r.bytes, 1);
        out << "\n\n";
    }

    if (!r.heap.empty()) {
        tables heap(out, "heap allocations per operation", 54);
        for (const auto& h : r.heap) {
            if (heap.begins(r.wrappers.at(h.work)))
                out << '\n';
            auto name = h.work;
            if (h.outstanding != 0)
                name += ", " + std::to_string(h.outstanding) + " outstanding";
            if (h.drop_elsewhere)
                name += ", dropped elsewhere";
            heap.add(name, h.allocations, 2);
            out << '\n';
        }
        out << '\n';
    }

    out << std::left << std::setw(20) << "bar" << std::setw(51) << "" << std::right << std::setw(8)
        << "figure" << std::setw(9) << "allowed" << std::setw(8) << "noise" << '\n';
    for (const auto& b : bars)
        out << std::left << std::setw(20) << b.row << std::setw(51) << b.what << std::right
            << std::setw(8) << fixed(b.figure, 3) << std::setw(9) << fixed(b.allowed, 2)
            << std::setw(8) << fixed(b.noise, 3) << "  " << verdict(b) << '\n';
}

void write_json(std::ostream& out, const results& r, const std::vector<bar>& bars) {
    out << "{\n  \"medians_ns\": {";
    for (const char* comma = ""; const auto& work : r.works) {
        out << std::exchange(comma, ",") << "\n    \"" << work << "\": ";
        json(out, r.medians.at(work));
    }
    out << "\n  },\n  \"wrappers\": {";
    for (const char* comma = ""; const auto& work : r.works) {
        out << std::exchange(comma, ",") << "\n    \"" << work << "\": [";
        for (const char* between = ""; const auto& wrapper : r.wrappers.at(work))
            out << std::exchange(between, ", ") << '"' << wrapper << '"';
        out << ']';
    }
    out << "\n  },\n  \"outstanding_bytes\": ";
    json(out, r.bytes);
    out << ",\n  \"heap_allocations\": [";
    for (const char* comma = ""; const auto& h : r.heap) {
        out << std::exchange(comma, ",") << "\n    {\"work\": \"" << h.work
            << "\", \"outstanding\": " << h.outstanding
            << ", \"dropped_elsewhere\": " << (h.drop_elsewhere ? "true" : "false")
            << ", \"per_operation\": ";
        json(out, h.allocations);
        out << '}';
    }
    out << "\n  ],\n  \"bars\": [";
    for (const char* comma = ""; const auto& b : bars) {
        out << std::exchange(comma, ",") << "\n    {\"row\": \"" << b.row << "\", \"what\": \""
            << b.what << "\", \"figure\": ";
        json(out, b.figure);
        out << ", \"allowed\": " << b.allowed << ", \"noise\": " << b.noise
            << ", \"missed\": " << (b.missed() ? "true" : "false") << '}';
    }
    out << "\n  ]}";
}

} // namespace bench
