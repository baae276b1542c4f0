// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.6: dropping every handle does not cancel; the operation runs to its end. `cancel_on_destroy`
/// is the scoped owner that does.
namespace asyncinfo_test::dropping_every_handle_cancels_nothing_test {
namespace {

struct fixture : played_on_context {
    int cancelled = 0;
    int completed = 0;

    IAsyncAction start() {
        return played.start(use_async_info, [this] {
            played.place([this](asio::cancellation_type_t) { ++cancelled; });
        });
    }

    ~fixture() {
        played.post([this] { played.complete(); });
        run();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(dropping_every_handle_cancels_nothing)

BOOST_FIXTURE_TEST_CASE(the_operation_runs_to_its_end, fixture) {
    start().Completed([this](auto&& sender, AsyncStatus status) {
        completed += status == AsyncStatus::Completed && sender.Status() == status;
    });
    run();
    BOOST_TEST(cancelled == 0);
    played.post([] {});
    run();
    BOOST_TEST(cancelled == 0);
    BOOST_TEST(completed == 0);
    played.post([this] { played.complete(); });
    run();
    BOOST_TEST(completed == 1);
    static_cast<void>(start()); // for the fixture to complete
}

BOOST_FIXTURE_TEST_CASE(a_read_goes_on, conversation) {
    std::array<char, 3> bytes{};
    static_cast<void>(asio::async_read(near_end, asio::buffer(bytes), use_async_info));
    for (const char* c = "abc"; *c; ++c) {
        context.poll();
        asio::write(far_end, asio::buffer(c, 1));
    }
    context.run();
    BOOST_TEST(std::string(bytes.data(), 3) == "abc");
}

BOOST_FIXTURE_TEST_CASE(a_scoped_owner_cancels, fixture) {
    {
        asyncinfo::cancel_on_destroy owner(start());
        run();
        BOOST_TEST(cancelled == 0);
    }
    run();
    BOOST_TEST(cancelled == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::dropping_every_handle_cancels_nothing_test
