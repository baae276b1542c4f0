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
                double allowed) {
    return {work, "asyncinfo / " + other, median.at("asyncinfo") / median.at(other), allowed,
            allowed * std::abs(median.at("raw2") / median.at("raw") - 1)};
}

bar heap_beyond_raw(const std::vector<heap_result>& heap) {
    bar worst{"heap", "allocations per operation beyond raw's, at most", 0, 0, 0};
    for (const auto& h : heap)
        worst.figure =
            std::max(worst.figure, h.allocations.at("asyncinfo") - h.allocations.at("raw"));
    return worst;
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

const char* const wrappers[] = {"raw", "use_future", "use_promise", "asyncinfo"};

void head(std::ostream& out, const std::string& first, int width) {
    out << std::left << std::setw(width) << first << std::right;
    for (const auto* wrapper : wrappers)
        out << std::setw(13) << wrapper;
}

void line(std::ostream& out, const std::string& first, int width, const by_wrapper& figures,
          int digits) {
    out << std::left << std::setw(width) << first << std::right;
    for (const auto* wrapper : wrappers)
        out << std::setw(13) << fixed(figures.at(wrapper), digits);
}

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
        of(work, [&](const auto& median) { return multiple_of("raw", work, median, 1.06); });
    of("poll_status",
       [&](const auto& median) { return multiple_of("use_future", "poll_status", median, 1); });
    if (!r.heap.empty())
        bars.push_back(heap_beyond_raw(r.heap));
    if (!r.bytes.empty())
        bars.push_back({"outstanding", "bytes per operation beyond raw's",
                        r.bytes.at("asyncinfo") - r.bytes.at("raw"), 192,
                        std::abs(r.bytes.at("raw2") - r.bytes.at("raw"))});
    return bars;
}

void print(std::ostream& out, const results& r, const std::vector<bar>& bars) {
    head(out, "ns per operation", 22);
    out << std::setw(17) << "asyncinfo / raw" << std::setw(12) << "raw / raw" << std::setw(13)
        << "repetitions" << '\n';
    for (const auto& work : r.works) {
        const auto& median = r.medians.at(work);
        line(out, work, 22, median, median.at("raw") < 100 ? 2 : 1);
        out << std::setw(17) << fixed(median.at("asyncinfo") / median.at("raw"), 3) << std::setw(12)
            << fixed(median.at("raw2") / median.at("raw"), 3) << std::setw(13)
            << r.repetitions.at(work) << '\n';
    }
    out << "Medians of interleaved repetitions; outstanding is the time per handle of one sweep "
           "that polls "
        << r.outstanding << ".\n\n";

    if (!r.bytes.empty()) {
        head(out, "bytes per operation", 22);
        out << '\n';
        line(out, "outstanding", 22, r.bytes, 1);
        out << "\n\n";
    }

    if (!r.heap.empty()) {
        head(out, "heap allocations per operation", 54);
        out << '\n';
        for (const auto& h : r.heap) {
            auto name = h.work + ", " + std::to_string(h.outstanding) + " outstanding";
            if (h.drop_elsewhere)
                name += ", dropped elsewhere";
            line(out, name, 54, h.allocations, 2);
            out << '\n';
        }
        out << '\n';
    }

    out << std::left << std::setw(15) << "bar" << std::setw(51) << "" << std::right << std::setw(8)
        << "figure" << std::setw(9) << "allowed" << std::setw(8) << "noise" << '\n';
    for (const auto& b : bars)
        out << std::left << std::setw(15) << b.row << std::setw(51) << b.what << std::right
            << std::setw(8) << fixed(b.figure, 3) << std::setw(9) << fixed(b.allowed, 2)
            << std::setw(8) << fixed(b.noise, 3) << "  " << verdict(b) << '\n';
}

void write_json(std::ostream& out, const results& r, const std::vector<bar>& bars) {
    out << "{\n  \"medians_ns\": {";
    for (const char* comma = ""; const auto& work : r.works) {
        out << std::exchange(comma, ",") << "\n    \"" << work << "\": ";
        json(out, r.medians.at(work));
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
