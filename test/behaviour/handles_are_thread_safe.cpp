// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §1: members of handles to one operation, from any thread, while it ends. Eight threads with a
/// handle each copy, drop, read, wait, cancel and close; the sanitizers look on.
namespace asyncinfo_test::handles_are_thread_safe_test {
namespace {

using operation = IAsyncOperation<std::string>;

constexpr std::size_t rounds = 300;
constexpr std::size_t threads = 8;
const std::string expected(100, 'x'); // too long to be kept without memory of its own

/// One operation after the other, each shared by all threads.
class shared_operation {
public:
    /// Between rounds.
    void start() {
        completed_calls_ = 0;
        assigned_ = false;
        handle_ = source_.start_on(pool_.get_executor(), use_async_info);
        for (operation& h : handles_)
            h = handle_;
        handle_ = nullptr;
    }

    void finish() {
        require(completed_calls_ == (assigned_ ? 1 : 0));
        require(!handles_[0]); // all have been dropped
    }

    /// What thread `i` does with its handle.
    void play(std::size_t i) {
        using part = void (shared_operation::*)(operation);
        constexpr std::array<part, threads> parts = {
            &shared_operation::copy,  &shared_operation::poll,    &shared_operation::cancel,
            &shared_operation::set,   &shared_operation::wait,    &shared_operation::take_stock,
            &shared_operation::close, &shared_operation::complete};
        (this->*parts[i])(std::exchange(handles_[i], nullptr));
    }

    int broken() const { return broken_; }

private:
    void require(bool holds) { broken_ += !holds; }

    /// A read gives all of the result, or is refused after Close.
    void check(const std::optional<std::string>& result, const error_code& error) {
        require(result ? !error && *result == expected : error == errc::illegal_method_call);
    }

    void copy(operation op) {
        std::vector<IAsyncInfo> copies;
        for (bool more = true; more; more = copies.size() < 32) {
            copies.push_back(op);
            const auto back = copies.back().try_as<operation>();
            require(back == op && std::hash<operation>()(back) == std::hash<operation>()(op));
        }
        while (!copies.empty())
            copies.pop_back();
    }

    void poll(operation op) {
        error_code error;
        bool ended = false;
        for (;;) {
            const auto status = op.Status(error);
            if (error)
                break;
            require(!ended || status == AsyncStatus::Completed);
            ended = status == AsyncStatus::Completed;
            const auto result = op.try_get(error);
            if (result || error || ended) {
                check(result, error);
                break;
            }
            std::this_thread::yield();
        }
    }

    void cancel(operation op) {
        for (int n = 0; n < 32; ++n)
            op.Cancel(n % 2 ? asio::cancellation_type::all : asio::cancellation_type::partial);
    }

    void set(operation op) {
        error_code error;
        op.Completed(
            [this](const operation& sender, AsyncStatus status) {
                error_code closed;
                const auto seen = sender.Status(closed);
                require(status == AsyncStatus::Completed && (closed || seen == status));
                ++completed_calls_;
                asyncinfo::detail::wake_all(completed_calls_);
            },
            error);
        assigned_ = !error;
        require(!error || error == errc::illegal_method_call);
        op.Completed(error);
        op = nullptr;
        // It may be a thread of the pool, in a delivery, that finishes.
        if (assigned_)
            asyncinfo::detail::wait_while_equal(completed_calls_, 0);
    }

    void wait(operation op) {
        error_code error;
        const auto result = op.get(error);
        check(result, error);
    }

    void take_stock(operation op) {
        for (int n = 0; n < 16; ++n) {
            error_code error;
            const auto [code, result] = op.outcome(error);
            require(!code);
            if (result || op.Status(error) == AsyncStatus::Completed)
                check(op.GetResults(error), error);
            require(!op.ErrorCode(error) && !op.exception(error));
            op.Id(error);
            op.cancel_requested(error);
        }
    }

    void close(operation op) {
        error_code error = errc::illegal_state_change;
        while (error) {
            require(error == errc::illegal_state_change);
            std::this_thread::yield();
            op.Close(error);
        }
        op.Status(error);
        require(error == errc::illegal_method_call);
    }

    void complete(operation op) {
        op = nullptr;
        source_.complete({}, expected);
    }

    asio::thread_pool pool_{2};
    pending<void(error_code, std::string)> source_;
    operation handle_;
    std::array<operation, threads> handles_;
    std::atomic<int> completed_calls_{0};
    std::atomic<bool> assigned_{false};
    std::atomic<int> broken_{0};
};

} // namespace

BOOST_AUTO_TEST_SUITE(handles_are_thread_safe)

BOOST_AUTO_TEST_CASE(eight_threads_share_an_operation) {
    shared_operation shared;
    shared.start();
    std::size_t round = 0;
    barrier meet(threads, [&]() noexcept {
        shared.finish();
        if (++round < rounds)
            shared.start();
    });
    std::vector<joining_thread> all;
    for (std::size_t i = 0; i < threads; ++i)
        all.emplace_back([&, i] {
            for (std::size_t n = 0; n < rounds; ++n) {
                shared.play(i);
                meet.arrive_and_wait();
            }
        });
    all.clear();
    BOOST_TEST(round == rounds);
    BOOST_TEST(shared.broken() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::handles_are_thread_safe_test
