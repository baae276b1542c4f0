// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §7: a wait for a handle completes with the operation's code and result, however it has ended.
namespace asyncinfo_test::waits_tell_code_and_result_test {

BOOST_AUTO_TEST_SUITE(waits_tell_code_and_result)

// "for actions void(error_code)", by either name, and for handles of any kind.
BOOST_AUTO_TEST_CASE(without_a_result) {
    for (const bool late : {false, true}) {
        asio::io_context context;
        pending<void(error_code)> source;
        const auto op = source.start_on(context.get_executor(), use_async_info);
        int calls = 0;
        const auto count = [&calls](error_code error) { calls += error == asio::error::eof; };
        if (late)
            source.complete(asio::error::eof);
        op(count);
        op.async_wait(count);
        IAsyncInfo(op).async_wait(count);
        const IAsyncAction other = IAsyncInfo(op).async_wait(use_async_info);
        if (!late)
            source.complete(asio::error::eof);
        BOOST_TEST(calls == 0);
        context.run();
        BOOST_TEST(calls == 3);
        BOOST_TEST((other.ErrorCode() == asio::error::eof));
    }
}

// "An ending by an exception that is no system_error arrives as errc::unhandled_exception; where an
// ending has no T, T is value-initialised".
BOOST_AUTO_TEST_CASE(every_ending_has_a_code_and_a_value) {
    asio::io_context context;
    const auto outcome = [&]<typename T>(auto& source, const IAsyncOperation<T>& op, auto end) {
        std::optional<std::tuple<error_code, T>> early, late;
        const auto into = [&](auto& seen) {
            return asio::bind_executor(context.get_executor(), [&](error_code error, T value) {
                seen.emplace(error, std::move(value));
            });
        };
        op(into(early));
        end(source);
        op(into(late));
        context.run();
        context.restart();
        BOOST_TEST((early == late));
        return late;
    };
    const auto of_code = [&](auto end) {
        pending<void(error_code, int)> source;
        return outcome(source, source.start_on(context.get_executor(), use_async_info), end);
    };
    const auto of_exception = [&](std::exception_ptr thrown) {
        pending<void(std::exception_ptr, int)> source;
        return outcome(source, source.start_on(context.get_executor(), use_async_info),
                       [&](auto& s) { s.complete(thrown, 3); });
    };
    const auto expected = [](const error_code& code, int value) {
        return std::optional(std::tuple(code, value));
    };

    BOOST_TEST((of_code([](auto& s) { s.complete({}, 7); }) == expected({}, 7)));
    // A partial result.
    BOOST_TEST((of_code([](auto& s) { s.complete(asio::error::eof, 3); }) ==
                expected(asio::error::eof, 3)));
    BOOST_TEST((of_code([](auto& s) { s.drop(); }) == expected(errc::abandoned, 0)));
    BOOST_TEST((of_exception(nullptr) == expected({}, 3)));
    BOOST_TEST((of_exception(std::make_exception_ptr(system_error(asio::error::eof))) ==
                expected(asio::error::eof, 3)));
    BOOST_TEST((of_exception(std::make_exception_ptr(std::runtime_error("no code"))) ==
                expected(errc::unhandled_exception, 3)));

    // Under as_tuple the error is part of the result, and is the wait's error as well.
    pending<void(error_code, int)> source;
    const auto whole =
        outcome(source, source.start_on(context.get_executor(), asio::as_tuple(use_async_info)),
                [](auto& s) { s.complete(asio::error::eof, 3); });
    const error_code eof = asio::error::eof;
    BOOST_TEST((whole == std::optional(std::tuple(eof, std::tuple(eof, 3)))));
}

// §2: "A move-only T goes to the first taker by whichever route".
BOOST_AUTO_TEST_CASE(a_move_only_result_goes_to_the_first_of_them) {
    asio::io_context context;
    pending<void(error_code, std::unique_ptr<int>)> source;
    const auto op = source.start_on(context.get_executor(), use_async_info);
    int first = 0;
    error_code second;
    op([&](error_code, std::unique_ptr<int> value) { first = *value; });
    op([&](error_code error, std::unique_ptr<int> value) {
        BOOST_TEST(!value);
        second = error;
    });
    source.complete({}, std::make_unique<int>(7));
    context.run();
    BOOST_TEST(first == 7);
    BOOST_TEST((second == errc::illegal_method_call));
}

// "op.async_wait(token) (void(error_code)), which always works".
BOOST_AUTO_TEST_CASE(async_wait_is_for_every_result) {
    asio::io_context context;
    pending<void(error_code, no_default)> source;
    const auto op = source.start_on(context.get_executor(), use_async_info);
    int got = 0;
    op.async_wait([&](error_code error) { got = error ? -1 : op.GetResults().value; });
    source.complete({}, no_default(7));
    context.run();
    BOOST_TEST(got == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::waits_tell_code_and_result_test
