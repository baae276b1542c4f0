// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Coroutines that nobody waits for.
namespace asyncinfo_test::fire_and_forget_test {
namespace {

asyncinfo::fire_and_forget count(asio::io_context& context, int& steps,
                                 std::shared_ptr<int> alive) {
    ++steps;
    co_await asio::post(context, asio::deferred);
    steps += *alive;
}

asyncinfo::fire_and_forget fail(asio::io_context& context) {
    co_await asio::post(context, asio::deferred);
    throw std::invalid_argument("escaped");
}

std::string seen;

void see(std::exception_ptr exception) noexcept {
    try {
        std::rethrow_exception(exception);
    } catch (const std::exception& e) {
        seen = e.what();
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(fire_and_forget)

BOOST_AUTO_TEST_CASE(starts_at_once_runs_to_its_end_and_is_gone) {
    asio::io_context context;
    int steps = 0;
    const auto alive = std::make_shared<int>(10);
    count(context, steps, alive);
    BOOST_TEST(steps == 1);
    BOOST_TEST(alive.use_count() == 2);
    context.run();
    BOOST_TEST(steps == 11);
    BOOST_TEST(alive.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(goes_with_its_context) {
    int steps = 0;
    const auto alive = std::make_shared<int>(10);
    {
        asio::io_context context;
        count(context, steps, alive);
    }
    BOOST_TEST(steps == 1);
    BOOST_TEST(alive.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(gives_what_escapes_to_the_handler) {
    BOOST_TEST((asyncinfo::set_unhandled_exception_handler(&see) == nullptr));
    asio::io_context context;
    fail(context);
    context.run();
    BOOST_TEST((asyncinfo::set_unhandled_exception_handler(nullptr) == &see));
    BOOST_TEST(seen == "escaped");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::fire_and_forget_test
