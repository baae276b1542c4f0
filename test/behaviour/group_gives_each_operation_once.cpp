// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Whatever threads add, cancel, end and take: each operation is given once, and none is lost.
namespace asyncinfo_test::group_gives_each_operation_once_test {
namespace {

constexpr std::size_t threads = 4;
const auto each = race_rounds<std::size_t>(25'000);
const std::size_t total = threads * each;

using group_type = operation_group<std::size_t>;

struct tally {
    std::vector<std::atomic<int>> given = std::vector<std::atomic<int>>(total);
    std::atomic<std::size_t> sum{0};
    std::atomic<std::size_t> running{0}; ///< given, but not ended

    void operator()(group_type::entry entry) {
        running += entry.operation.Status() == AsyncStatus::Started;
        ++given[entry.tag];
        ++sum;
    }

    void check(const group_type& group) {
        BOOST_TEST(group.empty());
        BOOST_TEST(sum == total);
        BOOST_TEST(running == 0u);
        BOOST_TEST(std::count(given.begin(), given.end(), 1) == std::ptrdiff_t(total));
    }
};

/// Adds operations on all threads, some of which are cancelled; calls `now_and_then` in between.
template <typename NowAndThen>
void add_all(group_type& group, asio::thread_pool& pool, NowAndThen now_and_then) {
    std::vector<joining_thread> adding;
    for (std::size_t t = 0; t != threads; ++t)
        adding.emplace_back([&, t] {
            asio::steady_timer timer(pool, 1h);
            for (std::size_t i = 0; i != each; ++i) {
                const std::size_t number = t * each + i;
                if (i % 4 == 0) {
                    auto op = timer.async_wait(use_async_info);
                    group.add(op, number);
                    op.Cancel();
                    op.wait(); // for the timer, which is one thread's at a time
                } else {
                    const auto op = asio::post(pool, use_async_info);
                    group.add(op, number);
                    if (i % 4 == 1)
                        op.Cancel();
                }
                now_and_then(i);
            }
        });
    adding.clear();
}

} // namespace

BOOST_AUTO_TEST_SUITE(group_gives_each_operation_once)

BOOST_AUTO_TEST_CASE(to_those_who_poll_and_wait) {
    asio::thread_pool pool(2);
    group_type group;
    tally given;
    std::atomic<std::size_t> impossible{0};
    std::thread waiting([&] {
        while (auto next = group.wait_next_for(long_enough))
            given(*std::move(next));
    });
    add_all(group, pool, [&](std::size_t i) {
        if (i % 3 == 0)
            if (auto next = group.try_next())
                given(*std::move(next));
        if (i % 100 == 0)
            group.drain([&](auto entry) { given(std::move(entry)); }, 10us);
        if (i % 1000 == 0) {
            group.cancel_all();
            const auto counts = group.counts();
            impossible += counts.started + counts.completed + counts.canceled > total;
            impossible += counts.error;
        }
    });
    BOOST_TEST(group.shutdown(long_enough).empty());
    waiting.join();
    BOOST_TEST(impossible == 0u);
    given.check(group);
}

BOOST_AUTO_TEST_CASE(to_those_who_wait_asynchronously) {
    asio::thread_pool pool(2);
    group_type group;
    tally given;
    std::atomic<std::size_t> waits{0};
    std::atomic<std::size_t> over{0};
    const auto wait = [&] {
        ++waits;
        group.async_next(
            asio::bind_executor(pool, [&](error_code error, std::optional<group_type::entry> next) {
                if (next)
                    given(*std::move(next));
                else if (error == errc::group_shut_down)
                    ++over;
            }));
    };
    add_all(group, pool, [&](std::size_t i) {
        if (i % 2 == 0)
            wait();
    });
    BOOST_TEST(group.shutdown(long_enough).empty());
    for (std::size_t left = group.size(); left != 0; --left)
        wait();
    pool.join();
    BOOST_TEST(given.sum + over == waits);
    given.check(group);
}

BOOST_AUTO_TEST_CASE(to_an_executor) {
    asio::thread_pool pool(2);
    asio::thread_pool other(2);
    group_type group;
    tally given;
    group.on_next(other.get_executor(), [&](group_type::entry entry) { given(std::move(entry)); });
    add_all(group, pool, [](std::size_t) {});
    BOOST_TEST(group.shutdown(long_enough).empty());
    pool.join();
    other.join();
    given.check(group);
    group.on_next(nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::group_gives_each_operation_once_test
