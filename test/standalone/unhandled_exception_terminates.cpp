// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::unhandled_exception_terminates_test {
namespace {

struct oops {};

asyncinfo::fire_and_forget fail(asio::io_context& context) {
    co_await asio::post(context, asio::deferred);
    throw oops();
}

/// The process ends in std::terminate while the exception is handled, and ends well.
[[noreturn]] void end_well() noexcept {
    try {
        if (const auto thrown = std::current_exception())
            std::rethrow_exception(thrown);
    } catch (const oops&) {
        std::_Exit(EXIT_SUCCESS);
    } catch (...) {
    }
    std::_Exit(EXIT_FAILURE);
}

void swallow(std::exception_ptr) noexcept {}

} // namespace

// §9: what escapes from a `fire_and_forget` coroutine, for which nobody waits, goes to a handler
// that one can set; the default is `std::terminate`. Null, given to set one, is that default again.
BOOST_AUTO_TEST_CASE(unhandled_exception_terminates) {
    asio::io_context context;
    BOOST_TEST((asyncinfo::set_unhandled_exception_handler(swallow) == nullptr));
    fail(context);
    context.run();
    BOOST_TEST((asyncinfo::set_unhandled_exception_handler(nullptr) == swallow));
    context.restart();
    fail(context);
    std::set_terminate(end_well);
    BOOST_CHECK_NO_THROW(context.run());
    BOOST_ERROR("what escaped from fire_and_forget was swallowed");
}

} // namespace asyncinfo_test::unhandled_exception_terminates_test
