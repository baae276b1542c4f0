// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::when_all_reports_the_first_failure_test {
namespace {

/// Three members, combined both ways.
struct three {
    std::array<pending<void(error_code, int)>, 3> sources;
    std::vector<IAsyncOperation<int>> members;
    std::vector<IAsyncInfo> combinations;

    explicit three(on_failure policy) {
        for (auto& s : sources)
            members.push_back(s.start(use_async_info));
        combinations.push_back(asyncinfo::when_all(policy, members[0], members[1], members[2]));
        combinations.push_back(asyncinfo::when_all(policy, members));
    }

    bool ended() const { return combinations[0].Status() != AsyncStatus::Started; }

    void check(AsyncStatus status, error_code code) const {
        for (const auto& op : combinations) {
            BOOST_TEST(op.Status() == status);
            BOOST_TEST(op.ErrorCode() == code);
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(when_all_reports_the_first_failure)

BOOST_AUTO_TEST_CASE(in_order_of_the_arguments_and_not_of_time) {
    three all(on_failure::wait_for_rest);
    all.sources[2].complete(asio::error::eof, 0);
    all.sources[1].complete(asio::error::connection_reset, 0);
    BOOST_TEST(!all.ended());
    for (const auto& m : all.members)
        BOOST_TEST(!m.cancel_requested());
    all.sources[0].complete({}, 1);
    all.check(AsyncStatus::Error, asio::error::connection_reset);
}

// §3 holds for combinations, too: Canceled if the failure is a cancellation.
BOOST_AUTO_TEST_CASE(as_canceled_if_it_is_a_cancellation) {
    three all(on_failure::wait_for_rest);
    all.sources[0].complete({}, 1);
    all.sources[1].complete(asio::error::operation_aborted, 0);
    all.sources[2].complete(asio::error::eof, 0);
    all.check(AsyncStatus::Canceled, asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(and_an_abandoned_member_as_abandoned) {
    for (const auto policy : {on_failure::wait_for_rest, on_failure::cancel_rest}) {
        three all(policy);
        all.sources[1].drop();
        all.sources[0].complete({}, 1);
        all.sources[2].complete({}, 1);
        all.check(AsyncStatus::Error, errc::abandoned);
    }
}

BOOST_AUTO_TEST_CASE(by_the_exception_as_it_was) {
    for (const auto policy : {on_failure::wait_for_rest, on_failure::cancel_rest}) {
        pending<void(std::exception_ptr)> one;
        pending<void(std::exception_ptr, int)> two;
        const auto op =
            asyncinfo::when_all(policy, one.start(use_async_info), two.start(use_async_info));
        const auto thrown = std::make_exception_ptr(std::runtime_error("bad"));
        one.complete(thrown);
        two.complete(nullptr, 1);
        BOOST_TEST(op.Status() == AsyncStatus::Error);
        BOOST_TEST((op.ErrorCode() == errc::unhandled_exception));
        BOOST_TEST((op.exception() == thrown));
        BOOST_CHECK_THROW(op.GetResults(), std::runtime_error);
    }
}

// What its exception was is gone; that it failed is not.
BOOST_AUTO_TEST_CASE(also_one_that_was_closed_meanwhile) {
    pending<void(std::exception_ptr)> one, two;
    const auto first = one.start(use_async_info);
    const auto op = asyncinfo::when_all(first, two.start(use_async_info));
    one.complete(std::make_exception_ptr(std::runtime_error("bad")));
    first.Close();
    two.complete(nullptr);
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST((op.ErrorCode() == errc::illegal_method_call));
}

BOOST_AUTO_TEST_CASE(with_cancel_rest_the_others_are_cancelled_and_joined) {
    three all(on_failure::cancel_rest);
    all.sources[0].complete({}, 1);
    for (const auto& m : all.members)
        BOOST_TEST(!m.cancel_requested());
    all.sources[2].complete(asio::error::eof, 0);
    BOOST_TEST(all.members[1].cancel_requested());
    BOOST_TEST(!all.combinations[0].cancel_requested());
    BOOST_TEST(!all.ended());
    // Its abort, although it comes first among the arguments, does not hide the failure.
    all.sources[1].complete(asio::error::operation_aborted, 0);
    all.check(AsyncStatus::Error, asio::error::eof);
}

BOOST_AUTO_TEST_CASE(with_cancel_rest_it_is_the_first_in_time) {
    three all(on_failure::cancel_rest);
    all.sources[1].complete(asio::error::eof, 0);
    all.sources[0].complete(asio::error::connection_reset, 0);
    BOOST_TEST(!all.ended());
    all.sources[2].complete({}, 3); // succeeds in spite of the request
    all.check(AsyncStatus::Error, asio::error::eof);
}

BOOST_AUTO_TEST_CASE(with_cancel_rest_a_cancelled_member_is_a_failure) {
    three all(on_failure::cancel_rest);
    all.sources[1].complete(asio::error::operation_aborted, 0);
    BOOST_TEST(all.members[0].cancel_requested());
    all.sources[0].complete(asio::error::eof, 0);
    all.sources[2].complete({}, 3);
    all.check(AsyncStatus::Canceled, asio::error::operation_aborted);
}

// Among those that failed before the call, the first argument.
BOOST_AUTO_TEST_CASE(with_cancel_rest_what_has_failed_before_cancels_the_rest) {
    std::array<pending<void(error_code)>, 3> sources;
    std::vector<IAsyncAction> members;
    for (auto& s : sources)
        members.push_back(s.start(use_async_info));
    sources[2].complete(asio::error::eof);
    sources[1].complete(asio::error::connection_reset);
    const auto op = asyncinfo::when_all(on_failure::cancel_rest, members);
    BOOST_TEST(members[0].cancel_requested());
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    sources[0].complete({});
    BOOST_TEST((op.ErrorCode() == asio::error::connection_reset));
}

// Members that end inside the very call that cancels them.
BOOST_AUTO_TEST_CASE(with_cancel_rest_on_real_operations) {
    asio::io_context context;
    std::list<asio::steady_timer> timers;
    std::vector<IAsyncAction> members;
    for (int i = 0; i < 20; ++i) {
        auto& timer = timers.emplace_back(context, asio::steady_timer::time_point::max());
        members.push_back(timer.async_wait(use_async_info));
    }
    pending<void(error_code)> fails;
    members.push_back(fails.start(use_async_info));
    for (int i = 0; i < 20; ++i)
        members.push_back(asyncinfo::when_all(members[static_cast<std::size_t>(i)]));
    const auto op = asyncinfo::when_all(on_failure::cancel_rest, members);
    context.poll();
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    fails.complete(asio::error::eof);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    context.run_for(30s); // only where something hangs
    BOOST_TEST((op.ErrorCode() == asio::error::eof));
    for (std::size_t i = 0; i < members.size(); ++i)
        BOOST_TEST((members[i].Status() == (i == 20 ? AsyncStatus::Error : AsyncStatus::Canceled)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::when_all_reports_the_first_failure_test
