// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::initiating_function_may_do_anything_test {
namespace {

struct failure {
    int number;
};

/// An initiating function that starts with whatever the test wants.
template <typename Initiation, typename Token>
auto async_whatever(Initiation initiation, Token token) {
    return asio::async_initiate<Token, void(error_code, std::string)>(std::move(initiation), token);
}

/// What the tests look at to see that nothing is left: blocks, the user's slot, a consigned object.
struct fixture {
    auto token() {
        return asio::bind_cancellation_slot(
            signal.slot(),
            asio::bind_allocator(counting_allocator<char>(blocks),
                                 asio::consign(use_async_info, std::exchange(consigned, nullptr))));
    }

    bool nothing_is_left() {
        return blocks.alive == 0 && alive.expired() && !signal.slot().has_handler();
    }

    allocations blocks;
    asio::cancellation_signal signal;
    std::shared_ptr<int> consigned = std::make_shared<int>();
    std::weak_ptr<int> alive = consigned;
};

} // namespace

BOOST_AUTO_TEST_SUITE(initiating_function_may_do_anything)

// §1: hot start: the initiating function has run when the handle is there.
BOOST_AUTO_TEST_CASE(it_runs_at_once) {
    std::unique_ptr<std::function<void()>> finish;
    bool started = false;
    const auto operation = async_whatever(
        [&](auto handler) {
            started = true;
            auto held = std::make_shared<decltype(handler)>(std::move(handler));
            finish = std::make_unique<std::function<void()>>(
                [held] { std::move (*held)(error_code(), "done"); });
        },
        use_async_info);
    BOOST_TEST(started);
    BOOST_TEST(operation.Status() == AsyncStatus::Started);
    (*finish)();
    BOOST_TEST(operation.GetResults() == "done");
}

BOOST_AUTO_TEST_CASE(it_may_complete_the_operation_itself) {
    const auto succeeded = async_whatever(
        [](auto handler) { std::move(handler)(error_code(), "done"); }, use_async_info);
    BOOST_TEST(succeeded.GetResults() == "done");

    const auto failed = async_whatever(
        [](auto handler) { std::move(handler)(asio::error::operation_aborted, "part"); },
        use_async_info);
    BOOST_TEST(failed.Status() == AsyncStatus::Canceled);
    BOOST_TEST((std::get<1>(failed.outcome()) == "part"));

    int calls = 0;
    succeeded.Completed([&](const auto&, AsyncStatus) { ++calls; });
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(it_may_drop_the_handler) {
    fixture f;
    {
        const auto operation = async_whatever([](auto) {}, f.token());
        BOOST_TEST(operation.Status() == AsyncStatus::Error);
        BOOST_TEST((operation.ErrorCode() == errc::abandoned));
        BOOST_TEST(f.alive.expired());
        f.signal.emit(asio::cancellation_type::all); // the end was the end
        BOOST_TEST((operation.ErrorCode() == errc::abandoned));
    }
    f.signal.slot().clear();
    BOOST_TEST(f.nothing_is_left());
}

// §1: "the exception reaches the caller and there is no operation".
BOOST_AUTO_TEST_CASE(it_may_throw) {
    fixture before;
    BOOST_CHECK_EXCEPTION(
        static_cast<void>(async_whatever([](auto) { throw failure{7}; }, before.token())), failure,
        [](auto& thrown) { return thrown.number == 7; });
    BOOST_TEST(before.nothing_is_left());
}

BOOST_AUTO_TEST_CASE(it_may_throw_with_a_bound_slot_that_it_has_used) {
    fixture f;
    BOOST_CHECK_THROW(static_cast<void>(async_whatever(
                          [](auto handler) {
                              asio::get_associated_cancellation_slot(handler).assign(
                                  [](asio::cancellation_type_t) {});
                              throw failure{7};
                          },
                          f.token())),
                      failure);
    BOOST_TEST(f.nothing_is_left());
}

BOOST_AUTO_TEST_CASE(it_may_throw_after_completing_the_operation) {
    fixture f;
    BOOST_CHECK_THROW(static_cast<void>(async_whatever(
                          [](auto handler) {
                              std::move(handler)(error_code(), "done");
                              throw failure{7};
                          },
                          f.token())),
                      failure);
    BOOST_TEST(f.nothing_is_left());
}

BOOST_AUTO_TEST_CASE(it_may_throw_after_passing_the_handler_on) {
    for (const bool invoke : {false, true}) {
        fixture f;
        std::shared_ptr<void> kept;
        std::function<void()> run;
        BOOST_CHECK_THROW(static_cast<void>(async_whatever(
                              [&](auto handler) {
                                  auto held =
                                      std::make_shared<decltype(handler)>(std::move(handler));
                                  kept = held;
                                  run = [h = held.get()] { std::move (*h)(error_code(), "done"); };
                                  throw failure{7};
                              },
                              f.token())),
                          failure);
        BOOST_TEST(!f.signal.slot().has_handler());
        BOOST_TEST(f.blocks.alive == 1);
        if (invoke)
            run();
        kept.reset();
        BOOST_TEST(f.nothing_is_left());
    }
}

// §1: `bad_alloc`: there is no operation, and the initiating function is not called at all.
BOOST_AUTO_TEST_CASE(it_is_not_called_where_memory_is_lacking) {
    bool called = false;
    allocations none;
    none.budget = 0;
    BOOST_CHECK_THROW(static_cast<void>(async_whatever(
                          [&](auto) { called = true; },
                          asio::bind_allocator(counting_allocator<char>(none), use_async_info))),
                      std::bad_alloc);
    BOOST_TEST(!called);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::initiating_function_may_do_anything_test
