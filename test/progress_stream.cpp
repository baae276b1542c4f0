// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>

namespace asyncinfo_test::progress_stream_test {
namespace {

namespace beast = boost::beast;
using socket = conversation::socket;
using stream = asyncinfo::progress_stream<socket>;

static_assert(beast::is_async_stream<stream>::value);
static_assert(beast::is_sync_stream<stream>::value);
static_assert(std::is_same_v<stream::lowest_layer_type, socket::lowest_layer_type>);
static_assert(std::is_same_v<beast::lowest_layer_type<stream>, socket>);
static_assert(std::is_nothrow_move_constructible_v<stream> ==
              std::is_nothrow_move_constructible_v<socket>);

// Over a stream that has no lowest layer itself.
static_assert(std::is_same_v<asyncinfo::progress_stream<beast::tcp_stream>::lowest_layer_type,
                             beast::tcp_stream>);

/// A stream that counts, and its peer.
struct fixture : conversation {
    stream counted{std::move(near_end)};
    std::string place = std::string(8, '\0');
    std::vector<std::uint64_t> seen;

    auto into_seen() {
        return [this](auto&, const transfer_progress& p) { seen.push_back(p.bytes); };
    }
    void say(const std::string& words) { asio::write(far_end, asio::buffer(words)); }
    std::string hear(std::size_t n) {
        std::string words(n, '\0');
        asio::read(far_end, asio::buffer(words));
        return words;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(progress_stream)

BOOST_FIXTURE_TEST_CASE(it_counts_what_passes, fixture) {
    say("hello");
    error_code error;
    BOOST_TEST(counted.read_some(asio::buffer(place, 1)) == 1u);
    BOOST_TEST(counted.read_some(asio::buffer(place, 1), error) == 1u);
    BOOST_TEST(counted.bytes_read() == 2u);
    BOOST_TEST(counted.write_some(asio::buffer("ab", 2)) == 2u);
    BOOST_TEST(counted.write_some(asio::buffer("c", 1), error) == 1u);
    BOOST_TEST(counted.bytes_written() == 3u);
    BOOST_TEST(counted.async_read_some(asio::buffer(place), use_async_info).get(context) == 3u);
    BOOST_TEST(asio::async_write(counted, asio::buffer("defg", 4), use_async_info).get(context) ==
               4u);
    BOOST_TEST(counted.bytes_read() == 5u);
    BOOST_TEST(counted.bytes_written() == 7u);
    BOOST_TEST(hear(7) == "abcdefg");
    far_end.close();
    BOOST_CHECK_THROW(counted.read_some(asio::buffer(place)), system_error);
    counted.read_some(asio::buffer(place), error);
    BOOST_TEST((error == asio::error::eof));
    BOOST_TEST(counted.bytes_read() == 5u);
}

BOOST_FIXTURE_TEST_CASE(it_has_a_progress_of_its_own, fixture) {
    BOOST_TEST(counted.progress().bytes == 0u);
    say("hello");
    counted.write_some(asio::buffer("abc", 3));
    counted.read_some(asio::buffer(place));
    BOOST_TEST(counted.progress().bytes == 8u);
    BOOST_TEST(counted.progress().elapsed.count() > 0);
    BOOST_TEST(!counted.progress().total);
    counted.start(2);
    BOOST_TEST(counted.progress().bytes == 0u);
    BOOST_TEST(counted.progress().total.value() == 2u);
    counted.write_some(asio::buffer("abc", 3));
    BOOST_TEST(counted.progress().bytes == 3u);
    BOOST_TEST(counted.progress().fraction() == 1);
    counted.start();
    BOOST_TEST(!counted.progress().total);
    BOOST_TEST(counted.bytes_read() == 5u);
    BOOST_TEST(counted.bytes_written() == 6u);
}

BOOST_FIXTURE_TEST_CASE(it_gives_the_layers, fixture) {
    BOOST_TEST((counted.get_executor() == context.get_executor()));
    BOOST_TEST(counted.next_layer().is_open());
    counted.lowest_layer().close();
    BOOST_TEST(!std::as_const(counted).next_layer().is_open());
    BOOST_TEST(!std::as_const(counted).lowest_layer().is_open());
    asyncinfo::progress_stream<socket&> around(far_end);
    BOOST_TEST(&around.next_layer() == &far_end);
    stream moved = std::move(counted);
    BOOST_TEST(moved.bytes_read() == 0u);
}

// "keeps the handler's executor, allocator and slot", and "allocates nothing more".
BOOST_FIXTURE_TEST_CASE(it_keeps_what_is_associated_with_the_handler, fixture) {
    asio::io_context other;
    allocations bare, wrapped;
    asio::cancellation_signal signal;
    const auto read = [&](auto& from, allocations& counts) {
        bool here = false;
        error_code ended;
        from.async_read_some(
            asio::buffer(place),
            asio::bind_executor(
                other,
                asio::bind_allocator(
                    counting_allocator<char>(counts),
                    asio::bind_cancellation_slot(signal.slot(), [&](error_code error, std::size_t) {
                        ended = error;
                        here = other.get_executor().running_in_this_thread();
                    }))));
        signal.emit(asio::cancellation_type::total);
        run_again(context);
        run_again(other);
        BOOST_TEST(here);
        BOOST_TEST((ended == asio::error::operation_aborted));
        BOOST_TEST(counts.alive == 0);
    };
    read(counted.next_layer(), bare);
    read(counted, wrapped);
    BOOST_TEST(bare.made == wrapped.made);
    BOOST_TEST(wrapped.made > 0);
}

// An operation that has no completion condition.
BOOST_FIXTURE_TEST_CASE(it_tells_an_operation_of_its_progress, fixture) {
    std::string line;
    const IAsyncOperationWithProgress<std::size_t, transfer_progress> op =
        asyncinfo::with_progress(counted, 10, [&](auto token) {
            return asio::async_read_until(counted, asio::dynamic_buffer(line), '\n', token);
        });
    BOOST_TEST((op.progress() == transfer_progress{0, 10, {}}));
    op.Progress(into_seen());
    for (const auto* words : {"abc", "de", "\nmore"}) {
        say(words);
        context.run_one();
    }
    BOOST_TEST(op.get(context) == 6u);
    BOOST_TEST(seen == (std::vector<std::uint64_t>{3, 5, 10}), per_element());
    BOOST_TEST(op.progress()->bytes == 10u);
    BOOST_TEST(op.progress()->fraction() == 1);
}

// "The handle type follows the operation's signature".
BOOST_FIXTURE_TEST_CASE(it_tells_an_action_of_its_progress, fixture) {
    const IAsyncActionWithProgress<transfer_progress> op =
        asyncinfo::with_progress(counted, [&](auto token) {
            return asio::async_compose<decltype(token), void(error_code)>(
                [&, step = 0](auto& self, error_code error = {}, std::size_t = 0) mutable {
                    if (error || step == 2)
                        self.complete(error);
                    else if (step++ == 0)
                        counted.async_write_some(asio::buffer("abc", 3), std::move(self));
                    else
                        counted.async_read_some(asio::buffer(place), std::move(self));
                },
                token, counted);
        });
    op.Progress(into_seen());
    say("hello");
    op.get(context);
    BOOST_TEST(seen == (std::vector<std::uint64_t>{3, 8}), per_element());
}

// One that goes the one way while another goes the other way.
BOOST_FIXTURE_TEST_CASE(it_tells_what_goes_one_way, fixture) {
    counted.write_some(asio::buffer("ab", 2)); // before them: they do not count it
    const auto read =
        asyncinfo::with_progress(counted, std::nullopt, traffic::read, [&](auto token) {
            return asio::async_read(counted, asio::buffer(place), token);
        });
    const auto write =
        asyncinfo::with_progress(counted, std::nullopt, traffic::written, [&](auto token) {
            return asio::async_write(counted, asio::buffer("abc", 3), token);
        });
    const auto both = asyncinfo::with_progress(counted, std::nullopt, [&](auto token) {
        return counted.next_layer().async_wait(socket::wait_error, token);
    });
    std::vector<std::uint64_t> told;
    read.Progress(into_seen());
    both.Progress([&](auto&, const transfer_progress& p) { told.push_back(p.bytes); });
    write.get(context);
    say("01234567");
    read.get(context);
    BOOST_TEST(write.progress()->bytes == 3u);
    BOOST_TEST(read.progress()->bytes == 8u);
    BOOST_TEST(seen == (std::vector<std::uint64_t>{8}), per_element());
    BOOST_TEST(told == (std::vector<std::uint64_t>{3, 11}), per_element());
#if defined(_WIN32) // By a slot, Asio takes it out of another queue than the one it put it in.
    counted.next_layer().cancel();
#else
    both.Cancel();
#endif
    run_again(context);
    BOOST_TEST(both.Status() == AsyncStatus::Canceled);
    // Nobody is told any more.
    counted.write_some(asio::buffer("abc", 3));
    BOOST_TEST(both.progress()->bytes == 11u);
    BOOST_TEST(told.size() == 2u);
}

// Where the operation's handler is out of sight.
BOOST_FIXTURE_TEST_CASE(it_tells_a_coroutine_of_its_progress, fixture) {
    const IAsyncActionWithProgress<transfer_progress> op =
        asyncinfo::with_progress(counted, 6, [&](auto token) {
            return asio::co_spawn(
                context,
                [](fixture& f) -> asio::awaitable<void> {
                    co_await asio::async_read(f.counted, asio::buffer(f.place, 6), asio::deferred);
                }(*this),
                token);
        });
    op.Progress(into_seen());
    say("abcdef");
    op.get(context);
    BOOST_TEST(seen == (std::vector<std::uint64_t>{6}), per_element());
}

// Cancelled midway: the last progress is the partial result.
BOOST_FIXTURE_TEST_CASE(it_tells_how_far_a_cancelled_operation_came, fixture) {
    const auto op = asyncinfo::with_progress(counted, 8, [&](auto token) {
        return asio::async_read(counted, asio::buffer(place), token);
    });
    say("abc");
    context.run_one();
    op.Cancel();
    context.run();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 3u);
    BOOST_TEST(op.progress()->bytes == 3u);
    BOOST_TEST(op.progress()->fraction() == 0.375);
}

// What a Progress handler throws is thrown at the end, and harms neither operation.
BOOST_FIXTURE_TEST_CASE(its_progress_handler_may_throw, fixture) {
    const auto waiting = asyncinfo::with_progress(counted, [&](auto token) {
        return counted.next_layer().async_wait(socket::wait_read, token);
    });
    waiting.Progress([](auto&, auto&) { throw 1; });
    BOOST_TEST(counted.write_some(asio::buffer("abc", 3)) == 3u);
    waiting.Cancel();
    BOOST_CHECK_EXCEPTION(context.run(), int, [](int i) { return i == 1; });
    BOOST_TEST(waiting.Status() == AsyncStatus::Canceled);
}

// The handle may be dropped, and the operation ended, by the handler that is told.
BOOST_FIXTURE_TEST_CASE(its_operation_may_go_while_it_is_told, fixture) {
    std::optional<asyncinfo::async_source<>> source(std::in_place);
    allocations blocks; // which are not recycled: a sanitizer sees what is gone
    auto op = asyncinfo::with_progress(counted, [&](auto token) {
        return source->operation()(asio::bind_executor(
            context, asio::bind_allocator(counting_allocator<char>(blocks), token)));
    });
    op.Progress([&](auto&, auto& p) {
        seen.push_back(p.bytes);
        op = nullptr;
        source.reset();
        context.poll();
    });
    counted.write_some(asio::buffer("abc", 3));
    run_again(context);
    counted.write_some(asio::buffer("abc", 3));
    BOOST_TEST(seen.front() == 3u);
}

// An operation that has ended, and whose memory is gone, is told nothing; the others are.
BOOST_FIXTURE_TEST_CASE(its_operations_may_go_before_it, fixture) {
    allocations counts;
    std::vector<IAsyncActionWithProgress<transfer_progress>> waiting;
    for (int i = 0; i != 3; ++i)
        waiting.push_back(asyncinfo::with_progress(counted, [&](auto token) {
            return counted.next_layer().async_wait(
                socket::wait_read, asio::bind_allocator(counting_allocator<char>(counts), token));
        }));
    const int one = counts.alive / 3;
    for (const std::size_t gone : {1u, 1u, 0u}) { // the one between, the last, the first
        waiting[gone].Cancel();
        run_ready(context);
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(gone));
        BOOST_TEST(counts.alive == one * static_cast<int>(waiting.size()));
        counted.write_some(asio::buffer("abc", 3));
        for (const auto& op : waiting)
            BOOST_TEST(op.progress()->bytes == counted.bytes_written());
    }
}

// The stream may go before its operations have ended.
BOOST_FIXTURE_TEST_CASE(it_may_be_destroyed_first, fixture) {
    for (const bool arrived : {false, true}) {
        asio::io_context other;
        socket one(context), two(context);
        connect_pair(one, two);
        auto going = std::make_unique<stream>(std::move(one)); // its memory goes, too
        const auto op = asyncinfo::with_progress(*going, [&](auto token) {
            return going->async_read_some(asio::buffer(place), asio::bind_executor(other, token));
        });
        if (arrived) {
            asio::write(two, asio::buffer("abc", 3));
            context.restart();
            context.run(); // the bytes have come, and the handler is on its way
        }
        going.reset();
        run_again(context);
        other.run();
        BOOST_TEST(std::get<1>(op.outcome()).value() == (arrived ? 3u : 0u));
        BOOST_TEST(op.progress()->bytes == (arrived ? 3u : 0u));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::progress_stream_test
