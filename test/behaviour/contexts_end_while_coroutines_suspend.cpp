// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Contract §9: a context that ends takes a coroutine with it also if that is suspending at this
/// moment, on a thread that does not run the context, or was started while the context ended.
namespace asyncinfo_test::contexts_end_while_coroutines_suspend_test {
namespace {

/// A local of a coroutine that must not outlive the context, as a timer of it.
struct local {
    const std::atomic<bool>& context_is_gone;
    bool& outlived_it;
    ~local() { outlived_it = context_is_gone; }
};

BOOST_AUTO_TEST_SUITE(contexts_end_while_coroutines_suspend)

BOOST_AUTO_TEST_CASE(and_wait_until_they_have) {
    auto context = std::make_unique<asio::io_context>();
    const auto life = asyncinfo::detail::context_life::of(*context);
    std::atomic<bool> context_is_gone = false;
    bool outlived_it = false;
    joining_thread other;
    // The right to resume goes to another thread, which destroys the context.
    const auto give_away = [&](auto handler) {
        other = joining_thread([&, handler = std::move(handler)] {
            context.reset();
            context_is_gone = true;
        });
        while (!life->is_over())
            std::this_thread::yield();
        // That the other thread waits for this one cannot be seen. That it does not, can.
        const auto enough = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
        while (!context_is_gone && std::chrono::steady_clock::now() < enough)
            std::this_thread::yield();
    };
    const auto body = [](asio::io_context&, auto& give, const std::atomic<bool>& is_gone,
                         bool& outlived) -> IAsyncAction {
        const local last{is_gone, outlived};
        co_await asio::async_initiate<const asio::deferred_t, void()>(give, asio::deferred);
    };
    const auto op = body(*context, give_away, context_is_gone, outlived_it);
    other.join();
    BOOST_TEST(!outlived_it);
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
}

// The coroutine is started by a destructor in the frame of another one, which the context takes
// with it.
BOOST_AUTO_TEST_CASE(and_so_do_those_started_meanwhile) {
    auto context = std::make_unique<asio::io_context>();
    async_source<> source;
    bool went_on = false;
    IAsyncAction late;
    const auto waits = [](asio::io_context&, async_source<>& s, bool& on) -> IAsyncAction {
        co_await s.operation();
        on = true;
    };
    struct starts_it {
        std::function<void()> start;
        ~starts_it() {
            if (start)
                start();
        }
    };
    const auto outer = [](asio::io_context&, async_source<>& s,
                          std::function<void()> start) -> IAsyncAction {
        const starts_it last{std::move(start)};
        co_await s.operation();
    };
    async_source<> never;
    asio::io_context& ending = *context;
    const auto op = outer(ending, never, [&] { late = waits(ending, source, went_on); });
    context.reset();
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    BOOST_TEST((late.ErrorCode() == errc::abandoned));
    source.set_value();
    BOOST_TEST(!went_on);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asyncinfo_test::contexts_end_while_coroutines_suspend_test
