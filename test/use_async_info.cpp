// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::use_async_info_test {
namespace {

constexpr auto& token = asyncinfo::use_async_info;

// A token is a value without state.
static_assert(std::is_empty_v<use_async_info_t>);
static_assert(std::is_nothrow_default_constructible_v<use_async_info_t>);
static_assert(std::is_trivially_copyable_v<use_async_info_t>);

} // namespace

// A suite is a namespace: not one beside the name that it is about.
BOOST_AUTO_TEST_SUITE(use_async_info)

using asyncinfo::use_async_info;

// §1: "An Asio asynchronous operation started with the completion token use_async_info runs at
// once (hot start) and returns a handle to it."
BOOST_AUTO_TEST_CASE(it_starts_asios_operations) {
    asio::io_context context;
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    tcp::socket client(context);

    const IAsyncOperation<tcp::socket> accept = acceptor.async_accept(token);
    const IAsyncAction connect = client.async_connect(acceptor.local_endpoint(), token);
    connect.get(context);
    auto server = accept.get(context);

    std::string received(5, '\0');
    const IAsyncOperation<std::size_t> read =
        asio::async_read(server, asio::buffer(received), token);
    const IAsyncOperation<std::size_t> write =
        asio::async_write(client, asio::buffer("hello", 5), token);
    BOOST_TEST(read.get(context) == 5u);
    BOOST_TEST(write.get(context) == 5u);
    BOOST_TEST(received == "hello");

    const IAsyncAction posted = asio::post(context, token);
    BOOST_TEST(posted.Status() == AsyncStatus::Started);
    context.run();
    BOOST_TEST(posted.Status() == AsyncStatus::Completed);
}

// A token may be an lvalue, const, or made on the spot.
BOOST_AUTO_TEST_CASE(it_can_be_given_in_any_form) {
    asio::io_context context;
    use_async_info_t variable;
    const use_async_info_t constant;
    const IAsyncAction all[] = {
        asio::post(context, variable),
        asio::post(context, constant),
        asio::post(context, use_async_info_t()),
        asio::post(context, std::move(variable)),
    };
    context.run();
    for (const auto& each : all)
        BOOST_TEST(each.Status() == AsyncStatus::Completed);
}

// §7: "use_async_info.as_default_on(object) makes it an I/O object's default token."
BOOST_AUTO_TEST_CASE(it_can_be_an_io_objects_default) {
    asio::io_context context;
    auto timer = token.as_default_on(asio::steady_timer(context));
    timer.expires_after(1ms);
    const IAsyncAction wait = timer.async_wait();
    wait.get(context);
    BOOST_TEST(wait.Status() == AsyncStatus::Completed);

    auto acceptor =
        token.as_default_on(tcp::acceptor(context, {asio::ip::address_v4::loopback(), 0}));
    auto client = token.as_default_on(tcp::socket(context));
    const IAsyncAction connect = client.async_connect(acceptor.local_endpoint());
    auto server = acceptor.accept();
    connect.get(context);
    asio::write(server, asio::buffer("hello", 5));
    std::string received(5, '\0');
    const IAsyncOperation<std::size_t> read = asio::async_read(client, asio::buffer(received));
    BOOST_TEST(read.get(context) == 5u);
    BOOST_TEST(received == "hello");

    // The type can be named, for members; another token can still be given.
    using timer_type = use_async_info_t::as_default_on_t<asio::steady_timer>;
    static_assert(std::is_same_v<decltype(timer), timer_type>);
    timer_type own(context);
    own.expires_at(timer_type::time_point::max());
    const auto canceled = own.async_wait(asio::as_tuple(token));
    canceled.Cancel();
    BOOST_TEST((canceled.wait_for(context, 24h) == AsyncStatus::Canceled));
}

BOOST_AUTO_TEST_CASE(it_can_be_the_default_on_a_strand) {
    asio::io_context context;
    using strand = asio::strand<asio::io_context::executor_type>;
    auto timer = token.as_default_on(timer_on<strand>(asio::make_strand(context)));
    timer.expires_after(1ms);
    const IAsyncAction wait = timer.async_wait();
    wait.get(context);
    BOOST_TEST(wait.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::use_async_info_test
