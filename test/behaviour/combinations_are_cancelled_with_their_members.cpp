// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::combinations_are_cancelled_with_their_members_test {
namespace {

using types = asio::cancellation_type_t;
using members_type = std::vector<IAsyncAction>;

/// Every way to combine three actions.
const struct {
    std::string name;
    std::function<IAsyncInfo(const members_type&)> combine;
} ways[] = {
    {"when_all", [](auto& m) { return asyncinfo::when_all(m[0], m[1], m[2]); }},
    {"when_all of a range", [](auto& m) { return asyncinfo::when_all(m); }},
    {"when_all, cancel_rest",
     [](auto& m) { return asyncinfo::when_all(on_failure::cancel_rest, m[0], m[1], m[2]); }},
    {"when_any", [](auto& m) { return asyncinfo::when_any(m[0], m[1], m[2]); }},
    {"when_any of a range", [](auto& m) { return asyncinfo::when_any(m); }},
    {"when_any, cancel_and_join",
     [](auto& m) { return asyncinfo::when_any(losers::cancel_and_join, m); }},
    {"when_any, first_to_succeed",
     [](auto& m) { return asyncinfo::when_any(winner::first_to_succeed, m); }},
    {"nested",
     [](auto& m) {
         return asyncinfo::when_all(asyncinfo::when_any(m[0], m[1]), asyncinfo::when_all(m[2]));
     }},
};

} // namespace

BOOST_AUTO_TEST_SUITE(combinations_are_cancelled_with_their_members)

BOOST_AUTO_TEST_CASE(whatever_the_combination) {
    for (const auto& way : ways)
        BOOST_TEST_CONTEXT(way.name) {
            std::array<pending<void(error_code)>, 3> sources;
            members_type members;
            for (auto& s : sources)
                members.push_back(s.start(use_async_info));
            const auto op = way.combine(members);
            for (const auto& m : members)
                BOOST_TEST(!m.cancel_requested());
            op.Cancel();
            for (const auto& m : members)
                BOOST_TEST(m.cancel_requested());
            // It is for its rule to say when it ends.
            BOOST_TEST(op.Status() == AsyncStatus::Started);
            for (auto& s : sources)
                s.complete(asio::error::operation_aborted);
            BOOST_TEST(op.Status() != AsyncStatus::Started);
        }
}

BOOST_AUTO_TEST_CASE(and_end_when_their_rule_says_so) {
    for (const auto& way : ways)
        BOOST_TEST_CONTEXT(way.name) {
            asio::io_context context;
            std::list<asio::steady_timer> timers;
            members_type members;
            for (int i = 0; i < 3; ++i)
                members.push_back(
                    timers.emplace_back(context, asio::steady_timer::time_point::max())
                        .async_wait(use_async_info));
            const auto op = way.combine(members);
            op.Cancel();
            context.run_for(long_enough);
            const bool has_winner =
                way.name.starts_with("when_any") && way.name.find("succeed") == std::string::npos;
            BOOST_TEST(op.Status() ==
                       (has_winner ? AsyncStatus::Completed : AsyncStatus::Canceled));
        }
}

// §4.5: each emission carries the union of the types requested so far.
BOOST_AUTO_TEST_CASE(by_the_union_of_all_types) {
    using type = asio::cancellation_type;
    for (const auto& way : ways)
        BOOST_TEST_CONTEXT(way.name) {
            asio::io_context context;
            std::array<std::vector<types>, 3> seen;
            std::list<played_operation> operations;
            members_type members;
            for (auto& s : seen) {
                auto& played = operations.emplace_back(context.get_executor());
                members.push_back(played.start(
                    use_async_info, [&] { played.place([&s](types t) { s.push_back(t); }); }));
            }
            const auto op = way.combine(members);
            op.Cancel(type::total);
            context.run();
            context.restart();
            op.Cancel(type::partial);
            op.Cancel(type::total); // nothing new
            context.run();
            const std::vector<types> expected{type::total, type::total | type::partial};
            for (const auto& s : seen)
                BOOST_TEST((s == expected));
            for (auto& played : operations)
                played.complete();
            BOOST_TEST(op.Status() == AsyncStatus::Completed);
        }
}

BOOST_AUTO_TEST_CASE(but_not_once_they_have_ended) {
    std::array<pending<void(error_code)>, 3> sources;
    members_type members;
    for (auto& s : sources)
        members.push_back(s.start(use_async_info));
    const auto op = asyncinfo::when_any(members);
    sources[1].complete({});
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    op.Cancel();
    BOOST_TEST(!members[0].cancel_requested());
    BOOST_TEST(!members[2].cancel_requested());
}

BOOST_AUTO_TEST_CASE(not_by_dropping_the_handle) {
    std::array<pending<void(error_code)>, 3> sources;
    members_type members;
    for (auto& s : sources)
        members.push_back(s.start(use_async_info));
    for (const auto& way : ways)
        static_cast<void>(way.combine(members));
    for (const auto& m : members)
        BOOST_TEST(!m.cancel_requested());
    for (auto& s : sources)
        s.complete({});
}

// A member ends, and with it the combination, inside the handler that cancels it.
BOOST_AUTO_TEST_CASE(also_members_that_end_inside_the_request) {
    for (const auto& way : ways)
        BOOST_TEST_CONTEXT(way.name) {
            const auto abort = [](types) { return asio::error::operation_aborted; };
            members_type members;
            for (int i = 0; i < 3; ++i)
                members.push_back(async_until_cancelled(abort, use_async_info));
            auto op = way.combine(members);
            auto second = way.combine(members);
            int calls = 0;
            const auto all = asyncinfo::when_all(op, second);
            all.Completed([&](auto&, AsyncStatus) { ++calls; });
            op.Cancel();
            for (const auto& m : members)
                BOOST_TEST(m.Status() == AsyncStatus::Canceled);
            BOOST_TEST(op.Status() != AsyncStatus::Started);
            BOOST_TEST(second.Status() != AsyncStatus::Started);
            BOOST_TEST(calls == 1);
        }
}

namespace {

constexpr int deep = chain_length(100'000);

/// Combinations of combinations of one operation.
IAsyncInfo chain(IAsyncInfo last, int shape) {
    for (int i = 0; i < deep; ++i)
        switch ((shape + i * (shape > 2)) % 3) {
        case 0:
            last = asyncinfo::when_all(std::move(last));
            break;
        case 1:
            last = asyncinfo::when_any(std::vector{std::move(last)});
            break;
        default:
            last = asyncinfo::when_any(losers::cancel_and_join, std::move(last));
        }
    return last;
}

} // namespace

// No end and no request goes the whole way down, or up, the stack.
BOOST_AUTO_TEST_CASE(however_deep_they_are_nested) {
    for (int shape = 0; shape < 4; ++shape) {
        asio::io_context context;
        asio::steady_timer timer(context, asio::steady_timer::time_point::max());
        const IAsyncInfo innermost = timer.async_wait(use_async_info);
        auto op = chain(innermost, shape);
        op.Cancel();
        BOOST_TEST(innermost.cancel_requested());
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        context.run_for(long_enough);
        BOOST_TEST(op.Status() != AsyncStatus::Started);
        op.Close();
        op = nullptr;

        // Abandoned, and forgotten.
        pending<void(error_code)> source;
        auto abandoned = chain(source.start(use_async_info), shape);
        const auto also = abandoned;
        source.drop();
        BOOST_TEST(abandoned.Status() != AsyncStatus::Started);
        abandoned = nullptr;
        static_cast<void>(chain(source.start(use_async_info), shape));
        source.complete({});
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::combinations_are_cancelled_with_their_members_test
