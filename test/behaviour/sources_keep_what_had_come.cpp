// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// What a source had of its result is not lost when it fails: it comes with the failure, or was
/// published before.
namespace asyncinfo_test::sources_keep_what_had_come_test {
namespace {

using text = std::optional<std::string>;

template <typename Source, typename... Args>
concept fails_with = requires(const Source& s, error_code e, Args... a) { s.set_error(e, a...); };
template <typename Source, typename... Args>
concept publishes = requires(const Source& s, Args... a) { s.set_partial_result(a...); };

static_assert(fails_with<async_source<std::string>, const char*>);
static_assert(fails_with<async_source<std::string>, std::size_t, char>);
static_assert(!fails_with<async_source<std::string>, std::vector<int>>);
static_assert(fails_with<async_source<>> && !fails_with<async_source<>, int>);
static_assert(publishes<async_source<std::string>, const char*>);
static_assert(!publishes<async_source<>> && !publishes<async_source<void, double>, int>);

template <typename Handle>
void check_outcome(const Handle& op, AsyncStatus status, error_code code, text part) {
    BOOST_TEST((op.Status() == status));
    BOOST_TEST(op.ErrorCode() == code);
    const auto [error, result] = op.outcome();
    BOOST_TEST(error == code);
    BOOST_TEST((result == part));
}

template <typename Source>
void failures_bring_it_along() {
    const Source code, exception, canceled, nothing;
    BOOST_TEST(code.set_error(asio::error::eof, "half"));
    check_outcome(code.operation(), AsyncStatus::Error, asio::error::eof, "half");
    BOOST_CHECK_THROW((void)code.operation().get(), system_error);
    BOOST_TEST(!code.set_error(asio::error::eof, "other"));
    check_outcome(code.operation(), AsyncStatus::Error, asio::error::eof, "half");

    exception.set_error(std::make_exception_ptr(std::runtime_error("broken")), 3, 'x');
    check_outcome(exception.operation(), AsyncStatus::Error, errc::unhandled_exception, "xxx");
    BOOST_CHECK_THROW((void)exception.operation().get(), std::runtime_error);

    canceled.set_canceled("half");
    check_outcome(canceled.operation(), AsyncStatus::Canceled, asio::error::operation_aborted,
                  "half");

    nothing.set_error(asio::error::eof);
    check_outcome(nothing.operation(), AsyncStatus::Error, asio::error::eof, std::nullopt);
}

template <typename Source>
void the_last_published_counts() {
    const Source failed, replaced, succeeded;
    std::optional<Source> dropped(std::in_place);
    const auto op = dropped->operation();
    for (const Source* source : {&failed, &replaced, &succeeded, &std::as_const(*dropped)}) {
        BOOST_TEST(source->set_partial_result("a"));
        BOOST_TEST(source->set_partial_result(2, 'b'));
    }
    failed.set_error(asio::error::eof);
    BOOST_TEST(!failed.set_partial_result("late"));
    check_outcome(failed.operation(), AsyncStatus::Error, asio::error::eof, "bb");

    replaced.set_canceled("c");
    check_outcome(replaced.operation(), AsyncStatus::Canceled, asio::error::operation_aborted, "c");

    succeeded.set_value("whole");
    check_outcome(succeeded.operation(), AsyncStatus::Completed, {}, "whole");

    dropped.reset();
    check_outcome(op, AsyncStatus::Error, errc::abandoned, "bb");
}

template <typename Source>
void with_a_token() {
    asio::io_context context;
    const Source failed, published;
    std::vector<std::string> seen;
    const auto see = asio::bind_executor(context, [&](error_code error, std::string part) {
        BOOST_TEST(error == asio::error::eof);
        seen.push_back(std::move(part));
    });
    failed.operation()(see);
    published.operation()(see);
    failed.set_error(asio::error::eof, "half");
    published.set_partial_result("part");
    published.set_error(asio::error::eof);
    context.run();
    BOOST_TEST((seen == std::vector<std::string>{"half", "part"}));
}

template <typename Source>
void around() {
    const Source source;
    const auto op = asyncinfo::abandon_on_cancel(source.operation());
    source.set_partial_result("half");
    source.set_error(asio::error::eof);
    check_outcome(op, AsyncStatus::Error, asio::error::eof, "half");
}

template <typename Source>
void to_one() {
    const Source source;
    source.set_partial_result(std::make_unique<int>(1));
    source.set_error(asio::error::eof);
    const auto [error, part] = source.operation().outcome();
    BOOST_TEST(**part == 1);
    BOOST_CHECK_THROW((void)source.operation().outcome(), system_error);
}

struct fragile {
    explicit fragile(int v) : value(v) {
        if (v < 0)
            throw std::runtime_error("broken");
    }
    int value;
};

template <typename Source>
void without_a_value() {
    const Source whole, part;
    for (const Source* source : {&whole, &part})
        source->set_partial_result(1);
    BOOST_TEST(whole.set_value(-1));
    BOOST_TEST(part.set_error(asio::error::eof, -1));
    for (const Source* source : {&whole, &part}) {
        const auto [error, kept] = source->operation().outcome();
        BOOST_TEST((error == errc::unhandled_exception));
        BOOST_TEST_REQUIRE(kept.has_value());
        BOOST_TEST(kept->value == 1);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(sources_keep_what_had_come)

BOOST_AUTO_TEST_CASE(with_the_failure) {
    failures_bring_it_along<async_source<std::string>>();
    failures_bring_it_along<async_source<std::string, double>>();
}

BOOST_AUTO_TEST_CASE(published_before) {
    the_last_published_counts<async_source<std::string>>();
    the_last_published_counts<async_source<std::string, double>>();
}

BOOST_AUTO_TEST_CASE(only_with_progress_it_is_read_before_the_end) {
    const async_source<std::string> plain;
    plain.set_partial_result("half");
    CHECK_THROWS_CODE((void)plain.operation().GetResults(), errc::illegal_method_call);
    const async_source<std::string, double> telling;
    telling.set_partial_result("half");
    BOOST_TEST(telling.operation().GetResults() == "half");
}

BOOST_AUTO_TEST_CASE(at_the_deadline) {
    const async_source<std::string> source;
    source.on_cancel([&] { source.set_canceled(); });
    source.set_partial_result("half");
    const auto op = source.operation();
    op.cancel_after(1ms);
    op.wait();
    check_outcome(op, AsyncStatus::Error, asio::error::timed_out, "half");
}

BOOST_AUTO_TEST_CASE(for_who_waits_with_a_token) {
    with_a_token<async_source<std::string>>();
    with_a_token<async_source<std::string, double>>();
}

BOOST_AUTO_TEST_CASE(for_an_operation_around_it) {
    around<async_source<std::string>>();
    around<async_source<std::string, double>>();
}

BOOST_AUTO_TEST_CASE(what_cannot_be_copied_goes_to_one) {
    to_one<async_source<std::unique_ptr<int>>>();
    to_one<async_source<std::unique_ptr<int>, double>>();
}

BOOST_AUTO_TEST_CASE(where_the_value_cannot_be_made) {
    without_a_value<async_source<fragile>>();
    without_a_value<async_source<fragile, double>>();
}

BOOST_AUTO_TEST_CASE(published_by_several_threads_until_the_end) {
    for (int round = 0; round != 200; ++round) {
        const async_source<std::string> source;
        source.set_partial_result(50, 'a');
        {
            std::vector<joining_thread> threads;
            for (const char letter : {'b', 'c'})
                threads.emplace_back([&source, letter] {
                    while (source.set_partial_result(50, letter)) {
                    }
                });
            threads.emplace_back([&] { source.set_error(asio::error::eof); });
        }
        const auto part = std::get<1>(source.operation().outcome());
        BOOST_TEST_REQUIRE(part.has_value());
        BOOST_TEST((*part == std::string(50, part->front())));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::sources_keep_what_had_come_test
