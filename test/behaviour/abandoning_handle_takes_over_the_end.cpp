// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// A handle made by `abandon_on_cancel` ends as the inner one does, if that ends first: with its
/// result, error, exception or progress.
namespace asyncinfo_test::abandoning_handle_takes_over_the_end_test {
namespace {

const error_code aborted = asio::error::operation_aborted;

struct fixture {
    pending<void(error_code, std::shared_ptr<int>)> source;
    IAsyncOperation<std::shared_ptr<int>> inner = source.start(use_async_info);
    IAsyncOperation<std::shared_ptr<int>> outer = asyncinfo::abandon_on_cancel(inner);
};

} // namespace

BOOST_AUTO_TEST_SUITE(abandoning_handle_takes_over_the_end)

BOOST_FIXTURE_TEST_CASE(a_success_is_taken_over, fixture) {
    const auto result = std::make_shared<int>();
    int calls = 0;
    outer.Completed([&](auto&, AsyncStatus status) {
        ++calls;
        BOOST_TEST(status == AsyncStatus::Completed);
    });
    source.complete({}, result);
    BOOST_TEST(calls == 1);
    BOOST_TEST((outer.GetResults() == result));
    BOOST_TEST((inner.GetResults() == result));
    outer.Cancel();
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
    BOOST_TEST(!inner.cancel_requested());
    outer = nullptr;
    inner.Close();
    BOOST_TEST(result.use_count() == 1);
}

BOOST_FIXTURE_TEST_CASE(an_error_is_taken_over_with_its_partial_result, fixture) {
    const auto result = std::make_shared<int>();
    source.complete(asio::error::eof, result);
    BOOST_TEST(outer.Status() == AsyncStatus::Error);
    BOOST_TEST(outer.ErrorCode() == asio::error::eof);
    BOOST_TEST((std::get<1>(outer.outcome()) == result));
}

BOOST_FIXTURE_TEST_CASE(an_abort_is_taken_over, fixture) {
    source.complete(aborted, std::make_shared<int>());
    BOOST_TEST(outer.Status() == AsyncStatus::Canceled);
    BOOST_TEST(outer.ErrorCode() == aborted);
    BOOST_TEST((std::get<1>(outer.outcome()).value() != nullptr));
}

BOOST_AUTO_TEST_CASE(an_inner_deadline_is_taken_over) {
    pending<void(error_code)> source;
    const auto op = asyncinfo::abandon_on_cancel(source.start(use_async_info.cancel_after(0s)));
    source.complete(aborted);
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST(op.ErrorCode() == asio::error::timed_out);
}

BOOST_FIXTURE_TEST_CASE(an_abandoned_one_is_taken_over, fixture) {
    source.drop();
    BOOST_TEST(outer.Status() == AsyncStatus::Error);
    BOOST_TEST((outer.ErrorCode() == errc::abandoned));
}

BOOST_AUTO_TEST_CASE(an_exception_is_taken_over_as_it_was) {
    pending<void(std::exception_ptr, int)> source;
    const auto op = asyncinfo::abandon_on_cancel(source.start(use_async_info));
    const auto exception = std::make_exception_ptr(std::range_error("r"));
    source.complete(exception, 3);
    BOOST_TEST((op.ErrorCode() == errc::unhandled_exception));
    BOOST_TEST((op.exception() == exception));
    BOOST_CHECK_THROW(static_cast<void>(op.GetResults()), std::range_error);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 3);
}

BOOST_AUTO_TEST_CASE(a_tuple_is_taken_over) {
    pending<void(error_code, int)> failing, succeeding, abandoned;
    const auto failed = asyncinfo::abandon_on_cancel(failing.start(asio::as_tuple(use_async_info)));
    failing.complete(asio::error::eof, 3);
    BOOST_TEST(failed.Status() == AsyncStatus::Error);
    BOOST_TEST(failed.ErrorCode() == asio::error::eof);
    BOOST_TEST(std::get<0>(failed.GetResults()) == asio::error::eof); // does not throw
    BOOST_TEST(std::get<1>(failed.GetResults()) == 3);
    const auto succeeded =
        asyncinfo::abandon_on_cancel(succeeding.start(asio::as_tuple(use_async_info)));
    succeeding.complete({}, 4);
    BOOST_TEST(succeeded.Status() == AsyncStatus::Completed);
    BOOST_TEST(std::get<1>(succeeded.GetResults()) == 4);
    // There is no tuple to be given.
    const auto canceled =
        asyncinfo::abandon_on_cancel(abandoned.start(asio::as_tuple(use_async_info)));
    canceled.Cancel();
    BOOST_TEST(canceled.Status() == AsyncStatus::Canceled);
}

BOOST_AUTO_TEST_CASE(a_move_only_result_is_claimed) {
    pending<void(std::unique_ptr<int>)> source;
    const auto inner = source.start(use_async_info);
    const auto outer = asyncinfo::abandon_on_cancel(inner);
    source.complete(std::make_unique<int>(3));
    error_code error;
    BOOST_TEST(!inner.GetResults(error));
    BOOST_TEST((error == errc::illegal_method_call));
    BOOST_TEST(*outer.GetResults() == 3);
}

BOOST_AUTO_TEST_CASE(a_result_that_somebody_else_has_taken_is_none) {
    const auto inner =
        pending<void(std::unique_ptr<int>)>::ended(use_async_info, std::make_unique<int>(3));
    BOOST_TEST(*inner.GetResults() == 3);
    const auto outer = asyncinfo::abandon_on_cancel(inner);
    BOOST_TEST(outer.Status() == AsyncStatus::Error);
    BOOST_TEST((outer.ErrorCode() == errc::illegal_method_call));
}

BOOST_AUTO_TEST_CASE(a_result_whose_copy_throws_is_an_error) {
    pending<void(throws_when_copied)> source;
    const auto outer = asyncinfo::abandon_on_cancel(source.start(use_async_info));
    source.complete({});
    BOOST_TEST(outer.Status() == AsyncStatus::Error);
    BOOST_CHECK_THROW(std::rethrow_exception(outer.exception()), std::range_error);
}

// Cancelled in the middle of being taken over: the result has come first.
BOOST_AUTO_TEST_CASE(a_request_that_comes_in_the_middle_is_too_late) {
    struct cancelling {
        explicit cancelling(IAsyncInfo& o) : op(&o) {}
        cancelling(cancelling&&) = default;
        cancelling(const cancelling& other) : op(other.op) { op->Cancel(); }
        IAsyncInfo* op;
    };
    IAsyncInfo cancelled;
    pending<void(cancelling)> source;
    const auto outer = asyncinfo::abandon_on_cancel(source.start(use_async_info));
    cancelled = outer;
    int calls = 0;
    outer.Completed([&](auto&, AsyncStatus) { ++calls; });
    source.complete(cancelling(cancelled));
    BOOST_TEST(outer.cancel_requested());
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(one_that_has_ended_already_is_taken_over_at_once) {
    const auto inner = pending<void(error_code, int)>::ended(use_async_info, asio::error::eof, 3);
    const auto outer = asyncinfo::abandon_on_cancel(inner);
    BOOST_TEST(outer.ErrorCode() == asio::error::eof);
    BOOST_TEST(std::get<1>(outer.outcome()).value() == 3);
    BOOST_TEST((outer.try_as<IAsyncOperation<int>>() == outer));
}

BOOST_AUTO_TEST_CASE(what_completed_throws_goes_to_who_ends_the_inner_one) {
    pending<void()> source;
    const auto outer = asyncinfo::abandon_on_cancel(source.start(use_async_info));
    outer.Completed([](auto&, AsyncStatus) { throw std::range_error("c"); });
    BOOST_CHECK_THROW(source.complete(), std::range_error);
    BOOST_TEST(outer.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(progress_is_passed_on) {
    asyncinfo::async_source<int, double> source;
    BOOST_TEST(source.report(0.25));
    const auto inner = source.operation();
    const IAsyncOperationWithProgress<int, double> outer = asyncinfo::abandon_on_cancel(inner);
    BOOST_TEST(outer.progress().value() == 0.25);
    std::vector<double> seen;
    outer.Progress([&](const auto& sender, double value) {
        BOOST_TEST((sender == outer));
        seen.push_back(value);
    });
    source.report(0.5);
    source.report(0.75);
    source.set_value(3);
    BOOST_TEST((seen == std::vector<double>{0.5, 0.75}));
    BOOST_TEST(outer.progress().value() == 0.75);
    BOOST_TEST(outer.GetResults() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::abandoning_handle_takes_over_the_end_test
