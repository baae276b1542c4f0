// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/registry_on.hpp"
#include "support/test.hpp"

#include <asyncinfo/registry_trace.hpp>

#include <boost/json.hpp>

#include <filesystem>
#include <fstream>

namespace asyncinfo_test::console_trace_test {

namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(console_trace)

/// A file that is gone afterwards.
struct scratch_file {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() /
        ("asyncinfo_trace_" + std::to_string(std::random_device()()) + ".json");
    ~scratch_file() { std::filesystem::remove(path); }

    json::array read() const {
        std::ifstream file(path);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        return json::parse(text).as_array();
    }
};

std::string text_of(const json::object& in, std::string_view key) {
    return json::value_to<std::string>(in.at(key));
}

std::vector<json::object> events(const json::array& all, std::string_view phase) {
    std::vector<json::object> found;
    for (const auto& one : all)
        if (one.as_object().contains("ph") && text_of(one.as_object(), "ph") == phase)
            found.push_back(one.as_object());
    return found;
}

IAsyncAction waits_for(IAsyncAction op) { co_await op; }

BOOST_AUTO_TEST_CASE(each_operation_is_a_bar) {
    const scratch_file file;
    pending<void()> left;
    IAsyncAction running;
    {
        const asyncinfo::registry::trace trace(file.path.string());
        const auto read = pending<void(error_code)>::ended(use_async_info.named("re\"ad\n\xff"),
                                                           asio::error::eof);
        running = left.start(use_async_info.named("running"));
        BOOST_TEST(trace.good());
    }
    const auto bars = events(file.read(), "X");
    BOOST_REQUIRE(bars.size() == 2);
    BOOST_TEST(text_of(bars[0], "name") == "re\"ad\n\xef\xbf\xbd");
    BOOST_TEST(text_of(bars[0].at("args").as_object(), "status") == "Error");
    BOOST_TEST(text_of(bars[0].at("args").as_object(), "ended") == "failed");
    BOOST_TEST(bars[0].at("ts").to_number<double>() >= 0);
    BOOST_TEST(bars[0].at("dur").to_number<double>() >= 0);
    BOOST_TEST(text_of(bars[1], "name") == "running");
    BOOST_TEST(text_of(bars[1].at("args").as_object(), "status") == "running");
    BOOST_TEST(bars[1].at("args").at("id").to_number<std::uint64_t>() == running.Id());
    left.complete();
}

BOOST_AUTO_TEST_CASE(an_arrow_goes_from_a_coroutine_to_what_it_awaited) {
    const scratch_file file;
    {
        const asyncinfo::registry::trace trace(file.path.string());
        pending<void()> source;
        const auto op = waits_for(source.start(use_async_info.named("inner")));
        source.complete();
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
    }
    const auto all = file.read();
    const auto bars = events(all, "X");
    const auto begins = events(all, "s");
    const auto ends = events(all, "f");
    BOOST_REQUIRE(bars.size() == 2);
    BOOST_REQUIRE(begins.size() == 1);
    BOOST_REQUIRE(ends.size() == 1);
    BOOST_TEST(text_of(bars[0], "name") == "inner");
    BOOST_TEST(begins[0].at("tid") == bars[1].at("tid"));
    BOOST_TEST(ends[0].at("tid") == bars[0].at("tid"));
    BOOST_TEST(begins[0].at("id") == ends[0].at("id"));
}

BOOST_AUTO_TEST_CASE(bars_of_one_lane_do_not_overlap) {
    const scratch_file file;
    constexpr int count = 5000; // more than a chunk of the tape has
    {
        const asyncinfo::registry::trace trace(file.path.string());
        std::vector<pending<void()>> sources(4);
        for (int i = 0; i < count / 4; ++i) {
            std::vector<IAsyncAction> started;
            for (auto& source : sources)
                started.push_back(source.start(use_async_info.named("one of four")));
            for (auto& source : sources)
                source.complete();
        }
    }
    const auto bars = events(file.read(), "X");
    BOOST_TEST(bars.size() == static_cast<std::size_t>(count));
    std::map<std::int64_t, std::vector<std::pair<double, double>>> lanes;
    for (const auto& b : bars)
        lanes[b.at("tid").to_number<std::int64_t>()].emplace_back(b.at("ts").to_number<double>(),
                                                                  b.at("dur").to_number<double>());
    BOOST_TEST(lanes.size() <= 4u);
    std::size_t overlaps = 0;
    for (auto& [lane, spans] : lanes) {
        std::ranges::sort(spans);
        for (std::size_t i = 1; i < spans.size(); ++i)
            overlaps += spans[i - 1].first + spans[i - 1].second > spans[i].first + 0.001;
    }
    BOOST_TEST(overlaps == 0u);
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_however_many_threads_there_are) {
    const scratch_file file;
    constexpr int each = 2000;
    {
        const asyncinfo::registry::trace trace(file.path.string());
        const auto many = [] {
            for (int i = 0; i < each; ++i)
                pending<void()>::ended(use_async_info.named("many")).wait();
        };
        at_once({many, many, many});
    }
    BOOST_TEST(events(file.read(), "X").size() == 3u * each);
}

BOOST_AUTO_TEST_CASE(one_trace_at_a_time) {
    const scratch_file file;
    {
        const asyncinfo::registry::trace trace(file.path.string());
        BOOST_CHECK_EXCEPTION(asyncinfo::registry::trace("another"), std::system_error,
                              [](const std::system_error& e) {
                                  return e.code() == std::errc::device_or_resource_busy;
                              });
    }
    const asyncinfo::registry::trace again(file.path.string());
    BOOST_TEST(again.good());
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened) {
    BOOST_CHECK_EXCEPTION(asyncinfo::registry::trace("/no such folder/trace.json"),
                          std::system_error, [](const std::system_error& e) {
                              return e.code() == std::errc::no_such_file_or_directory;
                          });
    BOOST_TEST(!asyncinfo::registry::is_enabled());
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace asyncinfo_test::console_trace_test
