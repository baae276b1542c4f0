// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/asio/experimental/channel.hpp>

/// §4.3: an operation with a `cancellation_state` of its own may reset it and clean up undisturbed,
/// as long as the request does not grow.
namespace asyncinfo_test::own_cancellation_state_test {
namespace {

using types = asio::cancellation_type;
using event = asio::experimental::channel<void(error_code)>;

enum class filters { none, partial, total, two, function };
constexpr filters all_filters[] = {filters::none, filters::partial, filters::total, filters::two,
                                   filters::function};
constexpr asio::enable_partial_cancellation partial;
constexpr asio::enable_total_cancellation total;
constexpr auto function = [](asio::cancellation_type_t t) { return t; };

/// Works until it is cancelled, then cleans up in three parts. Ends by the error that disturbed it.
struct composed {
    event& work;
    event& rest;
    filters given;
    bool again; ///< reset before each part
    int& parts;
    int state = 0;

    template <typename Self>
    void operator()(Self& self, error_code error = {}) {
        const int now = state++;
        if (now == 0)
            return work.async_receive(std::move(self));
        if (now > 1 && error)
            return self.complete(error);
        if (now > 1)
            ++parts;
        if (now == 4)
            return self.complete({});
        if (now == 1 || again)
            reset(self);
        rest.async_receive(std::move(self));
    }

    template <typename Self>
    void reset(Self& self) {
        switch (given) {
        case filters::none:
            return self.reset_cancellation_state();
        case filters::partial:
            return self.reset_cancellation_state(partial);
        case filters::total:
            return self.reset_cancellation_state(total);
        case filters::two:
            return self.reset_cancellation_state(total, partial);
        case filters::function:
            return self.reset_cancellation_state(function);
        }
    }
};

/// The same as a coroutine.
asio::awaitable<void> coroutine(event& work, event& rest, filters given, bool again, int& parts) {
    namespace this_coro = asio::this_coro;
    error_code error;
    co_await work.async_receive(asio::redirect_error(asio::use_awaitable, error));
    for (int part = 0; part < 3; ++part) {
        if (part == 0 || again) {
            if (given == filters::none)
                co_await this_coro::reset_cancellation_state();
            else if (given == filters::partial)
                co_await this_coro::reset_cancellation_state(partial);
            else if (given == filters::total)
                co_await this_coro::reset_cancellation_state(total);
            else if (given == filters::two)
                co_await this_coro::reset_cancellation_state(total, partial);
            else
                co_await this_coro::reset_cancellation_state(function);
        }
        co_await rest.async_receive(asio::use_awaitable);
        ++parts;
    }
}

struct fixture {
    asio::io_context context;
    event work{context, 1};
    event rest{context, 1};
    int parts = 0;

    IAsyncInfo start(bool as_coroutine, filters given, bool again) {
        if (as_coroutine)
            return asio::co_spawn(context, coroutine(work, rest, given, again, parts),
                                  use_async_info);
        return asio::async_compose<decltype((use_async_info)), void(error_code)>(
            composed{work, rest, given, again, parts}, use_async_info, context);
    }

    void run() { run_ready(context); }

    void next_part() {
        rest.try_send(error_code());
        run();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(own_cancellation_state)

BOOST_AUTO_TEST_CASE(is_reset_for_a_clean_up) {
    for (const bool as_coroutine : {false, true})
        for (const filters given : all_filters)
            for (const bool again : {false, true})
                BOOST_TEST_CONTEXT("coroutine: " << as_coroutine
                                                 << ", filters: " << static_cast<int>(given)
                                                 << ", before each part: " << again) {
                    fixture f;
                    const auto op = f.start(as_coroutine, given, again);
                    f.run();
                    op.Cancel();
                    f.run();
                    for (int part = 0; part < 3; ++part) {
                        BOOST_TEST(op.Status() == AsyncStatus::Started);
                        BOOST_TEST(f.parts == part);
                        op.Cancel(); // asks for nothing new
                        f.run();
                        f.next_part();
                    }
                    BOOST_TEST(op.Status() == AsyncStatus::Completed);
                    BOOST_TEST(f.parts == 3);
                }
}

BOOST_AUTO_TEST_CASE(hears_of_a_request_that_grows_during_the_clean_up) {
    for (const bool as_coroutine : {false, true})
        for (const bool again : {false, true})
            BOOST_TEST_CONTEXT("coroutine: " << as_coroutine << ", before each part: " << again) {
                fixture f;
                const auto op = f.start(as_coroutine, filters::none, again);
                f.run();
                op.Cancel(types::terminal);
                f.run();
                f.next_part();
                BOOST_TEST(op.Status() == AsyncStatus::Started);
                op.Cancel(types::partial);
                f.run();
                BOOST_TEST(op.Status() == AsyncStatus::Canceled);
                BOOST_TEST(f.parts == 1);
            }
}

BOOST_AUTO_TEST_CASE(that_is_not_reset_stays_cancelled) {
    asio::io_context context;
    event work(context, 1);
    int seen = 0;
    auto op = asio::async_compose<decltype((use_async_info)), void(error_code)>(
        [&, state = 0](auto& self, error_code error = {}) mutable {
            seen += self.cancelled() != types::none;
            if (state++ == 2)
                self.complete(error);
            else if (state == 2)
                asio::post(context, std::move(self));
            else
                work.async_receive(std::move(self));
        },
        use_async_info, context);
    context.poll();
    op.Cancel();
    run_ready(context);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
    BOOST_TEST(seen == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::own_cancellation_state_test
