// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <cstdlib>

/// §4.1, §4.2, §5: 100 000 composed operations, or what `race_rounds` leaves of them, on a pool of
/// four threads, without a strand, cancelled from other threads at random times: each ends exactly
/// once, and every byte that went into a socket pair comes out of it once and in order, partial
/// results of cancelled operations included.
namespace asyncinfo_test::stress_pool_cancel_test {
namespace {

using socket = local::socket;
using operation = IAsyncOperation<std::size_t>;

constexpr std::size_t pairs = 8;
const auto operations_of_a_side = race_rounds<std::size_t>(6'250);
const std::size_t operations = operations_of_a_side * pairs * 2;
constexpr std::size_t longest = 4096;
constexpr std::size_t longest_write = longest / 4; // so that reads often have to wait

/// What goes through each pair, at which place.
constexpr unsigned char byte_at(std::uint64_t place) {
    return static_cast<unsigned char>(place * 31 + (place >> 8) * 7);
}

/// One end of a socket pair, on which one operation follows the other.
class side {
public:
    side(asio::thread_pool& pool, std::size_t longest_operation, unsigned seed)
        : socket_(pool), random_(seed), lengths_(1, longest_operation) {}
    virtual ~side() = default;

    void start() {
        asio::post(socket_.get_executor(), [this] { next(); });
    }

    /// From any thread.
    void cancel(asio::cancellation_type_t types) {
        std::optional<operation> current;
        {
            const std::lock_guard guard(mutex_);
            current = current_;
        }
        if (current)
            current->Cancel(types);
    }

    bool done() const { return ended_ == operations_of_a_side; }

    socket socket_;
    std::uint64_t bytes_ = 0;
    std::size_t completed_ = 0;
    std::size_t canceled_ = 0;
    std::size_t partial_ = 0;
    std::size_t failures_ = 0;

protected:
    virtual operation begin(std::size_t length) = 0;
    virtual void arrived(std::size_t length) = 0;

    std::array<unsigned char, longest> buffer_{};

private:
    void next() {
        length_ = lengths_(random_);
        calls_ = 0;
        const operation started = begin(length_);
        {
            const std::lock_guard guard(mutex_);
            current_ = started;
        }
        // Races with the end: called here and now, or by the thread that ends it.
        started.Completed(
            [this](const operation& sender, AsyncStatus status) { ended(sender, status); });
    }

    void ended(const operation& sender, AsyncStatus status) {
        const auto [error, length] = sender.outcome();
        failures_ += ++calls_ != 1 || sender.Status() != status || !length || *length > length_;
        if (status == AsyncStatus::Completed) {
            ++completed_;
            failures_ += error.failed() || *length != length_;
        } else {
            ++canceled_;
            partial_ += *length != 0;
            failures_ += status != AsyncStatus::Canceled || error != asio::error::operation_aborted;
        }
        arrived(*length);
        bytes_ += *length;
        // Posted, since `next` may be what called this.
        if (ended_.fetch_add(1) + 1 != operations_of_a_side)
            start();
    }

    std::mt19937 random_;
    std::uniform_int_distribution<std::size_t> lengths_;
    std::mutex mutex_;
    std::optional<operation> current_;
    std::size_t length_ = 0;
    int calls_ = 0;
    std::atomic<std::size_t> ended_{0};
};

struct writer final : side {
    using side::side;

    operation begin(std::size_t length) override {
        for (std::size_t i = 0; i < length; ++i)
            buffer_[i] = byte_at(bytes_ + i);
        return asio::async_write(socket_, asio::buffer(buffer_, length), use_async_info);
    }
    void arrived(std::size_t) override {}
};

struct reader final : side {
    using side::side;

    operation begin(std::size_t length) override {
        return asio::async_read(socket_, asio::buffer(buffer_, length), use_async_info);
    }
    void arrived(std::size_t length) override {
        for (std::size_t i = 0; i < length; ++i)
            failures_ += buffer_[i] != byte_at(bytes_ + i);
    }

    /// What is left in the socket when all operations have ended.
    void drain() {
        socket_.non_blocking(true);
        for (;;) {
            error_code error;
            const auto length = socket_.read_some(asio::buffer(buffer_), error);
            if (error)
                return;
            arrived(length);
            bytes_ += length;
        }
    }
};

/// Cancels operations at random until all have ended.
void disturb(const std::vector<side*>& sides, unsigned seed) {
    using asio::cancellation_type;
    std::mt19937 random(seed);
    while (!std::all_of(sides.begin(), sides.end(), [](side* s) { return s->done(); })) {
        constexpr cancellation_type types[] = {cancellation_type::all, cancellation_type::terminal,
                                               cancellation_type::partial,
                                               cancellation_type::terminal};
        sides[random() % sides.size()]->cancel(types[random() % std::size(types)]);
        if (random() % 4 == 0)
            std::this_thread::yield();
    }
}

unsigned new_seed() {
    const char* given = std::getenv("ASYNCINFO_TEST_SEED");
    return given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
}

} // namespace

BOOST_AUTO_TEST_SUITE(stress_pool_cancel)

BOOST_AUTO_TEST_CASE(nothing_is_lost_or_doubled) {
    const unsigned seed = new_seed();
    BOOST_TEST_MESSAGE("ASYNCINFO_TEST_SEED=" << seed);

    asio::thread_pool pool(4);
    std::vector<std::unique_ptr<writer>> writers;
    std::vector<std::unique_ptr<reader>> readers;
    std::vector<side*> sides;
    for (unsigned i = 0; i < pairs; ++i) {
        writers.push_back(std::make_unique<writer>(pool, longest_write, seed + 2 * i));
        readers.push_back(std::make_unique<reader>(pool, longest, seed + 2 * i + 1));
        connect_pair(writers[i]->socket_, readers[i]->socket_);
        // Small, so that writing takes several steps too.
        writers[i]->socket_.set_option(asio::socket_base::send_buffer_size(1));
        sides.push_back(writers[i].get());
        sides.push_back(readers[i].get());
    }
    for (side* s : sides)
        s->start();
    std::thread first(disturb, sides, seed + 100);
    std::thread second(disturb, sides, seed + 101);
    first.join();
    second.join();
    pool.join();

    std::size_t completed = 0;
    std::size_t canceled = 0;
    std::size_t partial = 0;
    BOOST_TEST_CONTEXT("seed " << seed) {
        for (std::size_t i = 0; i < pairs; ++i) {
            readers[i]->drain();
            BOOST_TEST(writers[i]->bytes_ == readers[i]->bytes_);
            for (const side* s : {sides[2 * i], sides[2 * i + 1]}) {
                BOOST_TEST(s->failures_ == 0u);
                BOOST_TEST(s->completed_ + s->canceled_ == operations_of_a_side);
                completed += s->completed_;
                canceled += s->canceled_;
                partial += s->partial_;
            }
        }
        BOOST_TEST(completed + canceled == operations);
    }
    BOOST_TEST_MESSAGE(completed << " completed, " << canceled << " canceled, " << partial
                                 << " of them with a part of the bytes");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::stress_pool_cancel_test
