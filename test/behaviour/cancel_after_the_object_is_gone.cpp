// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.7: destroying the I/O object and then calling Cancel on the same single thread is safe,
/// though the handler that was aborted has not run yet. Address sanitizer sees if it is not.
namespace asyncinfo_test::cancel_after_the_object_is_gone_test {
namespace {

struct contexts {
    asio::io_context own;
    asio::io_context other; ///< that a handler may be bound to
};

struct executor_row {
    const char* name;
    std::function<asio::any_io_executor(contexts&)> get;
};

const executor_row executors[] = {
    {"io_context", [](contexts& c) { return c.own.get_executor(); }},
    {"strand", [](contexts& c) { return asio::make_strand(c.own); }},
    {"strand of any_io_executor",
     [](contexts& c) { return asio::make_strand(asio::any_io_executor(c.own.get_executor())); }},
    {"strand of a strand",
     [](contexts& c) { return asio::make_strand(asio::make_strand(c.own.get_executor())); }},
};

/// Starts an operation on an object of its own.
struct started {
    IAsyncInfo op;
    std::shared_ptr<void> object;
};

template <typename Token>
started start(bool socket, const asio::any_io_executor& executor, Token token) {
    if (!socket) {
        auto timer = std::make_shared<asio::steady_timer>(executor, 1h);
        return {timer->async_wait(token), timer};
    }
    struct sockets {
        local::socket far_end, near_end; // which is closed first: it is not to see the other's end
        std::array<char, 8> bytes;
    };
    auto both =
        std::make_shared<sockets>(sockets{local::socket(executor), local::socket(executor), {}});
    connect_pair(both->near_end, both->far_end);
    return {both->near_end.async_read_some(asio::buffer(both->bytes), token), both};
}

struct token_row {
    const char* name;
    std::function<started(bool socket, const asio::any_io_executor&, contexts&)> start;
};

const token_row tokens[] = {
    {"plain", [](bool socket, auto& ex, contexts&) { return start(socket, ex, use_async_info); }},
    {"as_tuple", [](bool socket, auto& ex,
                    contexts&) { return start(socket, ex, asio::as_tuple(use_async_info)); }},
    {"bound to a strand",
     [](bool socket, auto& ex, contexts& c) {
         return start(socket, ex, asio::bind_executor(asio::make_strand(c.own), use_async_info));
     }},
    {"bound to another context",
     [](bool socket, auto& ex, contexts& c) {
         return start(socket, ex, asio::bind_executor(c.other, use_async_info));
     }},
};

template <typename Body>
void for_each_combination(Body body) {
#if defined(_WIN32)
    // ERROR_HANDLES_CLOSED, which Wine says where Windows says ERROR_OPERATION_ABORTED.
    asyncinfo::treat_as_canceled({676, boost::system::system_category()});
#endif
    for (const auto& token : tokens)
        for (const auto& executor : executors)
            for (const bool socket : {false, true})
                BOOST_TEST_CONTEXT((socket ? "socket" : "timer")
                                   << " on " << executor.name << ", token " << token.name) {
                    contexts c;
                    auto s = token.start(socket, executor.get(c), c);
                    c.own.poll();
                    body(c, s);
                }
}

/// On this thread, in an order that favours the request.
void run(contexts& c) {
    for (int i = 0; i < 20; ++i) {
        run_ready(c.other);
        c.own.restart();
        c.own.poll_one();
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_after_the_object_is_gone)

BOOST_AUTO_TEST_CASE(destroyed_then_cancelled) {
    for_each_combination([](contexts& c, started& s) {
        s.object.reset();
        s.op.Cancel();
        run(c);
        BOOST_TEST(s.op.Status() == AsyncStatus::Canceled);
    });
}

BOOST_AUTO_TEST_CASE(destroyed_then_cancelled_from_within_the_loop) {
    for_each_combination([](contexts& c, started& s) {
        asio::post(c.own, [&] {
            s.object.reset();
            s.op.Cancel();
        });
        run(c);
        BOOST_TEST(s.op.Status() == AsyncStatus::Canceled);
    });
}

BOOST_AUTO_TEST_CASE(cancelled_twice_around_the_destruction) {
    for_each_combination([](contexts& c, started& s) {
        s.op.Cancel(asio::cancellation_type::total);
        run(c);
        s.object.reset();
        s.op.Cancel();
        s.op.Cancel();
        run(c);
        BOOST_TEST(s.op.Status() == AsyncStatus::Canceled);
    });
}

BOOST_AUTO_TEST_CASE(ended_then_destroyed_then_cancelled) {
    for_each_combination([](contexts& c, started& s) {
        s.op.Cancel();
        run(c);
        BOOST_TEST(s.op.Status() == AsyncStatus::Canceled);
        s.object.reset();
        s.op.Cancel();
        run(c);
    });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_after_the_object_is_gone_test
