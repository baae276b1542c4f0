// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <asyncinfo/detail/base/atomic_wait.hpp>

namespace asyncinfo_test::waits_lose_no_wake_up_test {
namespace {

using words = std::tuple<std::uint8_t, unsigned, std::uint64_t>;

BOOST_AUTO_TEST_SUITE(waits_lose_no_wake_up)

// With std::atomic's own members this hangs in Wine, see atomic_wait.hpp.
BOOST_AUTO_TEST_CASE_TEMPLATE(of_threads_that_take_turns, Word, words) {
    constexpr int turns = 10'000;
    std::atomic<Word> next = 0;
    const auto play = [&](int me) {
        for (int turn = me; turn < turns; turn += 2) {
            const auto mine = static_cast<Word>(turn);
            for (auto seen = next.load(); seen != mine; seen = next.load())
                asyncinfo::detail::wait_while_equal(next, seen);
            next = static_cast<Word>(turn + 1);
            asyncinfo::detail::wake_all(next);
        }
    };
    at_once({[&] { play(0); }, [&] { play(1); }});
    BOOST_TEST(next == static_cast<Word>(turns));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asyncinfo_test::waits_lose_no_wake_up_test
