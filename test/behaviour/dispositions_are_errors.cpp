// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#if defined(ASYNCINFO_HAS_DISPOSITION)
#include <boost/asio/disposition.hpp>
#endif

/// §1: from Boost 1.87 on any type with `disposition_traits` can be the error, as first parameter.
namespace asyncinfo_test::dispositions_are_errors_test {

/// What went wrong, in the words of some library.
struct verdict {
    enum kind { fine, aborted, broken } what = fine;
};

} // namespace asyncinfo_test::dispositions_are_errors_test

#if defined(ASYNCINFO_HAS_DISPOSITION)

template <>
struct boost::asio::disposition_traits<asyncinfo_test::dispositions_are_errors_test::verdict> {
    using verdict = asyncinfo_test::dispositions_are_errors_test::verdict;

    static bool not_an_error(const verdict& v) noexcept { return v.what == verdict::fine; }
    static void throw_exception(verdict v) { std::rethrow_exception(to_exception_ptr(v)); }
    static std::exception_ptr to_exception_ptr(verdict v) noexcept {
        if (v.what == verdict::aborted)
            return std::make_exception_ptr(
                boost::system::system_error(boost::asio::error::operation_aborted));
        if (v.what == verdict::broken)
            return std::make_exception_ptr(std::runtime_error("broken"));
        return nullptr;
    }
};

#endif

namespace asyncinfo_test::dispositions_are_errors_test {

BOOST_AUTO_TEST_SUITE(dispositions_are_errors)

#if defined(ASYNCINFO_HAS_DISPOSITION)

BOOST_AUTO_TEST_CASE(they_decide_the_status) {
    const struct {
        verdict delivered;
        AsyncStatus status;
        error_code code;
    } rows[] = {
        {{verdict::fine}, AsyncStatus::Completed, {}},
        {{verdict::aborted}, AsyncStatus::Canceled, asio::error::operation_aborted},
        {{verdict::broken}, AsyncStatus::Error, errc::unhandled_exception},
    };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT("verdict " << row.delivered.what) {
            const IAsyncAction done = pending<void(verdict)>::ended(use_async_info, row.delivered);
            BOOST_TEST(done.Status() == row.status);
            BOOST_TEST(done.ErrorCode() == row.code);

            const IAsyncOperation<int> given =
                pending<void(verdict, int)>::ended(use_async_info, row.delivered, 7);
            BOOST_TEST(given.Status() == row.status);
            BOOST_TEST(given.ErrorCode() == row.code);
            BOOST_TEST(std::get<1>(given.outcome()).value() == 7);
        }
}

BOOST_AUTO_TEST_CASE(they_are_thrown_as_their_exception) {
    const auto op = pending<void(verdict, int)>::ended(use_async_info, {verdict::broken}, 7);
    BOOST_CHECK_THROW(static_cast<void>(op.GetResults()), std::runtime_error);
    BOOST_TEST((op.exception() != nullptr));
}

BOOST_AUTO_TEST_CASE(under_as_tuple_they_are_part_of_the_result) {
    const IAsyncOperation<std::tuple<verdict, int>> op =
        pending<void(verdict, int)>::ended(asio::as_tuple(use_async_info), {verdict::broken}, 7);
    BOOST_TEST(op.Status() == AsyncStatus::Error);
    const auto [v, n] = op.GetResults();
    BOOST_TEST(v.what == verdict::broken);
    BOOST_TEST(n == 7);
}

#else

BOOST_AUTO_TEST_CASE(need_a_newer_boost) { BOOST_TEST(BOOST_VERSION < 108700); }

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::dispositions_are_errors_test
