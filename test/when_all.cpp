// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::when_all_test {
namespace {

using std::monostate;
using action = pending<void(error_code)>;
using number = pending<void(error_code, int)>;
using text = pending<void(error_code, std::string)>;
using pointer = std::unique_ptr<int>;
using unique = pending<void(error_code, pointer)>;

template <typename... Handles>
using all_t = decltype(asyncinfo::when_all(std::declval<Handles>()...));

static_assert(std::is_same_v<all_t<>, IAsyncAction>);
static_assert(std::is_same_v<all_t<IAsyncAction, const IAsyncAction&>, IAsyncAction>);
static_assert(std::is_same_v<all_t<IAsyncInfo>, IAsyncAction>);
static_assert(std::is_same_v<all_t<IAsyncOperation<int>>, IAsyncOperation<std::tuple<int>>>);
static_assert(std::is_same_v<all_t<IAsyncOperation<int>&, IAsyncAction, IAsyncOperation<pointer>>,
                             IAsyncOperation<std::tuple<int, monostate, pointer>>>);
static_assert(
    std::is_same_v<all_t<std::vector<IAsyncOperation<int>>>, IAsyncOperation<std::vector<int>>>);
static_assert(std::is_same_v<all_t<const std::list<IAsyncAction>&>, IAsyncAction>);
static_assert(std::is_same_v<all_t<std::span<const IAsyncInfo>>, IAsyncAction>);

template <typename... Arguments>
concept can_be_combined = requires(Arguments... a) { asyncinfo::when_all(a...); };
static_assert(can_be_combined<on_failure, IAsyncAction, IAsyncOperation<int>>);
static_assert(can_be_combined<on_failure, std::vector<IAsyncAction>>);
static_assert(!can_be_combined<IAsyncAction, on_failure>);
static_assert(!can_be_combined<int> && !can_be_combined<std::vector<int>>);

/// A result that counts how often results were copied.
struct counted {
    static inline int copies = 0;

    int value = 0;

    explicit counted(int v) : value(v) {}
    counted(counted&& other) noexcept : value(std::exchange(other.value, -1)) {}
    counted(const counted& other) : value(other.value) { ++copies; }
    counted& operator=(counted&&) = default;
};
using counting = pending<void(error_code, counted)>;

IAsyncOperationWithProgress<counted, int> report_once(asio::io_context& context) {
    const auto progress = co_await asyncinfo::get_progress_token();
    co_await asio::post(context, asio::deferred);
    progress(1);
    co_await asio::post(context, asio::deferred);
    co_return counted(7);
}

} // namespace

BOOST_AUTO_TEST_SUITE(when_all)

BOOST_AUTO_TEST_CASE(it_gives_the_results_of_all_in_order_of_the_arguments) {
    number one;
    action two;
    text three;
    const auto op = asyncinfo::when_all(one.start(use_async_info), two.start(use_async_info),
                                        three.start(use_async_info));
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    three.complete({}, "three");
    two.complete({});
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    one.complete({}, 1);
    BOOST_TEST((op.GetResults() == std::tuple(1, monostate(), std::string("three"))));
}

BOOST_AUTO_TEST_CASE(it_is_an_action_if_all_are) {
    action one, two;
    const auto first = one.start(use_async_info);
    const IAsyncAction op = asyncinfo::when_all(first, IAsyncInfo(two.start(use_async_info)));
    int calls = 0;
    op.Completed([&](const IAsyncAction& sender, AsyncStatus status) {
        calls += sender == op && status == AsyncStatus::Completed;
    });
    one.complete({});
    BOOST_TEST(calls == 0);
    two.complete({});
    BOOST_TEST(calls == 1);
    op.GetResults();
}

// Kinds with progress give what those without do; their progress stays theirs.
BOOST_AUTO_TEST_CASE(operations_with_progress_are_members_as_well) {
    const asyncinfo::async_source<pointer, int> one;
    const asyncinfo::async_source<void, double> two;
    const IAsyncOperation<std::tuple<pointer, monostate>> op =
        asyncinfo::when_all(one.operation(), two.operation());
    const IAsyncOperation<std::vector<pointer>> range =
        asyncinfo::when_all(std::vector{one.operation()});
    one.report(50);
    two.set_value();
    one.set_value(std::make_unique<int>(1));
    BOOST_TEST(*std::get<0>(op.GetResults()) == 1);
    BOOST_TEST((range.ErrorCode() == errc::illegal_method_call)); // the other one has it
}

BOOST_AUTO_TEST_CASE(a_range_gives_a_vector) {
    number sources[3];
    std::vector<IAsyncOperation<int>> members;
    for (auto& s : sources)
        members.push_back(s.start(use_async_info));
    const auto op = asyncinfo::when_all(members);
    const auto of_part = asyncinfo::when_all(std::span(members).first(2));
    BOOST_TEST(members.size() == 3u);
    for (auto& m : members)
        BOOST_TEST(static_cast<bool>(m)); // an lvalue keeps its handles
    sources[2].complete({}, 3);
    sources[1].complete({}, 2);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    sources[0].complete({}, 1);
    BOOST_TEST((op.GetResults() == std::vector{1, 2, 3}));
    BOOST_TEST((of_part.GetResults() == std::vector{1, 2}));
}

// The operations of such a range are started by looking at its elements: once each.
BOOST_AUTO_TEST_CASE(each_element_of_a_range_is_looked_at_once) {
    number sources[3];
    int started = 0;
    const auto start = [&](number& s) {
        ++started;
        return s.start(use_async_info);
    };
    const auto op = asyncinfo::when_all(sources | std::views::transform(start));
    BOOST_TEST(started == 3);
    for (int i = 0; i < 3; ++i)
        sources[i].complete({}, i);
    BOOST_TEST((op.GetResults() == std::vector{0, 1, 2}));

    const auto of_some = asyncinfo::when_all(
        sources | std::views::filter([&](number& s) { return &s != &sources[1]; }) |
        std::views::transform(start));
    BOOST_TEST(started == 5);
    sources[0].complete({}, 7);
    sources[2].complete({}, 8);
    BOOST_TEST((of_some.GetResults() == std::vector{7, 8}));

    // A filter looks at each, too, and so starts it once more; but we walk through it once only.
    const auto filtered = sources | std::views::transform(start) |
                          std::views::filter([](const auto&) { return true; });
    started = 0;
    for (auto copy = filtered; const auto& each : copy)
        static_cast<void>(each);
    const int by_one_walk = std::exchange(started, 0);
    auto fresh = filtered;
    const auto of_filtered = asyncinfo::when_all(fresh);
    BOOST_TEST(started == by_one_walk);
    for (auto& s : sources)
        s.complete({}, 9);
    BOOST_TEST((of_filtered.GetResults() == std::vector{9, 9, 9}));
}

// A range that can be walked through only once: such as one that reads what to start.
BOOST_AUTO_TEST_CASE(a_single_pass_range_will_do) {
    number sources[2];
    struct source_iterator {
        using value_type = IAsyncOperation<int>;
        using difference_type = std::ptrdiff_t;
        number* next = nullptr;

        value_type operator*() const { return next->start(use_async_info); }
        source_iterator& operator++() {
            ++next;
            return *this;
        }
        void operator++(int) { ++next; }
        bool operator==(const number* end) const { return next == end; }
    };
    const std::ranges::subrange range(source_iterator{sources},
                                      static_cast<const number*>(sources + 2));
    static_assert(!std::ranges::forward_range<decltype(range)>);
    const auto op = asyncinfo::when_all(range);
    sources[1].complete({}, 2);
    sources[0].complete({}, 1);
    BOOST_TEST((op.GetResults() == std::vector{1, 2}));
}

BOOST_AUTO_TEST_CASE(nothing_completes_at_once) {
    for (const auto policy : {on_failure::wait_for_rest, on_failure::cancel_rest}) {
        BOOST_TEST(asyncinfo::when_all(policy).Status() == AsyncStatus::Completed);
        const auto actions = asyncinfo::when_all(policy, std::vector<IAsyncAction>());
        BOOST_TEST(actions.Status() == AsyncStatus::Completed);
        const auto op = asyncinfo::when_all(policy, std::list<IAsyncOperation<pointer>>());
        BOOST_TEST(op.GetResults().empty());
    }
    BOOST_TEST(asyncinfo::when_all().Status() == AsyncStatus::Completed);
    BOOST_TEST((asyncinfo::when_all().get_executor() == asio::system_executor()));
}

BOOST_AUTO_TEST_CASE(members_that_have_ended_complete_it_at_once) {
    number one, two;
    const auto first = one.start(use_async_info);
    const auto second = two.start(use_async_info);
    one.complete({}, 1);
    const auto mixed = asyncinfo::when_all(first, second);
    BOOST_TEST(mixed.Status() == AsyncStatus::Started);
    two.complete({}, 2);
    BOOST_TEST((mixed.GetResults() == std::tuple(1, 2)));
    const auto op = asyncinfo::when_all(first, second, first);
    BOOST_TEST((op.GetResults() == std::tuple(1, 2, 1)));
}

BOOST_AUTO_TEST_CASE(results_that_cannot_be_copied_are_taken) {
    unique one, two, three;
    std::vector<IAsyncOperation<pointer>> members;
    members.push_back(two.start(use_async_info));
    members.push_back(three.start(use_async_info));
    const auto kept = members[0];
    const auto op =
        asyncinfo::when_all(one.start(use_async_info), asyncinfo::when_all(std::move(members)));
    two.complete({}, std::make_unique<int>(2));
    one.complete({}, std::make_unique<int>(1));
    three.complete({}, std::make_unique<int>(3));
    const auto [first, rest] = op.GetResults();
    BOOST_TEST(*first == 1);
    BOOST_TEST(*rest.at(0) == 2);
    BOOST_TEST(*rest.at(1) == 3);
    // Once, whoever comes first.
    CHECK_THROWS_CODE(op.GetResults(), errc::illegal_method_call);
    CHECK_THROWS_CODE(kept.GetResults(), errc::illegal_method_call);
}

BOOST_AUTO_TEST_CASE(a_result_that_has_been_taken_is_a_failure) {
    for (const bool range : {false, true}) {
        unique one, two;
        const auto first = one.start(use_async_info);
        const auto second = two.start(use_async_info);
        IAsyncInfo op;
        if (range)
            op = asyncinfo::when_all(std::vector{first, second});
        else
            op = asyncinfo::when_all(first, second);
        two.complete({}, std::make_unique<int>(2));
        BOOST_TEST(*second.GetResults() == 2);
        one.complete({}, std::make_unique<int>(1));
        BOOST_TEST(op.Status() == AsyncStatus::Error);
        BOOST_TEST((op.ErrorCode() == errc::illegal_method_call));
    }
}

BOOST_AUTO_TEST_CASE(so_is_one_that_has_been_closed_meanwhile) {
    number one, two;
    const auto first = one.start(use_async_info);
    const auto op = asyncinfo::when_all(first, two.start(use_async_info));
    one.complete({}, 1);
    first.Close();
    two.complete({}, 2);
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST((op.ErrorCode() == errc::illegal_method_call));
}

BOOST_AUTO_TEST_CASE(results_nobody_else_can_have_are_moved) {
    for (const bool first_first : {true, false}) {
        counted::copies = 0;
        counting one, two, three;
        auto op = asyncinfo::when_all(one.start(use_async_info), two.start(use_async_info));
        std::vector<IAsyncOperation<counted>> members;
        members.push_back(three.start(use_async_info));
        auto of_range = asyncinfo::when_all(std::move(members));
        for (int i = 0; i < 2; ++i)
            (i == 0) == first_first ? one.complete({}, counted(1)) : two.complete({}, counted(2));
        three.complete({}, counted(3));
        const auto [a, b] = std::move(op).GetResults();
        BOOST_TEST(a.value == 1);
        BOOST_TEST(b.value == 2);
        BOOST_TEST(std::move(of_range).GetResults().at(0).value == 3);
        BOOST_TEST(counted::copies == 0);
    }
    // Also those that were there before.
    counting one;
    auto before = one.start(use_async_info);
    one.complete({}, counted(1));
    auto op = asyncinfo::when_all(std::move(before));
    BOOST_TEST(std::get<0>(std::move(op).GetResults()).value == 1);
    BOOST_TEST(counted::copies == 0);
}

BOOST_AUTO_TEST_CASE(others_who_can_have_a_result_are_left_it) {
    counting one, two, three;
    const auto kept = one.start(use_async_info);
    auto second = two.start(use_async_info);
    // Has no handle, but is about to be given one, behind the combination.
    int seen = 0;
    second.Completed([&](auto& sender, AsyncStatus) { seen = sender.GetResults().value; });
    auto third = three.start(use_async_info);
    const auto also = asyncinfo::when_all(third);
    auto op = asyncinfo::when_all(kept, std::move(second), std::move(third));
    one.complete({}, counted(1));
    three.complete({}, counted(3));
    two.complete({}, counted(2));
    BOOST_TEST(seen == 2);
    BOOST_TEST(kept.GetResults().value == 1);
    BOOST_TEST(std::get<0>(also.GetResults()).value == 3);
    const auto [a, b, c] = std::move(op).GetResults();
    BOOST_TEST(a.value == 1);
    BOOST_TEST(b.value == 2);
    BOOST_TEST(c.value == 3);
}

// A member that was the combination's alone when it began.
BOOST_AUTO_TEST_CASE(also_others_who_get_hold_of_a_member_meanwhile) {
    for (const bool keeps : {false, true}) {
        asio::io_context context;
        auto member = report_once(context);
        IAsyncOperationWithProgress<counted, int> kept;
        int seen = 0;
        member.Progress([&](auto& sender, int) {
            sender.Completed([&](auto& ended, AsyncStatus) { seen = ended.GetResults().value; });
            if (keeps)
                kept = sender;
        });
        auto op = asyncinfo::when_all(std::move(member));
        context.run();
        BOOST_TEST(seen == 7);
        BOOST_TEST(std::get<0>(std::move(op).GetResults()).value == 7);
        if (keeps)
            BOOST_TEST(kept.GetResults().value == 7);
    }
}

// The last member is told of the end before those who registered later are.
BOOST_AUTO_TEST_CASE(two_combinations_of_the_same_members_have_the_same_results) {
    text one;
    auto member = one.start(use_async_info);
    const auto first = asyncinfo::when_all(member);
    const auto second = asyncinfo::when_all(std::move(member));
    one.complete({}, std::string(100, 'x'));
    BOOST_TEST(std::get<0>(first.GetResults()) == std::string(100, 'x'));
    BOOST_TEST(std::get<0>(second.GetResults()) == std::string(100, 'x'));
}

BOOST_AUTO_TEST_CASE(under_as_tuple_the_error_is_part_of_the_result) {
    number one, two;
    const auto op =
        asyncinfo::when_all(on_failure::cancel_rest, one.start(asio::as_tuple(use_async_info)),
                            two.start(asio::as_tuple(use_async_info)));
    one.complete(asio::error::eof, 1);
    BOOST_TEST(!op.cancel_requested());
    two.complete({}, 2);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    const auto [first, second] = op.GetResults();
    BOOST_TEST((first == std::tuple(error_code(asio::error::eof), 1)));
    BOOST_TEST((second == std::tuple(error_code(), 2)));
}

// An operation with a result may have another signature without one, and succeed by that.
BOOST_AUTO_TEST_CASE(success_without_a_value_gives_the_default_as_GetResults_does) {
    const auto none =
        asio::async_initiate<decltype(use_async_info), void(error_code), void(error_code, int)>(
            [](auto handler) { std::move(handler)(error_code()); }, use_async_info);
    BOOST_TEST(none.GetResults() == 0);
    BOOST_TEST(std::get<0>(asyncinfo::when_all(none).GetResults()) == 0);
    const auto no_default =
        asio::async_initiate<decltype(use_async_info), void(error_code), void(error_code, counted)>(
            [](auto handler) { std::move(handler)(error_code()); }, use_async_info);
    BOOST_TEST((asyncinfo::when_all(no_default).ErrorCode() == errc::illegal_method_call));
}

BOOST_AUTO_TEST_CASE(an_exception_from_a_copy_ends_it) {
    pending<void(error_code, throws_when_copied)> one;
    const auto kept = one.start(use_async_info);
    const auto op = asyncinfo::when_all(kept);
    const auto of_range = asyncinfo::when_all(std::vector{kept});
    one.complete({}, {});
    for (const IAsyncInfo& each : {IAsyncInfo(op), IAsyncInfo(of_range)}) {
        BOOST_TEST(each.Status() == AsyncStatus::Error);
        BOOST_TEST((each.ErrorCode() == errc::unhandled_exception));
    }
    BOOST_CHECK_THROW(op.GetResults(), std::runtime_error);
    BOOST_TEST(std::get<1>(of_range.outcome()).has_value() == false);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_combined_is_refused_at_the_call) {
    counting one;
    action two;
    auto good = one.start(use_async_info);
    const auto closed = two.start(use_async_info);
    two.complete({});
    closed.Close();
    const IAsyncAction empty;
    CHECK_THROWS_CODE(asyncinfo::when_all(good, empty), errc::empty_handle);
    CHECK_THROWS_CODE(asyncinfo::when_all(good, closed), errc::illegal_method_call);
    const std::vector<IAsyncInfo> with_empty{good, IAsyncInfo()};
    const std::vector<IAsyncInfo> with_closed{good, closed};
    CHECK_THROWS_CODE(asyncinfo::when_all(with_empty), errc::empty_handle);
    CHECK_THROWS_CODE(asyncinfo::when_all(with_closed), errc::illegal_method_call);
    for (const int value : {-1, 2}) {
        const auto policy = static_cast<on_failure>(value);
        CHECK_THROWS_CODE(asyncinfo::when_all(policy, good), asio::error::invalid_argument);
        CHECK_THROWS_CODE(asyncinfo::when_all(policy), asio::error::invalid_argument);
        CHECK_THROWS_CODE(asyncinfo::when_all(policy, with_closed), asio::error::invalid_argument);
    }
}

// "Before anything is registered": nobody but this handle has anything to do with the operation.
BOOST_AUTO_TEST_CASE(a_refused_call_leaves_no_trace) {
    counted::copies = 0;
    counting one;
    auto good = one.start(use_async_info);
    BOOST_CHECK_THROW(static_cast<void>(asyncinfo::when_all(good, IAsyncAction())), system_error);
    BOOST_CHECK_THROW(
        static_cast<void>(asyncinfo::when_all(std::vector<IAsyncInfo>{good, IAsyncInfo()})),
        system_error);
    one.complete({}, counted(1));
    BOOST_TEST(std::move(good).GetResults().value == 1);
    BOOST_TEST(counted::copies == 0);
}

BOOST_AUTO_TEST_CASE(close_releases_the_results) {
    pending<void(error_code, std::shared_ptr<int>)> one;
    auto value = std::make_shared<int>(1);
    const std::weak_ptr<int> alive = value;
    const auto op = asyncinfo::when_all(one.start(use_async_info));
    one.complete({}, std::move(value));
    BOOST_TEST(!alive.expired());
    op.Close();
    BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_CASE(the_members_are_let_go_at_the_end) {
    pending<void(error_code, std::shared_ptr<int>)> one, two;
    auto value = std::make_shared<int>(1);
    const std::weak_ptr<int> alive = value;
    const auto as_info = asyncinfo::when_all(IAsyncInfo(one.start(use_async_info)));
    const auto failed = asyncinfo::when_all(one.start(use_async_info), two.start(use_async_info));
    static_cast<void>(as_info);
    one.complete({}, value);
    BOOST_TEST(failed.Status() == AsyncStatus::Started);
    value.reset();
    BOOST_TEST(!alive.expired());
    // Before anybody can see the end.
    bool gone = false;
    failed.Completed([&](auto&, AsyncStatus) { gone = alive.expired(); });
    two.complete(asio::error::eof, nullptr);
    BOOST_TEST(failed.Status() == AsyncStatus::Error);
    BOOST_TEST(gone);
}

BOOST_AUTO_TEST_CASE(its_executor_is_that_of_the_first_member) {
    number one, two;
    IAsyncInfo op, range;
    asio::io_context other;
    asio::any_io_executor inner;
    {
        asio::io_context context;
        inner = context.get_executor();
        const asio::any_io_executor strand = asio::make_strand(context);
        const auto first = one.start_on(strand, use_async_info);
        const auto second = two.start_on(other.get_executor(), use_async_info);
        op = asyncinfo::when_all(first, second);
        range = asyncinfo::when_all(std::vector{second, first});
        BOOST_TEST((op.get_executor() == strand));
        BOOST_TEST((range.get_executor() == other.get_executor()));
        one.complete({}, 1);
        BOOST_TEST((op.get_executor() == strand));
        two.complete({}, 2);
        BOOST_TEST((op.get_executor() == inner)); // a strand must not outlive its context
    }
    // This handle does outlive it, and names it no more.
    BOOST_TEST((op.get_executor() == asio::system_executor()));
    BOOST_TEST((range.get_executor() == other.get_executor()));
}

BOOST_AUTO_TEST_CASE(it_ends_on_the_thread_that_ends_the_last_member) {
    number one, two;
    const auto op = asyncinfo::when_all(one.start(use_async_info), two.start(use_async_info));
    std::thread::id ended_on;
    op.Completed([&](auto&, AsyncStatus) { ended_on = std::this_thread::get_id(); });
    one.complete({}, 1);
    const auto last = on_another_thread([&] { two.complete({}, 2); });
    BOOST_TEST((ended_on == last));
}

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
BOOST_AUTO_TEST_CASE(waiting_on_the_thread_of_a_member_is_refused) {
    asio::io_context context;
    number one, two;
    const auto op = asyncinfo::when_all(
        one.start(use_async_info),
        asyncinfo::when_all(two.start_on(context.get_executor(), use_async_info)));
    error_code here, after;
    asio::post(context, [&] {
        op.wait_for(1ms, here);
        two.complete({}, 2);
        op.wait_for(1ms, after); // only `one` is left
    });
    context.run();
    BOOST_TEST((here == errc::would_deadlock));
    BOOST_TEST(!after.failed());
    one.complete({}, 1);
    BOOST_TEST((op.get() == std::tuple(1, std::tuple(2))));
}
#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::when_all_test
