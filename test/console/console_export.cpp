// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include <asyncinfo/registry_export.hpp>
#include <asyncinfo/registry_lints.hpp>

#include "../../src/console/utf8.hpp"

#include <boost/asio/error.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

namespace asyncinfo_test::console_export_test {
namespace {

namespace json = boost::json;
namespace registry = asyncinfo::registry;
using namespace std::chrono_literals;

registry::report empty_report() {
    registry::report report;
    report.taken = registry::clock::now();
    return report;
}

json::object parsed(const registry::report& report) {
    return json::parse(registry::to_json(report)).as_object();
}

BOOST_AUTO_TEST_SUITE(console_export)

BOOST_AUTO_TEST_CASE(json_of_nothing) {
    const auto wall = [] {
        return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    };
    auto report = empty_report();
    report.taken -= 100s;
    const double before = wall();
    const auto all = parsed(report);
    BOOST_TEST(all.at("taken").as_double() > before - 101);
    BOOST_TEST(all.at("taken").as_double() < wall() - 99);
    BOOST_TEST(all.at("may_cancel").as_bool() == false);
    for (const auto* key : {"outstanding", "ended", "families", "contexts", "lints"})
        BOOST_TEST(all.at(key).as_array().empty(), key);
}

BOOST_AUTO_TEST_CASE(json_of_an_operation) {
    auto report = empty_report();
    int context = 0;
    auto& one = report.running.emplace_back();
    one.id = 12;
    one.name = "login";
    one.what = "async_receive";
    one.result = "unsigned long";
    one.origin = asyncinfo::operation_origin::coroutine;
    one.started = report.taken - 4200ms;
    one.at = {"login.cpp", 31};
    one.parent = 11;
    one.parent_is_group = true;
    one.request =
        registry::request{.by = asyncinfo::cancel_source::handle, .at = report.taken - 1s};
    one.deadline = report.taken + 2500ms;
    one.progress = registry::progress{.value = 123, .total = 1000, .at = report.taken - 100ms};
    one.awaits = registry::awaited{.id = 13, .what = "async_wait", .at = {"login.cpp", 40}};
    one.context = &context;
    one.polls = 7;
    report.running.emplace_back().started = report.taken;
    report.running.back().context = &context;

    const auto all = parsed(report);
    BOOST_TEST(all.at("running").as_int64() == 2);
    const auto& row = all.at("outstanding").as_array().at(0).as_object();
    BOOST_TEST(row.at("id").as_int64() == 12);
    BOOST_TEST(row.at("name").as_string() == "login");
    BOOST_TEST(row.at("what").as_string() == "async_receive");
    BOOST_TEST(row.at("result").as_string() == "unsigned long");
    BOOST_TEST(row.at("origin").as_string() == "coroutine");
    BOOST_TEST(row.at("age").as_double() == 4.2);
    BOOST_TEST(row.at("at").as_string() == "login.cpp:31");
    BOOST_TEST(row.at("parent").as_int64() == 11);
    BOOST_TEST(row.at("parent_is_group").as_bool());
    BOOST_TEST(row.at("request").at("by").as_string() == "handle");
    BOOST_TEST(row.at("request").at("age").as_double() == 1.0);
    BOOST_TEST(row.at("deadline").as_double() == 2.5);
    BOOST_TEST(row.at("progress").at("value").as_double() == 123);
    BOOST_TEST(row.at("progress").at("total").as_double() == 1000);
    BOOST_TEST(row.at("progress").at("age").as_double() == 0.1);
    BOOST_TEST(row.at("awaits").at("id").as_int64() == 13);
    BOOST_TEST(row.at("awaits").at("what").as_string() == "async_wait");
    BOOST_TEST(row.at("awaits").at("at").as_string() == "login.cpp:40");
    BOOST_TEST(row.at("polls").as_int64() == 7);
    std::ostringstream address;
    address << static_cast<const void*>(&context);
    BOOST_TEST(row.at("context").as_string() == address.str());

    // What is not known is left out.
    const auto& other = all.at("outstanding").as_array().at(1).as_object();
    BOOST_TEST(other.size() == 4);
    for (const auto* key : {"id", "origin", "age", "context"})
        BOOST_TEST(other.contains(key), key);

    const auto& contexts = all.at("contexts").as_array();
    BOOST_TEST(contexts.size() == 1);
    BOOST_TEST(contexts[0].as_object().size() == 2);
    BOOST_TEST(contexts[0].at("context").as_string() == address.str());
    BOOST_TEST(contexts[0].at("outstanding").as_int64() == 2);
}

BOOST_AUTO_TEST_CASE(json_of_a_context_that_is_watched) {
    auto report = empty_report();
    int context = 0;
    report.contexts.push_back({.context = &context,
                               .name = "network",
                               .waits_since = report.taken - 2s,
                               .has_run = true,
                               .is_stopped = true});
    const auto all = parsed(report);
    const auto& row = all.at("contexts").as_array().at(0).as_object();
    BOOST_TEST(row.at("name").as_string() == "network");
    BOOST_TEST(row.at("outstanding").as_int64() == 0);
    BOOST_TEST(row.at("waits").as_double() == 2.0);
    BOOST_TEST(row.at("is_stopped").as_bool());
}

BOOST_AUTO_TEST_CASE(json_of_a_lint) {
    auto report = empty_report();
    auto& one = report.running.emplace_back();
    one.id = 5;
    one.name = "login";
    one.request =
        registry::request{.by = asyncinfo::cancel_source::handle, .at = report.taken - 7s};
    report.running.emplace_back();
    const auto all = parsed(report);
    const auto& lints = all.at("lints").as_array();
    BOOST_TEST_REQUIRE(lints.size() == 1);
    const auto found = registry::find_lints(report);
    BOOST_TEST(lints[0].at("lint").as_string() == "not_stopped");
    BOOST_TEST(lints[0].at("operation").as_int64() == 5);
    BOOST_TEST(lints[0].at("what").as_string() == "login");
    BOOST_TEST(std::string_view(lints[0].at("text").as_string()) == found[0].text);
    BOOST_TEST(std::string_view(lints[0].at("remedy").as_string()) ==
               remedy(registry::lint::not_stopped));
}

BOOST_AUTO_TEST_CASE(json_of_an_end) {
    auto report = empty_report();
    auto& one = report.gone.emplace_back();
    one.id = 5;
    one.name = "login";
    one.started = report.taken - 2s;
    one.at = report.taken - 500ms;
    one.started_at = {"login.cpp", 3};
    one.parent = 4;
    one.status = asyncinfo::AsyncStatus::Canceled;
    one.code = boost::asio::error::operation_aborted;
    one.ending.reason = asyncinfo::ending_reason::cancelled;
    one.ending.asked_by = asyncinfo::cancel_source::group;
    one.ending.asked_types =
        boost::asio::cancellation_type::terminal | boost::asio::cancellation_type::total;
    one.ending.stopped_after = 20ms;
    const auto all = parsed(report);
    const auto& row = all.at("ended").as_array().at(0).as_object();
    BOOST_TEST(row.at("id").as_int64() == 5);
    BOOST_TEST(row.at("ago").as_double() == 0.5);
    BOOST_TEST(row.at("took").as_double() == 1.5);
    BOOST_TEST(row.at("at").as_string() == "login.cpp:3");
    BOOST_TEST(row.at("parent").as_int64() == 4);
    BOOST_TEST(row.at("status").as_string() == "Canceled");
    BOOST_TEST(row.at("error").at("value").as_int64() == one.code.value());
    BOOST_TEST(row.at("error").at("category").as_string() == one.code.category().name());
    BOOST_TEST(row.at("error").at("message").as_string() == one.code.message());
    const auto& ending = row.at("ending").as_object();
    BOOST_TEST(ending.at("reason").as_string() == "cancelled");
    BOOST_TEST(ending.at("by").as_string() == "group");
    BOOST_TEST(ending.at("types") == json::array({"terminal", "total"}));
    BOOST_TEST(ending.at("stopped_after").as_double() == 0.02);
}

BOOST_AUTO_TEST_CASE(json_of_a_family) {
    auto report = empty_report();
    auto& one = report.families.emplace_back();
    one.name = "login";
    one.what = "async_receive";
    one.started = 10;
    one.completed = 3;
    one.canceled = 2;
    one.failed = 1;
    one.unseen = 1;
    one.took.counts[0] = 4;
    one.took.counts[10] = 2;
    one.took.sum = 1500us;
    const auto all = parsed(report);
    const auto& row = all.at("families").as_array().at(0).as_object();
    for (const auto& [key, value] :
         {std::pair("outstanding", 4), std::pair("started", 10), std::pair("completed", 3),
          std::pair("canceled", 2), std::pair("failed", 1), std::pair("unseen", 1)})
        BOOST_TEST(row.at(key).as_int64() == value, key);
    BOOST_TEST(row.at("sum").as_double() == 0.0015);
    BOOST_TEST(row.at("histogram") ==
               json::array({json::array({1e-6, 4}), json::array({1024e-6, 2})}));
}

BOOST_AUTO_TEST_CASE(json_of_counters_that_were_read_one_after_the_other) {
    auto report = empty_report();
    report.families.emplace_back().completed = 1;
    const auto all = parsed(report);
    BOOST_TEST(all.at("families").as_array().at(0).at("outstanding").as_int64() == 0);
    BOOST_TEST(registry::to_prometheus(report).find(
                   "asyncinfo_outstanding{name=\"\",what=\"\"} 0\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(json_escapes_names) {
    const std::string_view names[] = {"\"quoted\\\"",
                                      "</script><script>alert(1)</script>",
                                      "line\nbreak\r\t\b\f",
                                      std::string_view("\0\x01\x1b[31m\x7f", 8),
                                      "\xE2\x82\xAC \xF0\x9F\x98\x80",
                                      "\xE2\x80\xA8"};
    auto report = empty_report();
    for (const auto name : names) {
        report.running.emplace_back().name = name;
        report.running.back().at = {name, 1};
        report.gone.emplace_back().name = name;
        report.families.emplace_back().what = name;
    }
    const auto text = registry::to_json(report);
    BOOST_TEST(text.find('\n') == text.npos);
    const auto all = json::parse(text);
    for (std::size_t n = 0; n < std::size(names); ++n) {
        const auto& row = all.at("outstanding").as_array().at(n);
        BOOST_TEST(std::string_view(row.at("name").as_string()) == names[n]);
        BOOST_TEST(std::string_view(row.at("at").as_string()) == std::string(names[n]) + ":1");
        BOOST_TEST(std::string_view(all.at("ended").as_array().at(n).at("name").as_string()) ==
                   names[n]);
        BOOST_TEST(std::string_view(all.at("families").as_array().at(n).at("what").as_string()) ==
                   names[n]);
    }
}

BOOST_AUTO_TEST_CASE(numbers_that_json_lacks_are_left_out) {
    auto report = empty_report();
    report.running.emplace_back().progress =
        registry::progress{.value = std::nan(""),
                           .total = std::numeric_limits<double>::infinity(),
                           .at = report.taken};
    const auto all = parsed(report);
    const auto& progress = all.at("outstanding").as_array().at(0).at("progress").as_object();
    BOOST_TEST(!progress.contains("value"));
    BOOST_TEST(!progress.contains("total"));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_replaced) {
    using asyncinfo::detail::console::append_utf8;
    const std::string bad = "\xEF\xBF\xBD";
    for (const auto& [in, out] : std::map<std::string, std::string>{
             {"", ""},
             {"plain", "plain"},
             {"\xC3\xA9", "\xC3\xA9"},
             {"\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
             {"cut \xC3", "cut " + bad},
             {"\xE2\x82", bad + bad},
             {"\xC0\xAF", bad + bad},                     // overlong
             {"\xE0\x80\xAF", bad + bad + bad},           // overlong
             {"\xF0\x80\x80\xAF", bad + bad + bad + bad}, // overlong
             {"\xED\xA0\x80", bad + bad + bad},           // a surrogate
             {"\xF4\x90\x80\x80", bad + bad + bad + bad}, // above U+10FFFF
             {"a\xFF"
              "b\x80",
              "a" + bad + "b" + bad}}) {
        std::string text = "before ";
        append_utf8(text, in);
        BOOST_TEST(text == "before " + out);
    }
    auto report = empty_report();
    report.running.emplace_back().name = "\xFF";
    report.families.emplace_back().name = "\xFF";
    BOOST_TEST(std::string_view(
                   parsed(report).at("outstanding").as_array().at(0).at("name").as_string()) ==
               bad);
    BOOST_TEST(registry::to_prometheus(report).find("{name=\"" + bad + "\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(prometheus_of_a_family) {
    auto report = empty_report();
    auto& one = report.families.emplace_back();
    one.name = "a \"quoted\\\nname";
    one.what = "async_receive";
    one.started = 10;
    one.completed = 3;
    one.canceled = 2;
    one.failed = 1;
    one.unseen = 1;
    one.took.counts[0] = 1;
    one.took.counts[10] = 2;
    one.took.counts[registry::histogram::buckets - 1] = 3;
    one.took.sum = 1500us;
    report.families.emplace_back().what = "async_wait";

    const std::string labels = "name=\"a \\\"quoted\\\\\\nname\",what=\"async_receive\"";
    std::map<std::string, std::string> samples;
    std::string metric;
    std::istringstream lines(registry::to_prometheus(report));
    for (std::string line; std::getline(lines, line);) {
        if (line.compare(0, 7, "# HELP ") == 0) {
            metric = line.substr(7, line.find(' ', 7) - 7);
            continue;
        }
        if (line.compare(0, 7, "# TYPE ") == 0) {
            BOOST_TEST(line.compare(7, metric.size() + 1, metric + " ") == 0);
            continue;
        }
        BOOST_TEST(line.compare(0, metric.size(), metric) == 0); // all of a metric are together
        const auto end = line.rfind("} ");
        BOOST_TEST_REQUIRE(end != line.npos);
        BOOST_TEST(samples.emplace(line.substr(0, end + 1), line.substr(end + 2)).second, line);
    }
    const auto sample = [&](const std::string& name, const std::string& more = {}) {
        const auto found = samples.find(name + "{" + labels + more + "}");
        return found == samples.end() ? "none" : found->second;
    };
    BOOST_TEST(sample("asyncinfo_outstanding") == "4");
    BOOST_TEST(sample("asyncinfo_ended_total", ",status=\"Completed\"") == "3");
    BOOST_TEST(sample("asyncinfo_ended_total", ",status=\"Canceled\"") == "2");
    BOOST_TEST(sample("asyncinfo_ended_total", ",status=\"Error\"") == "1");
    BOOST_TEST(sample("asyncinfo_errors_unseen_total") == "1");
    const auto below = [&](const std::string& limit) {
        return sample("asyncinfo_duration_seconds_bucket", ",le=\"" + limit + "\"");
    };
    BOOST_TEST(below("1e-06") == "1");
    BOOST_TEST(below("2e-06") == "1");
    BOOST_TEST(below("0.000512") == "1");
    BOOST_TEST(below("0.001024") == "3");
    BOOST_TEST(below("17179.869184") == "3");
    BOOST_TEST(below("+Inf") == "6");
    BOOST_TEST(sample("asyncinfo_duration_seconds_count") == "6");
    BOOST_TEST(sample("asyncinfo_duration_seconds_sum") == "0.0015");
    BOOST_TEST(samples.size() == 2 * (1 + 3 + 1 + registry::histogram::buckets + 2));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asyncinfo_test::console_export_test
