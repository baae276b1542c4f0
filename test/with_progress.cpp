// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <filesystem>

namespace asyncinfo_test::with_progress_test {
namespace {

using transfer = IAsyncOperationWithProgress<std::size_t, transfer_progress>;

/// Hands out, and takes, three bytes a step.
struct slow_device {
    using executor_type = asio::io_context::executor_type;
    executor_type get_executor() const noexcept { return context->get_executor(); }

    template <typename Buffers, typename Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return start(asio::buffer_copy(buffers, asio::buffer(content), 3), token);
    }
    template <typename Buffers, typename Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return start(std::min<std::size_t>(asio::buffer_size(buffers), 3), token);
    }
    template <typename Buffers, typename Token>
    auto async_read_some_at(std::uint64_t offset, const Buffers& buffers, Token&& token) {
        return start(
            asio::buffer_copy(buffers, asio::buffer(content) + static_cast<std::size_t>(offset), 3),
            token);
    }
    template <typename Buffers, typename Token>
    auto async_write_some_at(std::uint64_t, const Buffers& buffers, Token&& token) {
        return start(std::min<std::size_t>(asio::buffer_size(buffers), 3), token);
    }

    struct initiation {
        slow_device* self;
        using executor_type = slow_device::executor_type;
        executor_type get_executor() const noexcept { return self->get_executor(); }

        template <typename Handler>
        void operator()(Handler handler, std::size_t n) const {
            asio::post(*self->context, asio::prepend(std::move(handler),
                                                     n == 0 ? asio::error::eof : error_code(), n));
        }
    };

    template <typename Token>
    auto start(std::size_t n, Token& token) {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(initiation{this}, token,
                                                                          n);
    }

    asio::io_context* context;
    std::string content = "the content";
};

/// An operation and all that is seen of it.
struct fixture {
    asio::io_context context;
    slow_device device{&context};
    std::string place = std::string(8, '\0');
    std::vector<std::uint64_t> seen;

    auto into_seen() {
        return [this](auto& sender, const transfer_progress& p) {
            BOOST_TEST((sender.progress() == p));
            seen.push_back(p.bytes);
        };
    }

    /// Reads 8 bytes, or from a place with only 5 left.
    auto read() {
        return [this](auto condition, auto token) {
            return asio::async_read(device, asio::buffer(place), condition, token);
        };
    }
    auto read_the_end() {
        return [this](auto condition, auto token) {
            return asio::async_read_at(device, 6, asio::buffer(place), condition, token);
        };
    }

    /// Reports 3, 6 and 8 of 8 bytes.
    void check(const transfer& op) {
        BOOST_TEST((op.progress() == transfer_progress{0, 8, {}}));
        op.Progress(into_seen());
        BOOST_TEST(op.get(context) == 8u);
        BOOST_TEST(seen == (std::vector<std::uint64_t>{3, 6, 8}), per_element());
        const auto last = op.progress().value();
        BOOST_TEST(last.bytes == 8u);
        BOOST_TEST(last.total.value() == 8u);
        BOOST_TEST(last.elapsed.count() > 0);
        BOOST_TEST(last.rate() > 0);
        BOOST_TEST(last.fraction() == 1);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(with_progress)

BOOST_FIXTURE_TEST_CASE(of_a_read, fixture) {
    check(asyncinfo::with_progress(8, read()));
    BOOST_TEST(place == "thetheth");
}

BOOST_FIXTURE_TEST_CASE(of_a_write, fixture) {
    check(asyncinfo::with_progress(8, [&](auto condition, auto token) {
        return asio::async_write(device, asio::buffer(place), condition, token);
    }));
}

BOOST_FIXTURE_TEST_CASE(of_a_read_at_a_place, fixture) {
    check(asyncinfo::with_progress(8, [&](auto condition, auto token) {
        return asio::async_read_at(device, 1, asio::buffer(place), condition, token);
    }));
    BOOST_TEST(place == "he conte");
}

BOOST_FIXTURE_TEST_CASE(of_a_write_at_a_place, fixture) {
    check(asyncinfo::with_progress(8, [&](auto condition, auto token) {
        return asio::async_write_at(device, 1, asio::buffer(place), condition, token);
    }));
}

// "as good as the one that is given": the transfer ends when that one says so.
BOOST_FIXTURE_TEST_CASE(with_a_condition_of_ones_own, fixture) {
    const transfer op = asyncinfo::with_progress(std::nullopt, asio::transfer_at_least(5), read());
    op.Progress(into_seen());
    BOOST_TEST(op.get(context) == 6u);
    BOOST_TEST(seen == (std::vector<std::uint64_t>{3, 6}), per_element());
    BOOST_TEST(!op.progress()->total);

    error_code given;
    const transfer other = asyncinfo::with_progress(
        8,
        [&](const error_code& error, std::size_t) {
            return given = error, std::size_t(error ? 0 : 3);
        },
        read_the_end());
    BOOST_CHECK_THROW(other.get(context), system_error);
    BOOST_TEST((given == asio::error::eof));
    BOOST_TEST(other.progress()->bytes == 5u);
}

// What the transfer is said to be is not what it is.
BOOST_FIXTURE_TEST_CASE(with_a_total_that_is_wrong, fixture) {
    for (const std::uint64_t total : {std::uint64_t(0), std::uint64_t(4), std::uint64_t(16)}) {
        const transfer op = asyncinfo::with_progress(total, read());
        BOOST_TEST(op.progress()->fraction() == (total == 0 ? 1 : 0));
        BOOST_TEST(op.get(context) == 8u);
        BOOST_TEST(op.progress()->bytes == 8u);
        BOOST_TEST(op.progress()->total.value() == total);
        BOOST_TEST(op.progress()->fraction() == (total == 16 ? 0.5 : 1));
    }
}

// "as many bytes as its result, partial ones included".
BOOST_FIXTURE_TEST_CASE(of_a_transfer_that_is_cut_short, fixture) {
    const transfer op = asyncinfo::with_progress(8, read_the_end());
    BOOST_TEST((op.wait_for(context, 1h) == AsyncStatus::Error));
    BOOST_TEST(std::get<1>(op.outcome()).value() == 5u);
    BOOST_TEST(op.progress()->bytes == 5u);
    BOOST_TEST(op.progress()->fraction() == 0.625);
}

BOOST_FIXTURE_TEST_CASE(of_a_transfer_that_is_abandoned, fixture) {
    auto dying = std::make_unique<asio::io_context>();
    device.context = dying.get();
    const transfer op = asyncinfo::with_progress(8, read());
    op.Progress([](auto&, auto&) { throw std::runtime_error("lost with the transfer"); });
    dying->run_one();
    dying.reset();
    BOOST_TEST((op.ErrorCode() == errc::abandoned));
    BOOST_TEST(op.progress()->bytes == 3u);
}

// "Binders and adapters may go around it", and the result is still the handle.
BOOST_FIXTURE_TEST_CASE(with_binders_around_the_token, fixture) {
    allocations counted; // which outlives what is on its way to `other`
    asio::io_context other;
    asio::cancellation_signal signal;
    const auto allocator = counting_allocator<char>(counted);
    int made = 0;
    {
        const transfer op = asyncinfo::with_progress(8, [&](auto condition, auto token) {
            return asio::async_read(
                device, asio::buffer(place), condition,
                asio::bind_executor(
                    other, asio::bind_allocator(
                               allocator, asio::bind_cancellation_slot(signal.slot(), token))));
        });
        made = counted.made;
        op.Progress(into_seen());
        context.run();
        BOOST_TEST(op.progress()->bytes == 0u);
        while (op.Status() == AsyncStatus::Started) {
            run_ready(context);
            run_ready(other);
        }
        BOOST_TEST(op.GetResults() == 8u);
        BOOST_TEST(seen.size() == 3u);
    }
    signal.slot().clear();
    BOOST_TEST(counted.alive == 0);

    // As many blocks as without progress: one, and what Asio needs.
    counted.made = 0;
    {
        const auto plain = asio::async_read(
            device, asio::buffer(place),
            asio::bind_executor(
                other, asio::bind_allocator(allocator, asio::bind_cancellation_slot(
                                                           signal.slot(), use_async_info))));
        BOOST_TEST(counted.made == made);
        signal.emit(asio::cancellation_type::all);
    }

    const auto canceled = asyncinfo::with_progress(8, [&](auto condition, auto token) {
        return asio::async_read(device, asio::buffer(place), condition,
                                asio::bind_cancellation_slot(signal.slot(), token));
    });
    signal.emit(asio::cancellation_type::all);
    run_again(context);
    BOOST_TEST(canceled.cancel_requested());
    BOOST_TEST(canceled.Status() == AsyncStatus::Canceled);
}

BOOST_FIXTURE_TEST_CASE(with_adapters_around_the_token, fixture) {
    using tuple = std::tuple<error_code, std::size_t>;
    const IAsyncOperationWithProgress<tuple, transfer_progress> op =
        asyncinfo::with_progress(8, [&](auto condition, auto token) {
            return asio::async_read(device, asio::buffer(place), condition, asio::as_tuple(token));
        });
    BOOST_TEST((op.get(context) == tuple(error_code(), 8)));
    BOOST_TEST(op.progress()->bytes == 8u);

    error_code error;
    const transfer redirected = asyncinfo::with_progress(8, [&](auto condition, auto token) {
        return asio::async_read_at(device, 6, asio::buffer(place), condition,
                                   asio::redirect_error(token, error));
    });
    BOOST_TEST(redirected.get(context) == 5u);
    BOOST_TEST((error == asio::error::eof));
    BOOST_TEST(redirected.progress()->bytes == 5u);

    // A name and a deadline, and the members of every handle.
    const auto late = asyncinfo::with_progress(8, [&](auto condition, auto token) {
        return asio::async_read(device, asio::buffer(place), condition,
                                token.named("late").cancel_after(0s));
    });
    run_again(context);
    BOOST_TEST((late.ErrorCode() == asio::error::timed_out));
    BOOST_TEST(late.name() == "late");
    BOOST_TEST((IAsyncInfo(late).try_as<transfer>() == late));
    BOOST_TEST(!IAsyncInfo(late).try_as<IAsyncOperation<std::size_t>>());
}

// "does not harm the transfer: it is thrown to the operation's executor when the operation ends".
BOOST_FIXTURE_TEST_CASE(with_a_handler_that_throws, fixture) {
    for (const bool last : {false, true}) {
        const transfer op = asyncinfo::with_progress(8, read());
        op.Progress([&](auto&, const transfer_progress& p) {
            if (!last || p.bytes == 8)
                throw std::runtime_error(std::to_string(p.bytes));
        });
        context.restart();
        BOOST_CHECK_EXCEPTION(context.run(), std::runtime_error,
                              [&](auto& e) { return e.what() == std::string(last ? "8" : "3"); });
        BOOST_TEST(op.GetResults() == 8u);
    }
}

// Called on the thread that is inside the operation, so it must not wait for it.
BOOST_FIXTURE_TEST_CASE(with_a_handler_that_waits, fixture) {
    const transfer op = asyncinfo::with_progress(8, read());
    std::vector<error_code> errors(1);
    op.Progress([&](auto& sender, auto&) { sender.get(errors.emplace_back()); });
    context.run();
    BOOST_TEST(errors.size() == 4u);
    BOOST_TEST((errors.back() == errc::would_deadlock));
}

// The condition may be copied and kept: by an operation that reads later, and by nobody at all.
BOOST_FIXTURE_TEST_CASE(of_an_operation_that_reads_later, fixture) {
    const transfer op = asyncinfo::with_progress(8, [&](auto condition, auto token) {
        const auto copy = condition;
        return asio::async_compose<decltype(token), void(error_code, std::size_t)>(
            [&, copy, posted = false](auto& self, error_code error = {},
                                      std::size_t n = 0) mutable {
                if (error || n != 0)
                    self.complete(error, n);
                else if (std::exchange(posted, true))
                    asio::async_read(device, asio::buffer(place), copy, std::move(self));
                else
                    asio::post(device.get_executor(), std::move(self));
            },
            token, device);
    });
    check(op);
}

BOOST_FIXTURE_TEST_CASE(it_is_for_one_operation, fixture) {
    transfer first;
    std::optional<std::size_t> kept;
    const auto start_two = [&](auto condition, auto token) {
        first = asio::async_read(device, asio::buffer(place), condition, token);
        auto copy = condition;
        kept = copy(error_code(), 0);
        return asio::async_read(device, asio::buffer(place), condition, token);
    };
    CHECK_THROWS_CODE(asyncinfo::with_progress(8, start_two), errc::illegal_method_call);
    BOOST_TEST(kept.value() > 0u);
    check(first);
}

// A call that throws starts nothing, and a condition that outlives it reports nothing.
BOOST_FIXTURE_TEST_CASE(or_for_none, fixture) {
    std::function<std::size_t(error_code, std::size_t)> kept;
    BOOST_CHECK_THROW((void)asyncinfo::with_progress(8,
                                                     [&](auto condition, auto) -> transfer {
                                                         kept = condition;
                                                         throw std::runtime_error("no");
                                                     }),
                      std::runtime_error);
    BOOST_TEST(kept(error_code(), 5) > 0u);
}

// Cancelled after each handler: the last progress is the partial result.
BOOST_AUTO_TEST_CASE(of_a_transfer_that_is_cancelled_midway) {
    int partial = 0;
    for (int handlers = 0; handlers != 3; ++handlers) {
        fixture f;
        f.place.resize(30);
        const transfer op = asyncinfo::with_progress(8, f.read());
        for (int n = 0; n != handlers; ++n)
            f.context.run_one();
        op.Cancel();
        f.context.run();
        BOOST_TEST(op.Status() == AsyncStatus::Canceled);
        const auto bytes = std::get<1>(op.outcome()).value();
        BOOST_TEST(op.progress()->bytes == bytes);
        partial += bytes > 0 && bytes < 30;
    }
    BOOST_TEST(partial == 3);
}

// On a socket, which says itself that it was cancelled.
BOOST_FIXTURE_TEST_CASE(of_a_socket_that_is_cancelled_midway, fixture) {
    local::socket near_end(context), far_end(context);
    connect_pair(near_end, far_end);
    const transfer op = asyncinfo::with_progress(8, [&](auto condition, auto token) {
        return asio::async_read(near_end, asio::buffer(place), condition, token);
    });
    op.Progress(into_seen());
    for (const auto* part : {"abc", "de"}) {
        asio::write(far_end, asio::buffer(part, std::char_traits<char>::length(part)));
        context.run_one();
    }
    BOOST_TEST(seen == (std::vector<std::uint64_t>{3, 5}), per_element());
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    op.Cancel();
    context.run();
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 5u);
    BOOST_TEST(op.progress()->bytes == 5u);
    BOOST_TEST(seen.size() == 2u); // never told twice
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::with_progress_test
