// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

// Combinations of operations on a pool of four threads, without a strand, cancelled from other
// threads at random times, more than 100 000 times (see `race_rounds`): each ends exactly once, as
// its rule says, and nothing is left behind.

namespace asyncinfo_test::combinations_on_a_pool_test {
namespace {

using any = IAsyncOperation<asyncinfo::when_any_result<IAsyncAction>>;

const int cancels_wanted = race_rounds(150'000);
constexpr std::size_t players = 3;

/// The combination that each player is at, for the others to cancel.
class table {
public:
    void show(std::size_t player, IAsyncInfo op) {
        const std::lock_guard guard(mutex_);
        std::swap(shown_[player], op);
    }
    IAsyncInfo look(std::size_t player) {
        const std::lock_guard guard(mutex_);
        return shown_[player];
    }

private:
    std::mutex mutex_;
    std::array<IAsyncInfo, players> shown_;
};

class player {
public:
    player(asio::thread_pool& pool, table& all, std::size_t number)
        : pool_(pool), all_(all), number_(number), random_(static_cast<unsigned>(number)) {}

    void play() {
        while (cancels_ < cancels_wanted / static_cast<int>(players))
            round();
    }

    int cancels() const { return cancels_; }
    int failures() const { return failures_; }
    int canceled() const { return canceled_; }
    int completed() const { return completed_; }
    bool nothing_left() const { return alive_.use_count() == 1; }

private:
    unsigned upto(unsigned n) { return std::uniform_int_distribution(0u, n)(random_); }

    void expect(bool condition) { failures_ += !condition; }

    /// Ends by itself soon, or by being cancelled only. Holds `alive_` until it has ended.
    IAsyncAction start() {
        const auto kind = upto(3);
        if (kind == 0)
            return asio::post(pool_, asio::consign(use_async_info, alive_));
        auto timer = std::make_shared<asio::steady_timer>(
            pool_, kind == 1
                       ? asio::steady_timer::clock_type::now() + std::chrono::microseconds(upto(50))
                       : asio::steady_timer::time_point::max());
        auto& object = *timer;
        return object.async_wait(asio::consign(use_async_info, std::move(timer), alive_));
    }

    void cancel(const IAsyncInfo& op) {
        if (!op)
            return;
        op.Cancel();
        ++cancels_;
    }

    void round() {
        members_.clear();
        for (auto n = upto(6) + 1; n; --n)
            members_.push_back(start());
        calls_ = 0;
        switch (upto(3)) {
        case 0:
            return all_of(upto(1) ? on_failure::cancel_rest : on_failure::wait_for_rest);
        case 1:
            return nested();
        default:
            return any_of(upto(1) ? winner::first_to_succeed : winner::first_to_end,
                          upto(1) ? losers::cancel_and_join : losers::run_on);
        }
    }

    /// Cancels here and there until `op` has ended, and waits for the call of its handler.
    template <typename Handle>
    void run(const Handle& op) {
        all_.show(number_, op);
        op.Completed([this, alive = alive_](auto& sender, AsyncStatus status) {
            if (sender.Status() != status)
                failed_in_handler_ = true;
            ++calls_;
            asyncinfo::detail::wake_all(calls_);
        });
        for (auto n = upto(6); n; --n)
            switch (upto(3)) {
            case 0:
                cancel(op);
                break;
            case 1:
                cancel(members_[upto(static_cast<unsigned>(members_.size()) - 1)]);
                break;
            case 2:
                cancel(all_.look((number_ + 1) % players));
                break;
            default:
                std::this_thread::yield();
            }
        cancel(op); // for what ends in no other way
        op.wait();
        asyncinfo::detail::wait_while_equal(calls_, 0);
        expect(calls_ == 1 && !failed_in_handler_);
        op.Status() == AsyncStatus::Completed ? ++completed_ : ++canceled_;
    }

    void all_of(on_failure policy) {
        const auto op = asyncinfo::when_all(policy, members_);
        run(op);
        error_code first;
        for (const auto& m : members_) {
            expect(m.Status() != AsyncStatus::Started);
            if (!first)
                first = m.ErrorCode();
        }
        expect(op.ErrorCode() == first);
    }

    void any_of(winner who, losers rest) {
        const any op = asyncinfo::when_any(who, rest, members_);
        run(op);
        if (op.Status() == AsyncStatus::Completed) {
            const auto [index, operation] = op.GetResults();
            expect(operation == members_.at(index) && operation.Status() != AsyncStatus::Started);
            expect(who == winner::first_to_end || operation.Status() == AsyncStatus::Completed);
        } else {
            expect(who == winner::first_to_succeed);
            for (const auto& m : members_)
                expect(m.Status() == AsyncStatus::Canceled);
        }
        for (const auto& m : members_)
            if (rest == losers::cancel_and_join)
                expect(m.Status() != AsyncStatus::Started);
            else
                m.Cancel();
    }

    void nested() {
        const auto half = members_.begin() + static_cast<std::ptrdiff_t>(members_.size() / 2);
        const std::vector<IAsyncAction> rest(half, members_.end());
        const auto op = asyncinfo::when_all(
            asyncinfo::when_any(losers::cancel_and_join, rest), asyncinfo::when_all(members_),
            asyncinfo::when_any(winner::first_to_succeed, losers::cancel_and_join, members_[0],
                                rest[0], start()));
        run(op);
        for (const auto& m : members_)
            expect(m.Status() != AsyncStatus::Started);
    }

    asio::thread_pool& pool_;
    table& all_;
    const std::size_t number_;
    std::mt19937 random_;
    std::vector<IAsyncAction> members_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
    std::atomic<int> calls_{0};
    std::atomic<bool> failed_in_handler_{false};
    int cancels_ = 0;
    int failures_ = 0;
    int canceled_ = 0;
    int completed_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(combinations_on_a_pool)

BOOST_AUTO_TEST_CASE(are_cancelled_at_random) {
    table all;
    asio::thread_pool pool(4);
    std::vector<std::unique_ptr<player>> everybody;
    for (std::size_t i = 0; i < players; ++i)
        everybody.push_back(std::make_unique<player>(pool, all, i));
    std::vector<joining_thread> threads;
    for (auto& p : everybody)
        threads.emplace_back([&p] { p->play(); });
    threads.clear();
    for (std::size_t i = 0; i < players; ++i)
        all.show(i, nullptr);
    pool.join();
    int cancels = 0;
    for (auto& p : everybody) {
        cancels += p->cancels();
        BOOST_TEST(p->failures() == 0);
        // Both happened, often.
        BOOST_TEST(p->completed() > 100);
        BOOST_TEST(p->canceled() > 100);
        BOOST_TEST(p->nothing_left());
    }
    BOOST_TEST(cancels >= cancels_wanted);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::combinations_on_a_pool_test
