// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::when_any_keeps_the_winner_test {
namespace {

using pointer = std::unique_ptr<int>;

struct three {
    std::array<pending<void(error_code, int)>, 3> sources;
    std::vector<IAsyncOperation<int>> members;

    three() {
        for (auto& s : sources)
            members.push_back(s.start(use_async_info));
    }

    auto combine(winner w, losers l, bool range) const {
        return range ? asyncinfo::when_any(w, l, members)
                     : asyncinfo::when_any(w, l, members[0], members[1], members[2]);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(when_any_keeps_the_winner)

BOOST_AUTO_TEST_CASE(also_one_that_failed) {
    for (const bool range : {false, true}) {
        three all;
        const auto op = all.combine(winner::first_to_end, losers::run_on, range);
        all.sources[1].complete(asio::error::eof, 0);
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
        BOOST_TEST(!op.ErrorCode().failed());
        const auto [index, operation] = op.GetResults();
        BOOST_TEST(index == 1u);
        BOOST_TEST((operation.ErrorCode() == asio::error::eof));
        all.sources[0].complete({}, 1);
        all.sources[2].complete({}, 1);
    }
}

// A result that cannot be copied stays where it is, for whoever takes it from the handle.
BOOST_AUTO_TEST_CASE(with_a_result_that_cannot_be_copied) {
    pending<void(error_code, pointer)> one, two;
    const auto op = asyncinfo::when_any(one.start(use_async_info), two.start(use_async_info));
    two.complete({}, std::make_unique<int>(2));
    BOOST_TEST(op.GetResults().index == 1u);
    BOOST_TEST(*op.GetResults().operation.GetResults() == 2);
    one.complete({}, nullptr);
}

BOOST_AUTO_TEST_CASE(and_with_first_to_succeed_one_that_succeeded) {
    for (const bool range : {false, true})
        for (const auto rest : {losers::run_on, losers::cancel_and_join}) {
            three all;
            const auto op = all.combine(winner::first_to_succeed, rest, range);
            all.sources[0].complete(asio::error::eof, 0);
            BOOST_TEST(op.Status() == AsyncStatus::Started);
            BOOST_TEST(!all.members[1].cancel_requested());
            all.sources[2].complete({}, 3);
            BOOST_TEST(all.members[1].cancel_requested() == (rest == losers::cancel_and_join));
            BOOST_TEST((op.Status() == AsyncStatus::Started) == (rest == losers::cancel_and_join));
            all.sources[1].complete({}, 2);
            BOOST_TEST(op.GetResults().index == 2u);
            BOOST_TEST(op.GetResults().operation.GetResults() == 3);
        }
}

BOOST_AUTO_TEST_CASE(and_if_none_succeeds_it_fails_as_the_first_argument) {
    for (const bool range : {false, true})
        for (const auto rest : {losers::run_on, losers::cancel_and_join}) {
            three all;
            const auto op = all.combine(winner::first_to_succeed, rest, range);
            all.sources[2].complete(asio::error::eof, 0);
            all.sources[0].complete(asio::error::operation_aborted, 0);
            BOOST_TEST(op.Status() == AsyncStatus::Started);
            all.sources[1].complete(asio::error::connection_reset, 0);
            BOOST_TEST(op.Status() == AsyncStatus::Canceled);
            BOOST_TEST((op.ErrorCode() == asio::error::operation_aborted));
            // Those that have ended before, too.
            const auto again = all.combine(winner::first_to_succeed, rest, range);
            BOOST_TEST(again.Status() == AsyncStatus::Canceled);
        }

    pending<void(std::exception_ptr)> one, two;
    const auto op = asyncinfo::when_any(winner::first_to_succeed, one.start(use_async_info),
                                        two.start(use_async_info));
    two.complete(std::make_exception_ptr(7));
    one.complete(std::make_exception_ptr(std::runtime_error("bad")));
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_CHECK_THROW(op.GetResults(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(with_cancel_and_join_until_the_losers_have_ended) {
    for (const bool range : {false, true}) {
        three all;
        const auto op = all.combine(winner::first_to_end, losers::cancel_and_join, range);
        all.sources[1].complete(asio::error::eof, 0);
        BOOST_TEST(all.members[0].cancel_requested());
        BOOST_TEST(all.members[2].cancel_requested());
        BOOST_TEST(!op.cancel_requested());
        all.sources[0].complete({}, 1); // nobody loses what it gave all the same
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        all.sources[2].complete(asio::error::operation_aborted, 0);
        BOOST_TEST(op.GetResults().index == 1u);
        BOOST_TEST(all.members[0].GetResults() == 1);
    }
}

BOOST_AUTO_TEST_CASE(with_cancel_and_join_a_winner_before_the_call_cancels_the_rest) {
    three all;
    all.sources[1].complete({}, 2);
    const auto op = all.combine(winner::first_to_end, losers::cancel_and_join, true);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    BOOST_TEST(all.members[0].cancel_requested());
    BOOST_TEST(all.members[2].cancel_requested());
    all.sources[0].complete({}, 1);
    all.sources[2].complete({}, 3);
    BOOST_TEST(op.GetResults().index == 1u);
}

// A loser that never ends retains nothing: here not the combination, which has the winner's result.
BOOST_AUTO_TEST_CASE(and_nothing_of_the_losers) {
    using value = std::shared_ptr<int>;
    for (const bool range : {false, true})
        for (const bool before : {false, true}) {
            pending<void(error_code, value)> wins, loses, also_loses;
            std::vector<IAsyncOperation<value>> members;
            for (auto* source : {&loses, &wins, &also_loses})
                members.push_back(source->start(use_async_info));
            auto kept = std::make_shared<int>();
            const std::weak_ptr<int> alive = kept;
            if (before)
                wins.complete({}, std::move(kept));
            IAsyncInfo op;
            if (range)
                op = asyncinfo::when_any(members);
            else
                op = asyncinfo::when_any(members[0], members[1], members[2]);
            if (!before)
                wins.complete({}, std::move(kept));
            BOOST_TEST(op.Status() == AsyncStatus::Completed);
            members[1] = nullptr;
            BOOST_TEST(!alive.expired());
            op = nullptr;
            BOOST_TEST(alive.expired());
            BOOST_TEST(members[0].Status() == AsyncStatus::Started);
            // Nor has it anybody to tell.
            loses.complete({}, nullptr);
        }
}

BOOST_AUTO_TEST_CASE(and_the_handles_of_losers_are_dropped) {
    pending<void(error_code, std::shared_ptr<int>)> loses;
    pending<void(error_code)> wins;
    auto kept = std::make_shared<int>();
    const std::weak_ptr<int> alive = kept;
    // It has ended, but not as a winner.
    pending<void(error_code, std::shared_ptr<int>)> failed;
    const auto op = asyncinfo::when_any(
        winner::first_to_succeed, IAsyncInfo(failed.start(use_async_info)),
        IAsyncInfo(wins.start(use_async_info)), IAsyncInfo(loses.start(use_async_info)));
    failed.complete(asio::error::eof, std::move(kept));
    BOOST_TEST(!alive.expired());
    wins.complete({});
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(alive.expired());
    // One that ends later finds nobody to be told, and its result goes with it.
    auto late = std::make_shared<int>();
    const std::weak_ptr<int> late_alive = late;
    loses.complete({}, std::move(late));
    BOOST_TEST(late_alive.expired());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::when_any_keeps_the_winner_test
