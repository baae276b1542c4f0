// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/asio/experimental/channel_error.hpp>

/// §3: a library's own word for "cancelled" counts as such once it is registered, wherever an abort
/// does; what is not registered is an error like others.
namespace asyncinfo_test::foreign_codes_mean_canceled_test {
namespace {

using asyncinfo::condition;

/// As Boost.MySQL's pool has one: getting a connection is cancelled in words of its own.
struct pool_category final : boost::system::error_category {
    const char* name() const noexcept override { return "foreign_codes_test.pool"; }
    std::string message(int) const override { return "no connection was available"; }
};
const pool_category pool;
const error_code not_available(1, pool);
const error_code refused(2, pool);

struct registered {
    registered() { asyncinfo::treat_as_canceled(not_available); }
};

template <typename Signature, typename... Values>
AsyncStatus ends_with(bool deadline, Values... values) {
    pending<Signature> one;
    const auto op = one.start(use_async_info);
    if (deadline)
        op.cancel_after(0s);
    one.complete(std::move(values)...);
    if (deadline && op.Status() == AsyncStatus::Error)
        BOOST_TEST((op.ErrorCode() == condition::deadline_expired));
    else if (op.Status() == AsyncStatus::Canceled)
        BOOST_TEST((op.ErrorCode() == condition::canceled));
    return op.Status();
}

IAsyncAction awaiting(pending<void(error_code)>& one) { co_await one.start(use_async_info); }

} // namespace

BOOST_AUTO_TEST_SUITE(foreign_codes_mean_canceled)

BOOST_FIXTURE_TEST_CASE(as_a_code, registered) {
    BOOST_TEST(ends_with<void(error_code)>(false, not_available) == AsyncStatus::Canceled);
    BOOST_TEST(ends_with<void(error_code)>(true, not_available) == AsyncStatus::Error);
    BOOST_TEST(
        (ends_with<void(error_code, int)>(false, not_available, 1) == AsyncStatus::Canceled));
    const error_code channel = asio::experimental::error::channel_cancelled;
    BOOST_TEST(ends_with<void(error_code)>(false, channel) == AsyncStatus::Canceled);
    BOOST_TEST(ends_with<void(error_code)>(true, channel) == AsyncStatus::Error);
}

BOOST_FIXTURE_TEST_CASE(as_an_exception, registered) {
    const auto thrown = std::make_exception_ptr(system_error(not_available));
    BOOST_TEST(ends_with<void(std::exception_ptr)>(false, thrown) == AsyncStatus::Canceled);
    BOOST_TEST(ends_with<void(std::exception_ptr)>(true, thrown) == AsyncStatus::Error);
}

BOOST_FIXTURE_TEST_CASE(behind_adapters, registered) {
    pending<void(error_code)> one, two;
    error_code error;
    const auto tuple = one.start(asio::as_tuple(use_async_info.cancel_after(0s)));
    one.complete(not_available);
    BOOST_TEST((std::get<0>(tuple.GetResults()) == condition::deadline_expired));
    const IAsyncAction op = two.start(asio::redirect_error(use_async_info.cancel_after(0s), error));
    two.complete(not_available);
    BOOST_TEST((error == condition::deadline_expired));
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_FIXTURE_TEST_CASE(through_a_coroutine, registered) {
    pending<void(error_code)> one;
    const IAsyncAction op = awaiting(one);
    one.complete(not_available);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(op.ErrorCode() == not_available);
}

BOOST_FIXTURE_TEST_CASE(others_of_its_category_are_errors, registered) {
    const IAsyncAction op =
        pending<void(error_code)>::ended(use_async_info.cancel_after(0s), refused);
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    BOOST_TEST(op.ErrorCode() == refused);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::foreign_codes_mean_canceled_test
