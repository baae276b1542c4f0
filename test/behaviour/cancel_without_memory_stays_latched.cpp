// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.1: where the hop to the executor needs memory and there is none, Cancel does not throw and
/// the request stays latched: the next step of the operation or the next Cancel delivers it.
namespace asyncinfo_test::cancel_without_memory_stays_latched_test {
namespace {

struct memory {
    bool exhausted = false;
    int failures = 0;
};

/// An io_context's executor that has no memory left when told so.
struct poor_executor {
    asio::io_context* context;
    memory* left;

    template <typename Function>
    void execute(Function&& function) const {
        if (left->exhausted) {
            ++left->failures;
            throw std::bad_alloc();
        }
        asio::post(*context, std::forward<Function>(function));
    }
    asio::execution_context& query(asio::execution::context_t) const noexcept { return *context; }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    poor_executor require(asio::execution::blocking_t::never_t) const noexcept { return *this; }
    friend bool operator==(const poor_executor&, const poor_executor&) = default;
};

struct fixture {
    asio::io_context context;
    memory left;
    played_operation played{poor_executor{&context, &left}};
    int emitted = 0;
    std::function<void()> place = [this] {
        played.place([this](asio::cancellation_type_t) { ++emitted; });
    };

    void run() { run_ready(context); }

    ~fixture() {
        played.post([this] { played.complete(); });
        run();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_without_memory_stays_latched)

BOOST_FIXTURE_TEST_CASE(until_the_next_step, fixture) {
    const auto op = played.start(use_async_info, place);
    left.exhausted = true;
    BOOST_CHECK_NO_THROW(op.Cancel());
    BOOST_TEST(left.failures == 1);
    BOOST_TEST(op.cancel_requested());
    left.exhausted = false;
    run();
    BOOST_TEST(emitted == 0);
    played.post([] {});
    run();
    BOOST_TEST(emitted == 1);
}

BOOST_FIXTURE_TEST_CASE(until_a_step_that_is_on_its_way, fixture) {
    const auto op = played.start(use_async_info, place);
    played.post([] {});
    left.exhausted = true;
    op.Cancel();
    run();
    BOOST_TEST(emitted == 1);
    left.exhausted = false;
}

BOOST_FIXTURE_TEST_CASE(until_the_next_cancel, fixture) {
    const auto op = played.start(use_async_info, place);
    left.exhausted = true;
    for (int i = 1; i <= 3; ++i) {
        BOOST_CHECK_NO_THROW(op.Cancel());
        BOOST_TEST(left.failures == i);
    }
    left.exhausted = false;
    op.Cancel(asio::cancellation_type::partial);
    run();
    BOOST_TEST(emitted == 1);
}

BOOST_FIXTURE_TEST_CASE(requested_by_a_bound_slot_while_the_initiating_function_runs, fixture) {
    asio::cancellation_signal signal;
    const auto op = played.start(asio::bind_cancellation_slot(signal.slot(), use_async_info), [&] {
        place();
        left.exhausted = true;
        signal.emit(asio::cancellation_type::all);
    });
    BOOST_TEST(left.failures == 1);
    BOOST_TEST(op.cancel_requested());
    left.exhausted = false;
    run();
    BOOST_TEST(emitted == 0);
    signal.emit(asio::cancellation_type::all);
    run();
    BOOST_TEST(emitted == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_without_memory_stays_latched_test
