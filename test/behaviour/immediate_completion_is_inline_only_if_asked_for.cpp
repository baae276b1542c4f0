// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#if defined(ASYNCINFO_HAS_IMMEDIATE_EXECUTOR)
#include <boost/asio/bind_immediate_executor.hpp>
#endif

/// §7: an operation that has its result at once completes within its initiating function only where
/// an immediate executor that allows it is bound to the token; at any depth, as all binders. Where
/// an executor is bound as well, Asio goes on to that one: then ours ends where a plain callback
/// would.
namespace asyncinfo_test::immediate_completion_is_inline_only_if_asked_for_test {
namespace {

/// A socket with a byte to read.
struct fixture : conversation {
    std::array<char, 4> bytes{};

    fixture() { asio::write(far_end, asio::buffer("a", 1)); }

    template <typename Token>
    auto read(Token token) {
        return near_end.async_read_some(asio::buffer(bytes), token);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(immediate_completion_is_inline_only_if_asked_for)

BOOST_FIXTURE_TEST_CASE(without_one_it_is_not, fixture) {
    const auto op = read(use_async_info);
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    context.run();
    BOOST_TEST(op.GetResults() == 1u);
}

#if defined(ASYNCINFO_HAS_IMMEDIATE_EXECUTOR)

BOOST_AUTO_TEST_CASE(with_one_it_is) {
    const asio::system_executor inline_executor;
    error_code redirected;
    const std::pair<const char*, std::function<IAsyncInfo(fixture&)>> rows[] = {
        {"alone",
         [&](fixture& f) {
             return f.read(asio::bind_immediate_executor(inline_executor, use_async_info));
         }},
        {"over as_tuple",
         [&](fixture& f) {
             return f.read(
                 asio::bind_immediate_executor(inline_executor, asio::as_tuple(use_async_info)));
         }},
        {"under redirect_error",
         [&](fixture& f) {
             return f.read(asio::redirect_error(
                 asio::bind_immediate_executor(inline_executor, use_async_info), redirected));
         }},
#if BOOST_VERSION >= 108800 // Asio 1.28 (Boost 1.83) does not compile one around another.
        {"over one that does not allow it",
         [&](fixture& f) {
             return f.read(asio::bind_immediate_executor(
                 inline_executor,
                 asio::bind_immediate_executor(f.context.get_executor(), use_async_info)));
         }},
#endif
    };
    for (const auto& [name, start] : rows)
        BOOST_TEST_CONTEXT(name) {
            fixture f;
            const auto op = start(f);
            BOOST_TEST(op.Status() == AsyncStatus::Completed);
            int calls = 0;
            if (const auto read = op.try_as<IAsyncOperation<std::size_t>>()) {
                BOOST_TEST(read.GetResults() == 1u);
                read.Completed([&](auto&&, AsyncStatus) { ++calls; });
                BOOST_TEST(calls == 1);
            }
            op.Cancel();
            f.context.run();
            BOOST_TEST(op.Status() == AsyncStatus::Completed);
        }
}

/// Binds both executors to a token, in either order.
struct both_executors {
    fixture& f;
    bool immediate_outside;

    template <typename Token, typename Use>
    auto operator()(Token token, Use use) const {
        const asio::system_executor immediate;
        return immediate_outside
                   ? use(asio::bind_immediate_executor(immediate,
                                                       asio::bind_executor(f.context, token)))
                   : use(asio::bind_executor(f.context,
                                             asio::bind_immediate_executor(immediate, token)));
    }
};

BOOST_AUTO_TEST_CASE(with_a_bound_executor_besides_it_ends_where_a_callback_would) {
    for (const bool immediate_outside : {true, false})
        BOOST_TEST_CONTEXT((immediate_outside ? "over" : "under") << " bind_executor") {
            fixture raw;
            bool called = false;
            both_executors{raw, immediate_outside}([&](error_code, std::size_t) { called = true; },
                                                   [&](auto token) { raw.read(std::move(token)); });

            fixture ours;
            const IAsyncInfo op = both_executors{ours, immediate_outside}(
                use_async_info, [&](auto token) -> IAsyncInfo { return ours.read(token); });
            BOOST_TEST((op.Status() == AsyncStatus::Completed) == called);
            ours.context.run();
            BOOST_TEST(op.Status() == AsyncStatus::Completed);
        }
}

BOOST_FIXTURE_TEST_CASE(on_an_executor_of_another_thread_it_completes_there, fixture) {
    asio::thread_pool pool(1);
    const auto op = read(asio::bind_immediate_executor(pool.get_executor(), use_async_info));
    BOOST_TEST(op.wait() == AsyncStatus::Completed); // nobody runs the context
}

BOOST_FIXTURE_TEST_CASE(an_operation_without_result_yet_goes_its_usual_way, fixture) {
    read(use_async_info).get(context);
    const auto op = read(asio::bind_immediate_executor(asio::system_executor(), use_async_info));
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    op.Cancel();
    run_again(context);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
}

#else

BOOST_AUTO_TEST_CASE(needs_a_newer_boost) { BOOST_TEST(BOOST_VERSION < 108200); }

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::immediate_completion_is_inline_only_if_asked_for_test
