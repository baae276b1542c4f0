//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// A report in Prometheus' text format, version 0.0.4.

#include "utf8.hpp"

#include <asyncinfo/registry_export.hpp>

#include <charconv>
#include <cstdint>
#include <utility>

namespace asyncinfo::registry {
namespace {

class writer {
public:
    /// Begins a metric.
    void metric(std::string_view name, std::string_view type, std::string_view help) {
        name_ = name;
        text.append("# HELP ").append(name).append(" ").append(help);
        text.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
    }

    /// Writes a sample of it. The last label has a value that needs no escapes.
    template <typename Value>
    void sample(const family& of, Value value, std::string_view suffix = {},
                std::string_view label = {}, std::string_view label_value = {}) {
        text.append(name_).append(suffix).append("{name=\"");
        escape(of.name);
        text.append("\",what=\"");
        escape(of.what);
        if (!label.empty())
            text.append("\",").append(label).append("=\"").append(label_value);
        text.append("\"} ").append(number(value)).append("\n");
    }

    /// The number's shortest form: "0.001", "1e-06".
    template <typename Value>
    std::string_view number(Value value) {
        const auto end = std::to_chars(digits_, digits_ + sizeof(digits_), value).ptr;
        return {digits_, end};
    }

    std::string text;

private:
    void escape(std::string_view value) {
        std::string escaped;
        for (const char c : value) {
            if (c == '\n')
                escaped.append("\\n");
            else if (c == '\\' || c == '"')
                escaped.append({'\\', c});
            else
                escaped.push_back(c);
        }
        detail::console::append_utf8(text, escaped);
    }

    std::string_view name_;
    char digits_[32];
};

double seconds(clock::duration time) { return std::chrono::duration<double>(time).count(); }

} // namespace

std::string to_prometheus(const report& from) {
    writer to;
    to.metric("asyncinfo_outstanding", "gauge", "Operations that have not ended.");
    for (const auto& of : from.families) {
        const auto ended = of.completed + of.canceled + of.failed;
        to.sample(of, of.started > ended ? of.started - ended : 0); // not read at one instant
    }

    to.metric("asyncinfo_ended_total", "counter", "Operations that have ended.");
    for (const auto& of : from.families) {
        to.sample(of, of.completed, {}, "status", "Completed");
        to.sample(of, of.canceled, {}, "status", "Canceled");
        to.sample(of, of.failed, {}, "status", "Error");
    }

    to.metric("asyncinfo_errors_unseen_total", "counter",
              "Operations that failed, and nobody asked for the error.");
    for (const auto& of : from.families)
        to.sample(of, of.unseen);

    to.metric("asyncinfo_duration_seconds", "histogram", "How long operations took that ended.");
    for (const auto& of : from.families) {
        std::uint64_t below = 0;
        for (std::size_t n = 0; n != histogram::buckets; ++n) {
            below += of.took.counts[n];
            if (n + 1 == histogram::buckets) {
                to.sample(of, below, "_bucket", "le", "+Inf");
                break;
            }
            const std::string limit(to.number(seconds(histogram::upper(n))));
            to.sample(of, below, "_bucket", "le", limit);
        }
        to.sample(of, seconds(of.took.sum), "_sum");
        to.sample(of, below, "_count");
    }
    return std::move(to.text);
}

} // namespace asyncinfo::registry
