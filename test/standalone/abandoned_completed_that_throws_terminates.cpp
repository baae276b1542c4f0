// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::abandoned_completed_that_throws_terminates_test {

// §3: "Completed without an executor runs inline on the destroying thread and must not throw there
// (std::terminate, as in any destructor)." The process ends in std::terminate, and ends well.
BOOST_AUTO_TEST_CASE(abandoned_completed_that_throws_terminates) {
    auto context = std::make_unique<boost::asio::io_context>();
    const auto op = boost::asio::post(*context, use_async_info);
    op.Completed([](auto&, AsyncStatus) {
        std::set_terminate([] { std::_Exit(EXIT_SUCCESS); });
        throw 1;
    });
    BOOST_CHECK_NO_THROW(context.reset());
    BOOST_ERROR("what Completed threw was swallowed");
}

} // namespace asyncinfo_test::abandoned_completed_that_throws_terminates_test
