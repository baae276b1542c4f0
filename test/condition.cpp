// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/asio/experimental/channel_error.hpp>

namespace asyncinfo_test::condition_test {
namespace {

using means = asyncinfo::condition;

struct plain_category final : boost::system::error_category {
    const char* name() const noexcept override { return "condition_test.plain"; }
    std::string message(int) const override { return "whatever"; }
};
const plain_category plain;

/// Says by itself what its code 7 means.
struct telling_category final : boost::system::error_category {
    const char* name() const noexcept override { return "condition_test.telling"; }
    std::string message(int) const override { return "whatever"; }
    boost::system::error_condition default_error_condition(int value) const noexcept override {
        if (value == 7)
            return boost::system::errc::make_error_condition(
                boost::system::errc::operation_canceled);
        return {value, *this};
    }
};
const telling_category telling;

} // namespace

BOOST_AUTO_TEST_SUITE(condition)

BOOST_AUTO_TEST_CASE(the_category_is_called_asyncinfo_condition) {
    const boost::system::error_condition canceled = means::canceled;
    BOOST_TEST((canceled.category() == asyncinfo::condition_category()));
    BOOST_TEST(canceled.category().name() == std::string_view("asyncinfo.condition"));
    BOOST_TEST(!canceled.message().empty());
    BOOST_TEST((canceled.message() != make_error_condition(means::deadline_expired).message()));
    BOOST_TEST((canceled != means::deadline_expired));
}

BOOST_AUTO_TEST_CASE(what_is_canceled) {
    const error_code yes[] = {
        asio::error::operation_aborted,
        boost::system::errc::make_error_code(boost::system::errc::operation_canceled),
        error_code(std::make_error_code(std::errc::operation_canceled)),
        asio::experimental::error::channel_cancelled,
        error_code(7, telling),
    };
    for (const auto& code : yes) {
        BOOST_TEST((code == means::canceled));
        BOOST_TEST((code != means::deadline_expired));
    }
    const error_code no[] = {
        error_code(),           asio::error::eof,
        asio::error::timed_out, asio::experimental::error::channel_closed,
        error_code(8, telling), error_code(2, plain),
    };
    for (const auto& code : no) {
        BOOST_TEST((code != means::canceled));
        BOOST_TEST((code != means::deadline_expired));
    }
}

BOOST_AUTO_TEST_CASE(what_is_registered_is_canceled_from_then_on) {
    const error_code code(41, plain);
    BOOST_TEST((code != means::canceled));
    for (int n = 0; n < 3; ++n)
        asyncinfo::treat_as_canceled(code);
    BOOST_TEST((code == means::canceled));
    BOOST_TEST((error_code(42, plain) != means::canceled));
    BOOST_TEST((error_code(41, telling) != means::canceled));
    // Another object of the same name, as a shared library has.
    static const plain_category twin;
    BOOST_TEST((error_code(41, twin) == means::canceled));
    // No error is not one that can be registered.
    asyncinfo::treat_as_canceled(error_code());
    BOOST_TEST((error_code() != means::canceled));
}

BOOST_AUTO_TEST_CASE(any_thread_registers_while_others_look) {
    std::array<std::thread, 3> threads;
    for (unsigned t = 0; t < threads.size(); ++t)
        threads[t] = std::thread([t] {
            for (int n = 0; n < 50; ++n) {
                const error_code mine(1000 + 3 * n + static_cast<int>(t), plain);
                asyncinfo::treat_as_canceled(mine);
                if (mine != means::canceled)
                    BOOST_ERROR("lost");
            }
        });
    for (auto& thread : threads)
        thread.join();
    for (int n = 1000; n < 1150; ++n)
        BOOST_TEST((error_code(n, plain) == means::canceled));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::condition_test
