// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <compare>

namespace asyncinfo_test::async_info_test {
namespace {

using text = IAsyncOperation<std::string>;

// §1: "values: cheap to copy", and as small as a pointer.
template <typename Handle>
constexpr bool is_a_value =
    std::is_nothrow_default_constructible_v<Handle> &&
    std::is_nothrow_copy_constructible_v<Handle> && std::is_nothrow_copy_assignable_v<Handle> &&
    std::is_nothrow_move_constructible_v<Handle> && std::is_nothrow_move_assignable_v<Handle> &&
    sizeof(Handle) == sizeof(void*) && std::is_constructible_v<Handle, std::nullptr_t> &&
    !std::is_convertible_v<Handle, bool>;
static_assert(is_a_value<IAsyncInfo>);
static_assert(is_a_value<IAsyncAction>);
static_assert(is_a_value<text>);
static_assert(is_a_value<IAsyncOperation<std::unique_ptr<int>>>);

// "Every handle converts to IAsyncInfo", and no other way round.
static_assert(std::is_convertible_v<IAsyncAction, IAsyncInfo>);
static_assert(std::is_convertible_v<text, IAsyncInfo>);
static_assert(!std::is_constructible_v<IAsyncAction, IAsyncInfo>);
static_assert(!std::is_constructible_v<text, IAsyncInfo>);
static_assert(!std::is_constructible_v<text, IAsyncAction>);
static_assert(!std::is_constructible_v<text, IAsyncOperation<int>>);

static_assert(std::totally_ordered<IAsyncInfo> && std::totally_ordered<text>);

template <typename A, typename B>
bool same(const A& a, const B& b) {
    const bool equal = a == b;
    // One truth, however it is asked.
    BOOST_TEST((a != b) == !equal);
    BOOST_TEST((b == a) == equal);
    BOOST_TEST(((a <=> b) == 0) == equal);
    BOOST_TEST((a < b || b < a) == !equal);
    BOOST_TEST(!(a < b && b < a));
    if (equal)
        BOOST_TEST(std::hash<A>()(a) == std::hash<B>()(b));
    return equal;
}

struct fixture {
    pending<void()> first_action, second_action;
    pending<void(std::string)> first_text, second_text;
    const IAsyncAction a = first_action.start(use_async_info);
    const IAsyncAction b = second_action.start(use_async_info);
    const text t = first_text.start(use_async_info);
    const text u = second_text.start(use_async_info);

    void close_all() {
        first_action.complete();
        second_action.complete();
        first_text.complete("t");
        second_text.complete("u");
        for (const IAsyncInfo& each : std::vector<IAsyncInfo>{a, b, t, u})
            each.Close();
    }
};

void check_identity(const fixture& f) {
    const IAsyncInfo a = f.a, t = f.t;
    BOOST_TEST(same(f.a, IAsyncAction(f.a)));
    BOOST_TEST(same(f.a, a));
    BOOST_TEST(same(f.t, t));
    BOOST_TEST(!same(f.a, f.b));
    BOOST_TEST(!same(f.t, f.u));
    BOOST_TEST(!same(f.a, f.t));
    BOOST_TEST(!same(a, t));
    BOOST_TEST(!same(f.a, IAsyncInfo()));
    BOOST_TEST(same(a.try_as<IAsyncAction>(), f.a));
    BOOST_TEST(same(t.try_as<text>(), f.t));
}

/// Of an operation started before any test.
const std::uint64_t the_first_id_of_all = pending<void()>().start(use_async_info).Id();

} // namespace

BOOST_AUTO_TEST_SUITE(async_info)

// §1: "comparable and hashable across kinds (same operation, also after Close)".
BOOST_AUTO_TEST_CASE(handles_are_the_same_if_their_operation_is) {
    fixture f;
    check_identity(f);
    const std::unordered_set<IAsyncInfo> hashed{f.a, f.b, f.t, f.u};
    f.close_all();
    check_identity(f);
    for (const IAsyncInfo& each : std::vector<IAsyncInfo>{f.a, f.b, f.t, f.u})
        BOOST_TEST(hashed.contains(each)); // its hash has not changed
}

// §1: "nullable".
BOOST_AUTO_TEST_CASE(a_handle_may_be_empty) {
    pending<void()> action;
    IAsyncAction op = action.start(use_async_info);
    BOOST_TEST(!!op);
    BOOST_TEST((op != nullptr));
    BOOST_TEST((nullptr != op));

    IAsyncAction moved = std::move(op);
    BOOST_TEST(!!moved);
    BOOST_TEST(!op);
    BOOST_TEST((op == nullptr));
    BOOST_TEST((nullptr == op));
    moved = nullptr;
    BOOST_TEST(!moved);
    moved = {};
    BOOST_TEST(!moved);

    // All empty ones are the same, of whatever kind.
    BOOST_TEST(same(IAsyncAction(), text(nullptr)));
    BOOST_TEST(same(IAsyncInfo(), op));
    BOOST_TEST(!IAsyncInfo(op));
    BOOST_TEST(!IAsyncInfo().try_as<IAsyncAction>());
    action.complete(); // with no handle left
}

// §1: "all copies share one operation".
BOOST_AUTO_TEST_CASE(copies_share_one_operation) {
    pending<void(std::string)> operation;
    const text op = operation.start(use_async_info);
    const text copy = op;
    const IAsyncInfo info = copy;
    info.Cancel();
    BOOST_TEST(op.cancel_requested());
    operation.complete("done");
    BOOST_TEST(copy.GetResults() == "done");
    BOOST_TEST(info.Status() == AsyncStatus::Completed);
    info.Close();
    error_code error;
    op.Status(error);
    BOOST_TEST((error == errc::illegal_method_call));
}

// §1: "info.try_as<IAsyncOperation<T>>() goes back (empty if the kind differs)".
BOOST_AUTO_TEST_CASE(try_as_gives_the_right_kind_only) {
    fixture f;
    for (const bool closed : {false, true}) {
        const IAsyncInfo action = f.a, operation = f.t;
        BOOST_TEST(!!action.try_as<IAsyncAction>());
        BOOST_TEST(!!operation.try_as<text>());
        BOOST_TEST(!!operation.try_as<IAsyncInfo>());
        BOOST_TEST(!action.try_as<text>());
        BOOST_TEST(!operation.try_as<IAsyncAction>());
        BOOST_TEST(!operation.try_as<IAsyncOperation<int>>());
        BOOST_TEST(!operation.try_as<IAsyncOperation<const char*>>());
        BOOST_TEST(!operation.try_as<IAsyncOperation<std::tuple<std::string>>>());
        BOOST_TEST((f.t.try_as<text>() == f.t));
        static_assert(std::is_same_v<decltype(action.try_as<text>()), text>);
        static_assert(noexcept(action.try_as<text>()));
        if (!closed)
            f.close_all();
    }
}

// §1: "std::vector<IAsyncInfo> holds operations of all kinds".
BOOST_AUTO_TEST_CASE(containers_hold_operations_of_all_kinds) {
    fixture f;
    std::vector<IAsyncInfo> all{f.a, f.t, f.b, f.u, f.a};
    BOOST_TEST(std::count(all.begin(), all.end(), f.a) == 2);
    BOOST_TEST(std::count(all.begin(), all.end(), f.u) == 1);
    const std::unordered_set<IAsyncInfo> hashed(all.begin(), all.end());
    BOOST_TEST(hashed.size() == 4u);
    BOOST_TEST(hashed.contains(f.t));
    const std::set<IAsyncInfo> ordered(all.begin(), all.end());
    BOOST_TEST(ordered.size() == 4u);
    BOOST_TEST(ordered.contains(f.u));
    std::unordered_map<text, int> by_handle{{f.t, 1}, {f.u, 2}};
    BOOST_TEST(by_handle.at(f.u) == 2);
    std::map<IAsyncAction, int> sorted{{f.a, 1}, {f.b, 2}};
    BOOST_TEST(sorted.at(f.b) == 2);
    std::sort(all.begin(), all.end());
    BOOST_TEST(std::is_sorted(all.begin(), all.end()));
    // Swapping, as containers do.
    std::swap(all.front(), all.back());
    BOOST_TEST(hashed.contains(all.front()));
}

// §2: Id is "non-zero, never reused in the process", whichever threads start operations.
BOOST_AUTO_TEST_CASE(no_two_operations_have_the_same_id) {
    BOOST_TEST(the_first_id_of_all != 0u);
    constexpr std::size_t threads = 4, each = 3000;
    std::vector<std::vector<std::uint64_t>> ids(threads);
    {
        std::vector<joining_thread> starting;
        for (auto& own : ids)
            starting.emplace_back([&own] {
                for (std::size_t i = 0; i != each; ++i) {
                    pending<void()> operation;
                    // Gone at once: its id must not come again with its memory.
                    own.push_back(operation.start(use_async_info).Id());
                    operation.drop();
                }
            });
    }
    std::set<std::uint64_t> distinct;
    for (const auto& own : ids)
        distinct.insert(own.begin(), own.end());
    BOOST_TEST(distinct.size() == threads * each);
    BOOST_TEST(!distinct.contains(0));
}

// §1: "as thread-safe as a shared_ptr": members, and copying, from any thread.
BOOST_AUTO_TEST_CASE(a_handle_object_may_be_used_by_all_threads) {
    pending<void(std::string)> operation;
    const text op = operation.start(use_async_info);
    const auto id = op.Id();
    std::atomic<int> good = 0;
    {
        std::vector<joining_thread> threads;
        for (int i = 0; i != 4; ++i)
            threads.emplace_back([&] {
                bool all = true;
                for (int n = 0; n != 500; ++n) {
                    const IAsyncInfo copy = op;
                    all &= copy.Id() == id && copy == op && copy.try_as<text>() == op;
                    static_cast<void>(op.try_get());
                    static_cast<void>(op.Completed());
                    op.cancel_requested();
                    op.ErrorCode();
                }
                good += all && op.get() == "done";
            });
        operation.complete("done");
    }
    BOOST_TEST(good == 4);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::async_info_test
