// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.1, §4.4: once the operation has ended Cancel does nothing. The slot is cleared before
/// completion is published, so an I/O object destroyed after completion is never touched.
namespace asyncinfo_test::cancel_after_completion_test {
namespace {

using types = asio::cancellation_type_t;

/// How an operation ends, as its last step.
struct ending_row {
    const char* name;
    AsyncStatus status;
    std::function<void(played_operation&)> end;
};

const ending_row endings[] = {
    {"success", AsyncStatus::Completed, [](auto& played) { played.complete(); }},
    {"aborted", AsyncStatus::Canceled,
     [](auto& played) { played.complete(asio::error::operation_aborted); }},
    {"error", AsyncStatus::Error, [](auto& played) { played.complete(asio::error::eof); }},
    {"abandoned", AsyncStatus::Error, [](auto& played) { played.drop(); }},
};

void run(asio::io_context& context) { run_ready(context); }

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_after_completion)

BOOST_AUTO_TEST_CASE(does_nothing) {
    for (const auto& row : endings)
        BOOST_TEST_CONTEXT(row.name) {
            asio::io_context context;
            played_operation played{context.get_executor()};
            int calls = 0;
            const auto op =
                played.start(use_async_info, [&] { played.place([&](types) { ++calls; }); });
            played.post([&] { row.end(played); });
            run(context);
            const auto code = op.ErrorCode();
            op.Cancel();
            op.Cancel(asio::cancellation_type::terminal);
            run(context);
            BOOST_TEST(calls == 0);
            BOOST_TEST(!op.cancel_requested());
            BOOST_TEST((op.Status() == row.status));
            BOOST_TEST(op.ErrorCode() == code);
            op.Close();
            op.Cancel();
        }
}

BOOST_AUTO_TEST_CASE(the_slot_is_cleared_before_completion_is_published) {
    for (const auto& row : endings)
        for (const auto& [cancelled, in_a_step] :
             {std::pair(false, true), std::pair(true, true), std::pair(false, false)})
            BOOST_TEST_CONTEXT(row.name << ", cancelled: " << cancelled
                                        << ", in a step: " << in_a_step) {
                asio::io_context context;
                played_operation played{context.get_executor()};
                const auto object = std::make_shared<int>();
                std::optional<AsyncStatus> seen;
                IAsyncAction op;
                struct witness {
                    std::shared_ptr<int> object;
                    IAsyncAction& op;
                    std::optional<AsyncStatus>& seen;
                    ~witness() {
                        if (op)
                            seen = op.Status();
                    }
                };
                std::optional<long> uses;
                op = played.start(use_async_info, [&, witness_ = std::make_shared<witness>(
                                                          object, op, seen)]() mutable {
                    played.place([w = std::move(witness_)](types) {});
                });
                if (in_a_step) // else nobody is to be told: the end takes a shorter way
                    op.Completed([&](auto&&, AsyncStatus) { uses = object.use_count(); });
                run(context);
                if (cancelled)
                    op.Cancel();
                if (in_a_step)
                    played.post([&] { row.end(played); });
                else
                    asio::post(context, [&] { row.end(played); });
                run(context);
                BOOST_REQUIRE(seen.has_value());
                BOOST_TEST(*seen == AsyncStatus::Started); // destroyed before
                BOOST_TEST(uses.value_or(1) == 1);
                BOOST_TEST(object.use_count() == 1);
            }
}

BOOST_AUTO_TEST_CASE(the_object_is_destroyed_by_whoever_sees_the_end) {
    // With the loop on another thread. Address sanitizer would see an emission.
    running_context context(2);
    for (int i = 0; i < 100; ++i) {
        auto near_end = std::make_unique<local::socket>(context);
        auto far_end = std::make_unique<local::socket>(context);
        connect_pair(*near_end, *far_end);
        auto bytes = std::make_unique<std::array<char, 2>>();
        auto timer = std::make_unique<asio::steady_timer>(asio::make_strand(context));
        auto read = asio::async_read(*near_end, asio::buffer(*bytes), use_async_info);
        auto wait = timer->async_wait(use_async_info);
        std::thread canceller([=] {
            while (read.Status() == AsyncStatus::Started)
                read.Cancel(asio::cancellation_type::total); // not enough to end it
            while (wait.Status() == AsyncStatus::Started)
                std::this_thread::yield();
            for (int n = 0; n < 10; ++n) {
                read.Cancel();
                wait.Cancel();
            }
        });
        asio::write(*far_end, asio::buffer("a", 1));
        asio::write(*far_end, asio::buffer("b", 1));
        while (read.Status() == AsyncStatus::Started)
            std::this_thread::yield();
        near_end.reset(); // while the canceller goes on
        bytes.reset();
        while (wait.Status() == AsyncStatus::Started)
            std::this_thread::yield();
        timer.reset();
        canceller.join();
        BOOST_TEST(read.Status() == AsyncStatus::Completed);
        BOOST_TEST(wait.Status() == AsyncStatus::Completed);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_after_completion_test
