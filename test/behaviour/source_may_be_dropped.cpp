// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::source_may_be_dropped_test {
namespace {

using kinds =
    std::tuple<async_source<>, async_source<int>, async_source<void, int>, async_source<int, int>>;

template <typename Handle>
bool is_abandoned(const Handle& op) {
    return op.Status() == AsyncStatus::Error && op.ErrorCode() == errc::abandoned;
}

} // namespace

BOOST_AUTO_TEST_SUITE(source_may_be_dropped)

// "Destroying it without an ending gives errc::abandoned."
BOOST_AUTO_TEST_CASE_TEMPLATE(destroyed, Source, kinds) {
    auto source = std::make_optional<Source>();
    const auto op = source->operation();
    int calls = 0;
    op.Completed([&](auto& sender, AsyncStatus) { calls += is_abandoned(sender); });
    source.reset();
    BOOST_TEST(is_abandoned(op));
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(assigned_over, Source, kinds) {
    Source source, other;
    const auto first = source.operation();
    const auto second = other.operation();
    source = std::move(other);
    BOOST_TEST(is_abandoned(first));
    BOOST_TEST(second.Status() == AsyncStatus::Started);
    BOOST_TEST((source.operation() == second));
    source = std::move(other); // an empty one
    BOOST_TEST(is_abandoned(second));
    BOOST_TEST(!source.set_canceled());
}

BOOST_AUTO_TEST_CASE(moved_or_swapped_it_ends_nothing) {
    std::optional<async_source<int>> outer;
    IAsyncOperation<int> op;
    {
        async_source<int> inner;
        op = inner.operation();
        outer.emplace(std::move(inner));
    }
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    {
        async_source<int> inner;
        outer->swap(inner);
        BOOST_TEST((inner.operation() == op));
        outer->swap(inner);
    }
    BOOST_TEST(outer->set_value(7));
    outer.reset();
    BOOST_TEST(op.get() == 7);
}

// Contract, §3: "blocked waiters wake in every case"; "nothing hangs because a producer died".
BOOST_AUTO_TEST_CASE_TEMPLATE(with_somebody_waiting, Source, kinds) {
    auto source = std::make_optional<Source>();
    const auto op = source->operation();
    error_code error;
    joining_thread waiting([&, op] { op.get(error); });
    waiter::until_there_is_one(op);
    source.reset();
    waiting.join();
    BOOST_TEST((error == errc::abandoned));
}

// From inside a Progress handler, and from inside the callback.
BOOST_AUTO_TEST_CASE(from_what_it_calls) {
    auto source = std::make_optional<async_source<int, int>>();
    auto op = source->operation();
    op.Progress([&](auto& sender, int) {
        source.reset();
        BOOST_TEST(sender.Status() == AsyncStatus::Started);
    });
    source->report(1);
    BOOST_TEST(is_abandoned(op));

    source.emplace();
    op = source->operation();
    source->on_cancel([&] { source.reset(); });
    op.Cancel();
    BOOST_TEST(is_abandoned(op));
}

// With no handle left there is nobody to tell, and no leak.
BOOST_AUTO_TEST_CASE(after_every_handle) {
    auto held = std::make_shared<int>();
    const std::weak_ptr<int> alive = held;
    {
        const async_source<int, int> source;
        source.on_cancel([held] { ++*held; });
        source.operation().Progress([held = std::move(held)](auto&, int) { ++*held; });
        source.report(1);
    }
    BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::source_may_be_dropped_test
