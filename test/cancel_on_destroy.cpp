// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::cancel_on_destroy_test {
namespace {

using owner = asyncinfo::cancel_on_destroy<IAsyncAction>;

static_assert(!std::is_copy_constructible_v<owner> && !std::is_copy_assignable_v<owner>);
static_assert(std::is_nothrow_move_constructible_v<owner>);
static_assert(std::is_nothrow_move_assignable_v<owner>);
static_assert(!std::is_convertible_v<IAsyncAction, owner>);
static_assert(std::is_same_v<decltype(asyncinfo::cancel_on_destroy(IAsyncOperation<int>())),
                             asyncinfo::cancel_on_destroy<IAsyncOperation<int>>>);

struct fixture {
    pending<void()> one, two;
    IAsyncAction first = one.start(use_async_info);
    IAsyncAction second = two.start(use_async_info);
};

} // namespace

// A suite is a namespace: not one beside the name that it is about.
BOOST_AUTO_TEST_SUITE(cancel_on_destroy)

// §4.6: "Dropping every handle does not cancel; the operation runs to its end.
// cancel_on_destroy(op) is the scoped owner that does."
BOOST_AUTO_TEST_CASE(it_cancels_at_the_end_of_its_scope) {
    asio::io_context context;
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    IAsyncAction kept;
    {
        const asyncinfo::cancel_on_destroy scope(timer.async_wait(use_async_info));
        kept = scope.get();
        context.poll();
        BOOST_TEST(!kept.cancel_requested());
    }
    BOOST_TEST(kept.cancel_requested());
    context.run();
    BOOST_TEST(kept.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(also_when_an_exception_ends_the_scope) {
    fixture f;
    try {
        const owner scope(f.first);
        throw std::runtime_error("out");
    } catch (const std::runtime_error&) {
    }
    BOOST_TEST(f.first.cancel_requested());
}

BOOST_AUTO_TEST_CASE(an_operation_that_has_ended_is_left_alone) {
    fixture f;
    {
        const owner scope(f.first);
        const owner closed(f.second);
        f.one.complete();
        f.two.complete();
        f.second.Close();
    }
    BOOST_TEST(f.first.Status() == AsyncStatus::Completed);
    BOOST_TEST(!f.first.cancel_requested());
}

BOOST_AUTO_TEST_CASE(release_gives_the_operation_back) {
    fixture f;
    {
        owner scope(f.first);
        const IAsyncAction released = scope.release();
        BOOST_TEST((released == f.first));
        BOOST_TEST(!scope.get());
    }
    BOOST_TEST(!f.first.cancel_requested());
}

BOOST_AUTO_TEST_CASE(moving_hands_the_operation_over) {
    fixture f;
    {
        std::optional<owner> from(f.first);
        owner to(std::move(*from));
        from.reset();
        BOOST_TEST(!f.first.cancel_requested());
        BOOST_TEST((to.get() == f.first));

        // Assigning cancels what was there before, and only that.
        to = owner(f.second);
        BOOST_TEST(f.first.cancel_requested());
        BOOST_TEST(!f.second.cancel_requested());
        owner& self = to;
        to = std::move(self);
        BOOST_TEST(!f.second.cancel_requested());
        BOOST_TEST((to.get() == f.second));
    }
    BOOST_TEST(f.second.cancel_requested());
}

BOOST_AUTO_TEST_CASE(an_empty_one_owns_nothing) {
    owner scope((IAsyncAction()));
    BOOST_TEST(!scope.get());
    fixture f;
    scope = owner(f.first);
    BOOST_TEST(scope->Status() == AsyncStatus::Started);
    scope = owner(nullptr);
    BOOST_TEST(f.first.cancel_requested());
}

BOOST_AUTO_TEST_CASE(it_owns_operations_of_any_kind) {
    fixture f;
    pending<void(int)> number;
    const auto op = number.start(use_async_info);
    {
        std::vector<asyncinfo::cancel_on_destroy<IAsyncInfo>> all;
        all.emplace_back(f.first);
        all.emplace_back(op);
    }
    BOOST_TEST(f.first.cancel_requested());
    BOOST_TEST(op.cancel_requested());
    BOOST_TEST(!f.second.cancel_requested());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_on_destroy_test
