// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// `progress()` polls the latest value: of a trivially copyable type without a lock on either side,
/// and of any other type so that who reports never waits for who reads.
namespace asyncinfo_test::progress_waits_for_no_reader_test {
namespace {

static_assert(std::is_trivially_copyable_v<transfer_progress>);

/// Fields that must agree; not a multiple of a word, and without a default constructor.
struct several {
    several(std::uint32_t by, std::uint64_t n)
        : reporter(by), number(n), twice(2 * n), thrice(3 * n) {}
    bool is_whole() const { return twice == 2 * number && thrice == 3 * number; }

    std::uint32_t reporter;
    std::uint64_t number;
    std::uint64_t twice;
    std::uint64_t thrice;
};
static_assert(std::is_trivially_copyable_v<several>);

/// The same, that takes the other way.
struct with_a_copy_constructor : several {
    using several::several;
    with_a_copy_constructor(const with_a_copy_constructor& other) : several(other) {}
    with_a_copy_constructor& operator=(const with_a_copy_constructor&) = default;
};
static_assert(!std::is_trivially_copyable_v<with_a_copy_constructor>);

/// Copying it waits, where the test says so.
class slow {
public:
    explicit slow(int value) : value_(value) {}
    slow(const slow& other) : value_(other.value_) {
        if (!waits)
            return;
        in_copy.release();
        go_on.acquire();
    }
    slow(slow&&) = default;
    slow& operator=(slow&&) = default;

    int value() const { return value_; }

    static void reset() {
        while (go_on.try_acquire() || in_copy.try_acquire()) {
        }
    }

    static inline thread_local bool waits = false;
    static inline semaphore in_copy{0}, go_on{0};

private:
    int value_;
};

/// Some threads report, others poll: every value is whole, and none is older than one before.
template <typename P>
void report_and_poll(std::uint32_t reporters, std::uint64_t values) {
    const async_source<void, P> source;
    const auto op = source.operation();
    std::atomic<bool> wrong = false;
    latch start(reporters + 2);
    {
        std::vector<joining_thread> threads;
        for (std::uint32_t reporter = 0; reporter != reporters; ++reporter)
            threads.emplace_back([&, reporter] {
                start.arrive_and_wait();
                for (std::uint64_t n = 1; n <= values; ++n) {
                    source.report(P(reporter, n));
                    // This one or a later one.
                    const auto seen = *op.progress();
                    if (!seen.is_whole() || (seen.reporter == reporter && seen.number != n))
                        wrong = true;
                }
            });
        for (int reader = 0; reader != 2; ++reader)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                std::vector<std::uint64_t> last(reporters);
                for (bool over = false; !over;) {
                    over = op.Status() != AsyncStatus::Started;
                    if (const auto seen = op.progress()) {
                        auto& before = last[seen->reporter];
                        if (!seen->is_whole() || seen->number < before)
                            wrong = true;
                        before = seen->number;
                    }
                }
            });
        for (std::uint32_t reporter = 0; reporter != reporters; ++reporter)
            threads[reporter].join();
        source.set_value();
    }
    BOOST_TEST(!wrong);
    BOOST_TEST(op.progress()->number == values);
}

/// Reporters against the end: what was accepted came before it, so that what is read after the end
/// does not change.
template <typename P>
void report_and_end() {
    int bad = 0;
    for (int round = 0; round != 500; ++round) {
        const async_source<void, P> source;
        const auto op = source.operation();
        std::atomic<std::uint64_t> accepted[2] = {};
        std::optional<P> first;
        const auto reporter = [&](std::uint32_t by) {
            return [&, by] {
                for (std::uint64_t n = 1; source.report(P(by, n)); ++n)
                    accepted[by] = n;
            };
        };
        const auto end = [&] {
            while (accepted[0] < 2 || accepted[1] < 2)
                std::this_thread::yield();
            source.set_value();
            op.wait();
            first = op.progress();
        };
        at_once({end, reporter(0), reporter(1)});
        const auto second = *op.progress();
        bad += first->number != second.number || first->reporter != second.reporter ||
               first->number != accepted[first->reporter];
    }
    BOOST_TEST(bad == 0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_waits_for_no_reader)

BOOST_AUTO_TEST_CASE(one_reports_and_several_poll) {
    report_and_poll<several>(1, 20000);
    report_and_poll<with_a_copy_constructor>(1, 5000);
}

BOOST_AUTO_TEST_CASE(several_report_and_several_poll) {
    report_and_poll<several>(2, 10000);
    report_and_poll<several>(6, 3000);
    report_and_poll<with_a_copy_constructor>(3, 2000);
}

BOOST_AUTO_TEST_CASE(nothing_is_accepted_after_the_end) {
    report_and_end<several>();
    report_and_end<with_a_copy_constructor>();
}

// Readers that are in the middle of a copy hold up nobody.
BOOST_AUTO_TEST_CASE(readers_that_copy_slowly_hold_up_nobody) {
    slow::reset();
    const async_source<int, slow> source;
    const auto op = source.operation();
    source.report(slow(1));
    std::vector<int> seen(2);
    std::vector<joining_thread> readers;
    for (int& each : seen)
        readers.emplace_back([&] {
            slow::waits = true;
            each = op.progress()->value();
        });
    slow::in_copy.acquire();
    slow::in_copy.acquire();
    int told = 0;
    op.Progress([&](auto&, const slow& value) { told += value.value(); });
    BOOST_TEST(source.report(slow(2)));
    BOOST_TEST(source.report(slow(3)));
    BOOST_TEST(op.progress()->value() == 3); // another reader
    BOOST_TEST(source.set_value(7));
    BOOST_TEST(op.get() == 7);
    BOOST_TEST(told == 5);
    slow::go_on.release(16); // however often it is copied
    readers.clear();
    BOOST_TEST(seen == (std::vector{1, 1}), per_element());
}

// A value that is being read stays until it has been read.
BOOST_AUTO_TEST_CASE(what_is_being_read_stays) {
    slow::reset();
    struct held {
        slow pace{0};
        std::shared_ptr<int> object;
    };
    const async_source<void, held> source;
    const auto op = source.operation();
    std::weak_ptr<int> alive;
    {
        auto object = std::make_shared<int>(5);
        alive = object;
        source.report(held{slow(0), std::move(object)});
    }
    int seen = 0;
    joining_thread reader([&] {
        slow::waits = true;
        seen = *op.progress()->object;
    });
    slow::in_copy.acquire();
    source.report(held{slow(0), nullptr});
    BOOST_TEST(!alive.expired());
    slow::go_on.release(16);
    reader.join();
    BOOST_TEST(seen == 5);
    BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::progress_waits_for_no_reader_test
