// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/registry_on.hpp"
#include "support/test.hpp"

#include <asyncinfo/detail/registry/rows.hpp>

/// Threads start, end and cancel operations as fast as they can. Each snapshot meanwhile is whole:
/// no row is a mixture of two operations, and none is missing that runs throughout.
namespace asyncinfo_test::registry_stress_test {
namespace {

constexpr std::size_t kinds = 3;
const auto operations = race_rounds<std::size_t>(sanitized ? 120'000 : 1'000'000);
constexpr std::string_view names[kinds] = {"of the first", "of the second", "of the third"};
constexpr std::string_view results[kinds] = {"void", "int", "bool"};

/// Which of the names it is; `kinds` for another one.
std::size_t kind_of(std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - std::begin(names));
}

/// Starts operations on this thread, which end on threads of the pool. Not too many at a time.
template <typename... Values>
void start_many(asio::thread_pool& pool, std::string_view name,
                std::atomic<std::uint64_t>& newest) {
    const auto token = use_async_info.named(name);
    for (std::size_t i = 0; i < operations / kinds; ++i) {
        const auto op = asio::async_initiate<decltype(token), void(Values...)>(
            [&pool](auto handler) {
                asio::post(pool, [h = std::move(handler)]() mutable { std::move(h)(Values{}...); });
            },
            token);
        newest.store(op.Id(), std::memory_order_relaxed);
        if (i % 64 == 0)
            op.wait();
    }
}

/// Counts what is wrong with a snapshot.
struct verdict {
    std::size_t snapshots = 0;
    std::size_t mixed = 0;
    std::size_t twice = 0;
    std::size_t missing = 0;

    void look_at(const asyncinfo::registry::report& report, const std::set<std::uint64_t>& held) {
        ++snapshots;
        std::set<std::uint64_t> ids;
        for (const auto& row : report.running) {
            twice += !ids.insert(row.id).second;
            const std::size_t kind = kind_of(row.name);
            mixed += row.id == 0 || row.started > report.taken || row.what.empty();
            mixed += kind < kinds ? row.result != results[kind] || row.deadline.has_value()
                                  : row.name != "held" || !row.deadline;
        }
        for (const std::uint64_t id : held)
            missing += !ids.contains(id);
        for (const auto& one : report.gone)
            mixed += one.id == 0 || one.at < one.started || kind_of(one.name) == kinds;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(registry_stress)

BOOST_AUTO_TEST_CASE(snapshots_are_whole) {
    const registry_on on;
    asio::io_context context;
    std::vector<IAsyncAction> held;
    std::set<std::uint64_t> ids;
    for (int i = 0; i < 1000; ++i) {
        held.push_back(async_wait_for_ever(context.get_executor(),
                                           use_async_info.named("held").cancel_after(1h)));
        ids.insert(held.back().Id());
    }

    verdict seen;
    std::atomic<std::uint64_t> newest{1};
    {
        asio::thread_pool pool(2);
        std::atomic<int> starting = kinds;
        const auto start = [&](auto start_all) {
            return [&, start_all] {
                start_all();
                --starting;
            };
        };
        at_once({[&] {
                     while (starting != 0)
                         seen.look_at(asyncinfo::registry::snapshot(), ids);
                 },
                 [&] {
                     while (starting != 0)
                         asyncinfo::registry::cancel(newest.load(std::memory_order_relaxed));
                 },
                 start([&] { start_many<>(pool, names[0], newest); }),
                 start([&] { start_many<int>(pool, names[1], newest); }),
                 start([&] { start_many<bool>(pool, names[2], newest); })});
        pool.join();
    }
    BOOST_TEST(seen.snapshots > 0u);
    BOOST_TEST(seen.mixed == 0u);
    BOOST_TEST(seen.twice == 0u);
    BOOST_TEST(seen.missing == 0u);

    for (const auto name : names) {
        const auto family = family_of(name);
        BOOST_TEST(family.started == operations / kinds);
        BOOST_TEST(family.completed == operations / kinds);
        BOOST_TEST(std::accumulate(family.took.counts.begin(), family.took.counts.end(),
                                   std::uint64_t{}) == operations / kinds);
    }
    BOOST_TEST(asyncinfo::registry::snapshot().running.size() == held.size());
    for (const auto& op : held)
        op.Cancel();
    context.run();
    BOOST_TEST(asyncinfo::registry::snapshot().running.empty());
}

/// The row of an operation that has just gone is used again, while another thread cancels by the
/// old number.
BOOST_AUTO_TEST_CASE(an_old_number_cancels_no_other_operation) {
    const registry_on on;
    std::atomic<std::uint64_t> old{1};
    std::atomic<bool> over = false;
    std::size_t asked = 0;
    at_once({[&] {
                 for (std::size_t i = 0; i < operations / 4; ++i) {
                     pending<void()> source;
                     const auto op = source.start(use_async_info);
                     asked += op.cancel_requested();
                     source.complete();
                     old.store(op.Id(), std::memory_order_relaxed);
                 }
                 over = true;
             },
             [&] {
                 while (!over)
                     static_cast<void>(
                         asyncinfo::registry::cancel(old.load(std::memory_order_relaxed)));
             }});
    BOOST_TEST(asked == 0u);
}

/// Rows go back to the thread that made them, which uses them again.
BOOST_AUTO_TEST_CASE(operations_that_end_elsewhere_take_no_more_memory) {
    const registry_on on;
    const auto slabs = [] {
        std::size_t count = 0;
        for (auto* s = asyncinfo::detail::registry_slab::first(); s; s = s->next)
            ++count;
        return count;
    };
    constexpr std::size_t at_a_time = asyncinfo::detail::registry_slab::count;
    const auto round = [] {
        std::vector<std::unique_ptr<pending<void()>>> sources;
        std::vector<IAsyncAction> started;
        for (std::size_t i = 0; i < at_a_time; ++i) {
            sources.push_back(std::make_unique<pending<void()>>());
            started.push_back(sources.back()->start(use_async_info));
        }
        on_another_thread([&] {
            for (const auto& source : sources)
                source->complete();
            started.clear();
        });
    };
    round();
    const std::size_t before = slabs();
    for (int i = 0; i < 20; ++i)
        round();
    BOOST_TEST(slabs() <= before + 1);
}

/// A thread takes over what an earlier one has left.
BOOST_AUTO_TEST_CASE(threads_that_come_and_go_take_no_more_memory) {
    const registry_on on;
    const auto shards = [] {
        std::size_t count = 0;
        for (auto* s = asyncinfo::detail::registry_shard::first(); s; s = s->next)
            ++count;
        return count;
    };
    const auto one = [] {
        on_another_thread([] { pending<void()>::ended(use_async_info).wait(); });
    };
    one();
    const std::size_t before = shards();
    for (int i = 0; i < 50; ++i)
        one();
    BOOST_TEST(shards() == before);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace asyncinfo_test::registry_stress_test
