// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

using asyncinfo::when_any_result;

namespace asyncinfo_test::when_any_test {
namespace {

using action = pending<void(error_code)>;
using number = pending<void(error_code, int)>;

template <typename... Handles>
using any_t = decltype(asyncinfo::when_any(std::declval<Handles>()...));
template <typename Handle>
using one_of = IAsyncOperation<when_any_result<Handle>>;

static_assert(std::is_same_v<any_t<IAsyncAction, const IAsyncAction&>, one_of<IAsyncAction>>);
static_assert(std::is_same_v<any_t<IAsyncOperation<int>>, one_of<IAsyncOperation<int>>>);
static_assert(std::is_same_v<any_t<IAsyncOperation<int>, IAsyncAction>, one_of<IAsyncInfo>>);
static_assert(std::is_same_v<any_t<IAsyncInfo, IAsyncAction>, one_of<IAsyncInfo>>);
static_assert(
    std::is_same_v<any_t<std::list<IAsyncOperation<int>>&>, one_of<IAsyncOperation<int>>>);
static_assert(std::is_same_v<any_t<std::span<const IAsyncInfo>>, one_of<IAsyncInfo>>);

template <typename... Arguments>
concept can_be_combined = requires(Arguments... a) { asyncinfo::when_any(a...); };
static_assert(can_be_combined<winner, IAsyncAction, IAsyncOperation<int>>);
static_assert(can_be_combined<losers, IAsyncAction>);
static_assert(can_be_combined<winner, losers, std::vector<IAsyncAction>>);
static_assert(can_be_combined<winner, std::vector<IAsyncAction>>);
static_assert(can_be_combined<losers, std::vector<IAsyncAction>>);
static_assert(!can_be_combined<losers, winner, IAsyncAction>);
static_assert(!can_be_combined<int> && !can_be_combined<std::vector<int>>);

} // namespace

BOOST_AUTO_TEST_SUITE(when_any)

BOOST_AUTO_TEST_CASE(it_gives_the_place_and_the_handle_of_the_first_that_ends) {
    number sources[3];
    const auto first = sources[0].start(use_async_info);
    const auto second = sources[1].start(use_async_info);
    const auto third = sources[2].start(use_async_info);
    const auto op = asyncinfo::when_any(first, second, third);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    sources[1].complete({}, 2);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    const when_any_result<IAsyncOperation<int>> result = op.GetResults();
    BOOST_TEST(result.index == 1u);
    BOOST_TEST((result.operation == second));
    BOOST_TEST(result.operation.GetResults() == 2);
    // The losers run on.
    BOOST_TEST(!first.cancel_requested());
    sources[2].complete({}, 3);
    sources[0].complete({}, 1);
    BOOST_TEST(first.GetResults() == 1);
    BOOST_TEST(op.GetResults().index == 1u);
}

BOOST_AUTO_TEST_CASE(members_of_different_kinds_are_IAsyncInfo) {
    number one;
    action two;
    const auto op = asyncinfo::when_any(one.start(use_async_info), two.start(use_async_info));
    one.complete({}, 1);
    const auto result = op.GetResults();
    BOOST_TEST(result.index == 0u);
    BOOST_TEST(result.operation.try_as<IAsyncOperation<int>>().GetResults() == 1);
    two.complete({});
}

BOOST_AUTO_TEST_CASE(the_winner_may_have_progress) {
    const asyncinfo::async_source<int, double> one, two;
    const auto op = asyncinfo::when_any(one.operation(), two.operation());
    two.set_value(2);
    const IAsyncOperationWithProgress<int, double> won = op.GetResults().operation;
    BOOST_TEST(won.GetResults() == 2);
}

BOOST_AUTO_TEST_CASE(of_a_range) {
    number sources[3];
    std::vector<IAsyncOperation<int>> members;
    for (auto& s : sources)
        members.push_back(s.start(use_async_info));
    const auto op = asyncinfo::when_any(members);
    const auto of_part = asyncinfo::when_any(std::span(members).last(2));
    sources[2].complete({}, 3);
    BOOST_TEST(op.GetResults().index == 2u);
    BOOST_TEST((op.GetResults().operation == members[2]));
    BOOST_TEST(of_part.GetResults().index == 1u);

    // Whose elements start what they stand for.
    int started = 0;
    const auto of_view = asyncinfo::when_any(losers::cancel_and_join,
                                             sources | std::views::transform([&](number& s) {
                                                 ++started;
                                                 return s.start(use_async_info);
                                             }));
    BOOST_TEST(started == 3);
    for (auto& s : {&sources[1], &sources[0], &sources[2]})
        s->complete({}, 7);
    BOOST_TEST(of_view.GetResults().index == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_has_ended_before_wins_at_once) {
    number sources[3];
    std::vector<IAsyncOperation<int>> members;
    for (auto& s : sources)
        members.push_back(s.start(use_async_info));
    sources[1].complete(asio::error::eof, 0);
    const auto op = asyncinfo::when_any(members[0], members[1], members[2]);
    BOOST_TEST(op.GetResults().index == 1u);
    const auto successful = asyncinfo::when_any(winner::first_to_succeed, members);
    BOOST_TEST(successful.Status() == AsyncStatus::Started);
    sources[2].complete({}, 3);
    BOOST_TEST(successful.GetResults().index == 2u);
    BOOST_TEST(asyncinfo::when_any(winner::first_to_succeed, members).GetResults().index == 2u);
    // Of several the first one.
    sources[0].complete({}, 1);
    BOOST_TEST(asyncinfo::when_any(members).GetResults().index == 0u);
}

BOOST_AUTO_TEST_CASE(a_single_one_wins) {
    action only;
    const auto member = only.start(use_async_info);
    const auto op = asyncinfo::when_any(losers::cancel_and_join, member);
    only.complete({});
    BOOST_TEST(op.GetResults().index == 0u);
    BOOST_TEST(!member.cancel_requested());
}

BOOST_AUTO_TEST_CASE(the_same_operation_twice_is_no_special_case) {
    action only;
    const auto member = only.start(use_async_info);
    const auto op = asyncinfo::when_any(member, member);
    const auto joined = asyncinfo::when_any(losers::cancel_and_join, member, member);
    only.complete({});
    BOOST_TEST(op.GetResults().index == 0u);
    BOOST_TEST(joined.GetResults().index == 0u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_combined_is_refused_at_the_call) {
    action one, two;
    const auto good = one.start(use_async_info);
    const auto closed = two.start(use_async_info);
    two.complete({});
    closed.Close();
    const std::vector<IAsyncAction> none;
    const std::vector<IAsyncAction> with_empty{good, IAsyncAction()};
    const std::vector<IAsyncAction> with_closed{good, closed};
    using asyncinfo::when_any;

    for (const winner w : {winner::first_to_end, winner::first_to_succeed})
        for (const losers l : {losers::run_on, losers::cancel_and_join}) {
            CHECK_THROWS_CODE(when_any(w, l), errc::empty_set);
            CHECK_THROWS_CODE(when_any(w, l, none), errc::empty_set);
            CHECK_THROWS_CODE(when_any(w, l, good, IAsyncInfo()), errc::empty_handle);
            CHECK_THROWS_CODE(when_any(w, l, good, closed), errc::illegal_method_call);
            CHECK_THROWS_CODE(when_any(w, l, with_empty), errc::empty_handle);
            CHECK_THROWS_CODE(when_any(w, l, with_closed), errc::illegal_method_call);
        }
    CHECK_THROWS_CODE(when_any(), errc::empty_set);
    for (const int value : {-1, 2}) {
        const auto bad_winner = static_cast<winner>(value);
        const auto bad_losers = static_cast<losers>(value);
        const error_code invalid = asio::error::invalid_argument;
        CHECK_THROWS_CODE(when_any(bad_winner, good), invalid);
        CHECK_THROWS_CODE(when_any(bad_losers, good), invalid);
        CHECK_THROWS_CODE(when_any(bad_winner, with_closed), invalid);
        CHECK_THROWS_CODE(when_any(bad_losers, with_closed), invalid);
    }
    one.complete({});
}

BOOST_AUTO_TEST_CASE(close_releases_the_winner) {
    pending<void(error_code, std::shared_ptr<int>)> one;
    auto value = std::make_shared<int>(1);
    const std::weak_ptr<int> alive = value;
    const auto op = asyncinfo::when_any(one.start(use_async_info));
    one.complete({}, std::move(value));
    BOOST_TEST(!alive.expired());
    op.Close();
    BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_CASE(its_executor_is_that_of_the_first_member) {
    asio::io_context context;
    number one, two;
    const auto op = asyncinfo::when_any(one.start_on(context.get_executor(), use_async_info),
                                        two.start(use_async_info));
    BOOST_TEST((op.get_executor() == context.get_executor()));
    two.complete({}, 1);
    BOOST_TEST((op.get_executor() == context.get_executor()));
    one.complete({}, 1);
}

BOOST_AUTO_TEST_CASE(it_ends_on_the_thread_that_ends_the_winner) {
    number one, two;
    const auto op = asyncinfo::when_any(one.start(use_async_info), two.start(use_async_info));
    std::thread::id ended_on;
    op.Completed([&](auto&, AsyncStatus) { ended_on = std::this_thread::get_id(); });
    const auto ending = on_another_thread([&] { two.complete({}, 2); });
    BOOST_TEST((ended_on == ending));
    one.complete({}, 1);
}

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
// Unless a member can end elsewhere, and that is enough.
BOOST_AUTO_TEST_CASE(waiting_on_the_thread_of_the_members_is_refused) {
    asio::io_context context;
    number here, there;
    const auto on_context = here.start_on(context.get_executor(), use_async_info);
    const auto elsewhere = there.start(use_async_info);
    const auto any = asyncinfo::when_any(on_context, elsewhere);
    const auto only = asyncinfo::when_any(on_context);
    const auto joined = asyncinfo::when_any(losers::cancel_and_join, on_context, elsewhere);
    error_code of_any, of_only, of_joined;
    asio::post(context, [&] {
        any.wait_for(1ms, of_any);
        only.wait_for(1ms, of_only);
        joined.wait_for(1ms, of_joined);
    });
    context.run();
    BOOST_TEST(!of_any.failed());
    BOOST_TEST((of_only == errc::would_deadlock));
    BOOST_TEST((of_joined == errc::would_deadlock));
    here.complete({}, 1);
    there.complete({}, 1);
}
#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::when_any_test
