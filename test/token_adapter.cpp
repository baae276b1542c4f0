// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#if defined(ASYNCINFO_HAS_CANCEL_AFTER)
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/cancel_at.hpp>
#endif

namespace asyncinfo_test::token_adapter_test {

/// An adapter of somebody else's: it counts what it starts.
template <typename Token>
struct counted_t {
    Token token;
    int* count;
};

template <typename Token>
counted_t<std::decay_t<Token>> counted(Token&& token, int& count) {
    return {std::forward<Token>(token), &count};
}

} // namespace asyncinfo_test::token_adapter_test

template <typename Token, typename... Signatures>
struct boost::asio::async_result<asyncinfo_test::token_adapter_test::counted_t<Token>,
                                 Signatures...> {
    using return_type = typename boost::asio::async_result<Token, Signatures...>::return_type;

    template <typename Initiation, typename Adapter, typename... Args>
    static return_type initiate(Initiation&& initiation, Adapter&& adapter, Args&&... args) {
        ++*adapter.count;
        return boost::asio::async_initiate<Token, Signatures...>(
            std::forward<Initiation>(initiation), adapter.token, std::forward<Args>(args)...);
    }
};

template <typename Token>
struct asyncinfo::token_adapter<asyncinfo_test::token_adapter_test::counted_t<Token>> {
    using inner_type = Token;

    template <typename Adapter>
    static auto&& inner(Adapter&& adapter) {
        return std::forward<Adapter>(adapter).token;
    }
    template <typename Inner>
    static auto rewrap(const asyncinfo_test::token_adapter_test::counted_t<Token>& adapter,
                       Inner inner) {
        return asyncinfo_test::token_adapter_test::counted_t<Inner>{std::move(inner),
                                                                    adapter.count};
    }
};

namespace asyncinfo_test::token_adapter_test {

BOOST_AUTO_TEST_SUITE(token_adapter)

BOOST_AUTO_TEST_CASE(a_binder_around_a_known_adapter_binds_the_operation) {
    asio::io_context io;
    asio::io_context other;
    asio::steady_timer timer(io, asio::steady_timer::duration::zero());
    int count = 0;
    const auto token = asio::bind_executor(other, counted(use_async_info, count));
    IAsyncAction op = timer.async_wait(token);
    BOOST_TEST(count == 1);
    BOOST_TEST((op.get_executor() == other.get_executor()));
    io.run();
    BOOST_TEST((op.Status() == AsyncStatus::Started));
    other.run();
    BOOST_TEST((op.Status() == AsyncStatus::Completed));
}

BOOST_AUTO_TEST_CASE(adapters_lie_in_each_other) {
    asio::io_context io;
    asio::steady_timer timer(io, asio::steady_timer::duration::zero());
    int count = 0;
    const auto strand = asio::make_strand(io);
    auto op = timer.async_wait(asio::bind_executor(
        strand, asio::as_tuple(counted(asio::append(use_async_info, 7), count))));
    BOOST_TEST(count == 1);
    BOOST_TEST((op.get_executor() == strand));
    io.run();
    BOOST_TEST(std::get<1>(op.GetResults()) == 7);
}

// Their members are Asio's own: a version that names them otherwise shows here.
BOOST_AUTO_TEST_CASE(adapters_of_asio_are_known) {
    using token = use_async_info_t;
    BOOST_TEST(asyncinfo::is_token_adapter<asio::as_tuple_t<token>>);
    BOOST_TEST(asyncinfo::is_token_adapter<asio::redirect_error_t<token>>);
    BOOST_TEST((asyncinfo::is_token_adapter<asio::append_t<token, int>>));
    BOOST_TEST((asyncinfo::is_token_adapter<asio::prepend_t<token, int>>));
    BOOST_TEST((asyncinfo::is_token_adapter<asio::consign_t<token, int>>));
#if defined(ASYNCINFO_HAS_CANCEL_AFTER)
    asio::io_context io;
    asio::steady_timer timer(io);
    const auto known = []<typename Adapter>(const Adapter&) {
        return asyncinfo::is_token_adapter<Adapter>;
    };
    const std::chrono::seconds duration(1);
    const auto time = asio::steady_timer::clock_type::now();
    BOOST_TEST(known(asio::cancel_after(duration, token())));
    BOOST_TEST(known(asio::cancel_after(timer, duration, token())));
    BOOST_TEST(known(asio::cancel_at(time, token())));
    BOOST_TEST(known(asio::cancel_at(timer, time, token())));
#endif
    BOOST_TEST(!asyncinfo::is_token_adapter<token>);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::token_adapter_test
