// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::exceptions_are_rethrown_as_they_were_test {
namespace {

struct failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct {
    const char* name;
    std::exception_ptr exception;
    error_code code;
} const table[] = {
    {"a runtime_error", std::make_exception_ptr(failure("bad")), errc::unhandled_exception},
    {"no std::exception", std::make_exception_ptr(7), errc::unhandled_exception},
    {"Boost's system_error", std::make_exception_ptr(system_error(asio::error::eof, "context")),
     asio::error::eof},
    {"the standard system_error",
     std::make_exception_ptr(std::system_error(std::make_error_code(std::errc::io_error))),
     std::make_error_code(std::errc::io_error)},
    {"a cancellation", std::make_exception_ptr(system_error(asio::error::operation_aborted)),
     asio::error::operation_aborted},
};

/// Does `function` throw this very exception object?
template <typename Function>
bool throws(const std::exception_ptr& expected, Function function) {
    try {
        function();
    } catch (...) {
        return std::current_exception() == expected;
    }
    return false;
}

/// Every member that throws the operation's error, and the overload that sets a code instead.
template <typename Handle>
void check(const Handle& operation, const std::exception_ptr& exception, const error_code& code) {
    asio::io_context context;
    for (int again = 0; again != 2; ++again) {
        BOOST_TEST(throws(exception, [&] { static_cast<void>(operation.GetResults()); }));
        BOOST_TEST(throws(exception, [&] { static_cast<void>(Handle(operation).GetResults()); }));
        BOOST_TEST(throws(exception, [&] { static_cast<void>(operation.try_get()); }));
        BOOST_TEST(throws(exception, [&] { static_cast<void>(operation.get()); }));
        BOOST_TEST(throws(exception, [&] { static_cast<void>(operation.get(context)); }));

        error_code error;
        static_cast<void>(operation.GetResults(error));
        BOOST_TEST(error == code);
        static_cast<void>(operation.try_get(error));
        BOOST_TEST(error == code);
        static_cast<void>(operation.get(error));
        BOOST_TEST(error == code);
        static_cast<void>(operation.get(context, error));
        BOOST_TEST(error == code);

        BOOST_TEST((operation.exception() == exception));
        BOOST_TEST((operation.exception(error) == exception));
        BOOST_TEST(error == error_code());
        BOOST_TEST(operation.ErrorCode() == code);
        BOOST_TEST(std::get<0>(operation.outcome()) == code);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(exceptions_are_rethrown_as_they_were)

// §2: "An exception that was delivered as exception_ptr is rethrown as it was by GetResults(),
// get() and try_get(), and exception() gives it. Its ErrorCode() is that of a system_error, else
// errc::unhandled_exception."
BOOST_AUTO_TEST_CASE(by_every_member_that_throws_the_error) {
    for (const auto& [name, exception, code] : table)
        BOOST_TEST_CONTEXT(name) {
            const auto a = pending<void(std::exception_ptr)>::ended(use_async_info, exception);
            check(a, exception, code);

            const auto o =
                pending<void(std::exception_ptr, int)>::ended(use_async_info, exception, 7);
            check(o, exception, code);
            BOOST_TEST((std::get<1>(o.outcome()) == 7));
        }
}

BOOST_AUTO_TEST_CASE(and_there_is_none_unless_one_was_delivered) {
    pending<void(error_code)> failed;
    const auto f = failed.start(use_async_info);
    BOOST_TEST(!f.exception());
    failed.complete(asio::error::eof);
    BOOST_TEST(!f.exception());

    const auto s = pending<void(std::exception_ptr)>::ended(use_async_info, nullptr);
    BOOST_TEST(!s.exception());
    BOOST_TEST(s.Status() == AsyncStatus::Completed);
}

// After Close nothing is thrown but the library's own error.
BOOST_AUTO_TEST_CASE(not_after_close) {
    const auto a = pending<void(std::exception_ptr)>::ended(
        use_async_info, std::make_exception_ptr(failure("bad")));
    a.Close();
    CHECK_THROWS_CODE(a.GetResults(), errc::illegal_method_call);
    CHECK_THROWS_CODE(a.get(), errc::illegal_method_call);
    CHECK_THROWS_CODE(a.exception(), errc::illegal_method_call);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::exceptions_are_rethrown_as_they_were_test
