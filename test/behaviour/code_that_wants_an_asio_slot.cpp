// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.3 for code that insists on `asio::cancellation_slot` as the slot's type: it is sticky there,
/// too, and empty at the end.
namespace asyncinfo_test::code_that_wants_an_asio_slot_test {
namespace {

/// An operation in pieces, with the slot type that it was written for.
struct insisting {
    asio::io_context context;
    asio::cancellation_slot slot;
    std::function<void(std::function<void()>)> post;
    std::function<void()> complete;
    std::string log;

    IAsyncAction op = asio::async_initiate<decltype((use_async_info)), void(error_code)>(
        [this](auto handler) {
            slot = asio::get_associated_cancellation_slot(handler);
            auto steps = asio::get_associated_executor(handler, context.get_executor());
            post = [steps](std::function<void()> step) { asio::post(steps, std::move(step)); };
            auto held = std::make_shared<decltype(handler)>(std::move(handler));
            complete = [held] { std::move (*held)(error_code()); };
        },
        use_async_info);

    void place(char name) {
        slot.assign([this, name](asio::cancellation_type_t type) {
            log += name;
            log += type == asio::cancellation_type::all ? '*' : ' ';
        });
    }

    void step(std::function<void()> body) {
        post(std::move(body));
        run();
    }

    void run() { run_ready(context); }

    void end() {
        step([this] {
            auto last = std::exchange(complete, nullptr);
            post = nullptr;
            slot = {};
            last();
        });
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(code_that_wants_an_asio_slot)

BOOST_FIXTURE_TEST_CASE(finds_a_connected_one, insisting) {
    BOOST_TEST(slot.is_connected());
    BOOST_TEST(!slot.has_handler());
    end();
}

BOOST_FIXTURE_TEST_CASE(hears_nothing_before_there_is_a_request, insisting) {
    step([this] { place('a'); });
    step([] {});
    BOOST_TEST(log == "");
    end();
    BOOST_TEST(log == "");
}

BOOST_FIXTURE_TEST_CASE(hears_of_a_request_once_without_further_steps, insisting) {
    step([this] { place('a'); });
    op.Cancel();
    run();
    BOOST_TEST(log == "a*");
    end();
}

#if defined(ASYNCINFO_USE_ASIO_INTERNALS)
BOOST_FIXTURE_TEST_CASE(hears_of_a_request_once_with_further_steps, insisting) {
    step([this] { place('a'); });
    op.Cancel();
    run();
    step([] {});
    op.Cancel();
    step([] {});
    BOOST_TEST(log == "a*");
    end();
}
#endif

BOOST_FIXTURE_TEST_CASE(hears_of_an_earlier_request, insisting) {
    op.Cancel();
    run();
    step([this] { place('a'); });
    BOOST_TEST(log == "a*");
    step([this] {
        log.clear();
        place('b');
    });
    BOOST_TEST(log == "b*");
    end();
}

BOOST_FIXTURE_TEST_CASE(hears_of_a_request_that_grows, insisting) {
    step([this] { place('a'); });
    op.Cancel(asio::cancellation_type::total);
    run();
    op.Cancel();
    run();
    BOOST_TEST(log == "a a*");
    end();
}

BOOST_AUTO_TEST_CASE(leaves_nothing_behind) {
    const auto object = std::make_shared<int>();
    insisting i;
    i.step([&] { i.slot.assign([object](asio::cancellation_type_t) {}); });
    BOOST_TEST(object.use_count() == 2);
    long uses = 0;
    i.op.Completed([&](auto&&, AsyncStatus) { uses = object.use_count(); });
    i.end();
    BOOST_TEST(uses == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::code_that_wants_an_asio_slot_test
