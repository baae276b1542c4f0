// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Coroutines on a pool of four threads, without a strand, cancelled from other threads at random
/// times, more than 100 000 times where `race_rounds` takes nothing off: the body is met by nobody,
/// a request is obeyed, each ends exactly once, as what happened in it says, and nothing is left
/// behind.
namespace asyncinfo_test::coroutines_on_a_pool_test {
namespace {

const int cancels_wanted = race_rounds(102'000);
constexpr std::size_t players = 3;
constexpr int deepest = 3;
/// So that the test itself orders nothing.
constexpr auto relaxed = std::memory_order_relaxed;

/// What is thrown in coroutines. Nobody but those of one root sees it.
struct oops {
    unsigned root;
};

/// Of a coroutine's seed.
constexpr unsigned result_of(unsigned seed) { return seed ^ 0x5a5a5a5aU; }

class world {
public:
    explicit world(asio::thread_pool& p) : pool(p) {}
    world(const world&) = delete;
    world& operator=(const world&) = delete;
    ~world() {
        while (kept* const first = exceptions_)
            exceptions_ = std::unique_ptr<kept>(first)->next;
    }

    void expect(bool condition, const char* what) noexcept {
        if (!condition)
            wrong.store(what, relaxed);
    }

    /// Some coroutines that run, for anybody to cancel.
    void show(std::size_t place, IAsyncInfo op) {
        const std::lock_guard guard(mutex_);
        std::swap(shown_[place % shown_.size()], op);
    }
    IAsyncInfo look(std::size_t place) {
        const std::lock_guard guard(mutex_);
        return shown_[place % shown_.size()];
    }

    /// The owners of an exception are counted in the C++ runtime, where the thread sanitizer does
    /// not see it, and takes the end of one for a race: there they live as long as this.
    void keep_exception() {
#if defined(ASYNCINFO_TEST_TSAN)
        auto* const added = new kept{std::current_exception(), exceptions_.load(relaxed)};
        while (!exceptions_.compare_exchange_weak(added->next, added, relaxed))
            ;
#endif
    }

    [[noreturn]] void throw_oops(unsigned root) {
        try {
            throw oops{root};
        } catch (...) {
            keep_exception();
            throw;
        }
    }

    asio::thread_pool& pool;
    std::shared_ptr<int> alive = std::make_shared<int>(); ///< held by what has not ended
    std::atomic<const char*> wrong{nullptr};

private:
    struct kept {
        std::exception_ptr exception;
        kept* next;
    };

    std::atomic<kept*> exceptions_{nullptr};
    std::mutex mutex_;
    std::array<IAsyncInfo, 16> shown_;
};

// --- One coroutine ------------------------------------------------------------------------------

/// Sees to it that nobody is met in the body.
class actor {
public:
    actor(world& all, unsigned seed) : all_(all), random_(seed) { enter(); }
    actor(const actor&) = delete;
    actor& operator=(const actor&) = delete;
    ~actor() { dismiss(); }

    unsigned upto(unsigned n) { return std::uniform_int_distribution(0u, n)(random_); }
    unsigned seed() { return static_cast<unsigned>(random_()); }

    void enter() noexcept {
        all_.expect(inside_.fetch_add(1, relaxed) == 0, "somebody was met in the body");
        ++unguarded_;
    }
    void leave() noexcept {
        ++unguarded_;
        inside_.fetch_sub(1, relaxed);
    }
    void call_back() noexcept {
        enter();
        // Once for `partial` or `terminal`, once for the other, once for `all`.
        all_.expect(++called_ <= 3, "the callback was called more often than a request can grow");
        leave();
    }

    void dismiss() {
        for (const auto& c : children)
            c.Cancel(); // it may have no other end
        children.clear();
        seeds.clear();
    }
    bool a_child_was_canceled() const {
        for (const auto& c : children)
            if (c.Status() == AsyncStatus::Canceled)
                return true;
        return false;
    }
    void expect_results(const std::vector<unsigned>& results) const {
        for (std::size_t i = 0; i != children.size(); ++i)
            all_.expect(results.at(i) == result_of(seeds.at(i)), "a wrong result");
    }
    void expect_children_have_ended() const {
        for (const auto& c : children)
            all_.expect(c.Status() != AsyncStatus::Started, "a child was not waited for");
    }

    std::vector<IAsyncOperation<unsigned>> children;
    std::vector<unsigned> seeds; ///< theirs

private:
    world& all_;
    const std::shared_ptr<int> alive_ = all_.alive;
    std::mt19937 random_;
    std::atomic<int> inside_{0};
    int unguarded_ = 0; ///< for the thread sanitizer
    int called_ = 0;
};

/// A producer's operation, that may be cancelled or not.
IAsyncOperation<unsigned> produce(world& all, unsigned value, bool can_be_canceled) {
    auto source = std::make_shared<async_source<unsigned>>();
    auto op = source->operation();
    if (can_be_canceled)
        source->on_cancel([weak = std::weak_ptr(source)] {
            if (const auto s = weak.lock())
                s->set_canceled();
        });
    asio::post(all.pool, [source, value, alive = all.alive] { source->set_value(value); });
    return op;
}

struct no_executor {};

IAsyncOperation<unsigned> start(world& all, unsigned root, unsigned seed, int depth, bool endless);

template <typename First>
IAsyncOperation<unsigned> act(First&, world& all, unsigned root, unsigned seed, int depth,
                              bool endless) {
    const auto token = co_await asyncinfo::get_cancellation_token();
    asio::steady_timer timer(all.pool);
    actor me(all, seed);

    const bool hears = me.upto(1) != 0;
    if (hears)
        token.callback([&] {
            me.call_back();
            timer.cancel();
        });
    // Requests reach it by its callback only.
    const bool undisturbed = hears && me.upto(3) == 0;
    if (undisturbed) {
        token.enable_propagation(false);
        co_await asio::this_coro::throw_if_cancelled(false);
    }

    for (unsigned steps = me.upto(2) + 1; steps; --steps) {
        me.dismiss();
        const auto kind = me.upto(depth == deepest ? 5 : 9);
        for (unsigned n = kind < 6 ? 0 : me.upto(2) + 1; n; --n) {
            me.seeds.push_back(me.seed());
            me.children.push_back(
                start(all, root, me.seeds.back(), depth + 1, endless && !undisturbed));
        }
        const bool asked = token.cancel_requested();
        const bool joins = me.upto(1) != 0;
        me.leave();
        try {
            switch (kind) {
            case 0:
                co_await asio::post(all.pool, asio::deferred);
                break;
            case 1:
                co_await asio::post(all.pool, use_async_info);
                break;
            case 2:
                timer.expires_after(std::chrono::microseconds(me.upto(30)));
                co_await timer.async_wait(asio::deferred);
                break;
            case 3:
                // Nothing but a request ends it.
                if (endless && !(undisturbed && asked)) {
                    timer.expires_at(asio::steady_timer::time_point::max());
                    co_await timer.async_wait(asio::deferred);
                    all.expect(false, "a wait without end has ended");
                } else if (asked && !undisturbed) {
                    co_await asyncinfo::resume_on(all.pool);
                }
                break;
            case 4: {
                const unsigned made = co_await produce(all, seed + steps, me.upto(1) != 0);
                all.expect(made == seed + steps, "a wrong value");
                break;
            }
            case 5:
                co_await asyncinfo::resume_on(all.pool);
                break;
            case 6: {
                auto child = me.children.back();
                const unsigned result = joins ? co_await std::move(child) : co_await child;
                all.expect(result == result_of(me.seeds.back()), "a wrong result");
                break;
            }
            case 7: {
                const auto policy =
                    me.upto(1) ? on_failure::cancel_rest : on_failure::wait_for_rest;
                me.expect_results(co_await asyncinfo::when_all(policy, me.children));
                break;
            }
            case 8: {
                const auto results = co_await asyncinfo::when_all(
                    me.children.back(), asio::post(all.pool, use_async_info));
                all.expect(std::get<0>(results) == result_of(me.seeds.back()), "a wrong result");
                break;
            }
            default: {
                const auto rest = me.upto(1) ? losers::cancel_and_join : losers::run_on;
                const auto first = co_await asyncinfo::when_any(
                    me.upto(1) ? winner::first_to_succeed : winner::first_to_end, rest,
                    me.children);
                all.expect(first.operation == me.children.at(first.index), "a wrong winner");
                all.expect(first.operation.Status() != AsyncStatus::Started, "an early winner");
                if (rest == losers::cancel_and_join)
                    me.expect_children_have_ended();
            }
            }
            me.enter();
            all.expect(!asked || undisturbed, "went on although asked to stop before the await");
        } catch (const system_error& error) {
            all.keep_exception();
            me.enter();
            all.expect(error.code() == asio::error::operation_aborted, "a wrong error");
            all.expect(token.cancel_requested() || me.a_child_was_canceled(), "stopped unasked");
            if (me.upto(1))
                throw;
        } catch (const oops& thrown) {
            me.enter();
            all.expect(thrown.root == root && !me.children.empty(), "a wrong exception");
            if (me.upto(1))
                throw;
        }
    }
    if (me.upto(15) == 0)
        all.throw_oops(root);
    co_return result_of(seed);
}

void look_after(world& all, const IAsyncOperation<unsigned>& op,
                std::shared_ptr<std::atomic<int>> calls) {
    op.Completed([&all, calls = std::move(calls), alive = all.alive](auto& sender,
                                                                     AsyncStatus status) {
        all.expect(sender.Status() == status && status != AsyncStatus::Started, "a wrong status");
        if (calls) {
            ++*calls;
            asyncinfo::detail::wake_all(*calls);
        }
    });
}

IAsyncOperation<unsigned> start(world& all, unsigned root, unsigned seed, int depth, bool endless) {
    static no_executor none;
    auto op = seed % 3 ? act(all.pool, all, root, seed, depth, endless)
                       : act(none, all, root, seed, depth, endless);
    if (depth != 0)
        look_after(all, op, nullptr);
    all.show(seed, op);
    return op;
}

// --- Who starts and cancels them ----------------------------------------------------------------

class player {
public:
    player(world& all, unsigned number) : all_(all), number_(number), random_(number) {}

    void play() {
        while (cancels < cancels_wanted / static_cast<int>(players))
            round();
    }

    int cancels = 0; ///< of what had not ended
    std::array<int, 4> endings{};

private:
    unsigned upto(unsigned n) { return std::uniform_int_distribution(0u, n)(random_); }

    void cancel(const IAsyncInfo& op) {
        if (!op || op.Status() != AsyncStatus::Started)
            return;
        // The second one may ask for more than the first.
        using types = asio::cancellation_type;
        op.Cancel(upto(1) ? types::partial : types::terminal);
        op.Cancel();
        cancels += 2;
    }

    void round() {
        std::vector<IAsyncOperation<unsigned>> roots;
        std::vector<unsigned> seeds;
        const auto calls = std::make_shared<std::atomic<int>>(0);
        for (auto n = upto(3) + 1; n; --n) {
            seeds.push_back(static_cast<unsigned>(random_()));
            roots.push_back(start(all_, number_, seeds.back(), 0, true));
            look_after(all_, roots.back(), calls);
        }
        for (auto n = upto(24); n; --n)
            switch (upto(3)) {
            case 0:
                cancel(roots[upto(static_cast<unsigned>(roots.size()) - 1)]);
                break;
            case 1:
                std::this_thread::yield();
                break;
            default:
                cancel(all_.look(upto(15)));
            }
        for (const auto& op : roots)
            cancel(op); // for what ends in no other way
        for (std::size_t i = 0; i != roots.size(); ++i) {
            const auto status = roots[i].wait();
            ++endings.at(static_cast<std::size_t>(status));
            try {
                all_.expect(roots[i].GetResults() == result_of(seeds[i]), "a wrong result");
                all_.expect(status == AsyncStatus::Completed, "a result, but not Completed");
            } catch (const system_error& error) {
                all_.expect(status == AsyncStatus::Canceled, "stopped, but not Canceled");
                all_.expect(error.code() == roots[i].ErrorCode(), "a wrong code");
            } catch (const oops& thrown) {
                all_.expect(status == AsyncStatus::Error, "failed, but not Error");
                all_.expect(thrown.root == number_, "a wrong exception");
            }
        }
        const auto all_calls = static_cast<int>(roots.size());
        for (int seen = *calls; seen < all_calls; seen = *calls)
            asyncinfo::detail::wait_while_equal(*calls, seen);
        all_.expect(*calls == all_calls, "Completed was called twice");
    }

    world& all_;
    const unsigned number_;
    std::mt19937 random_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(coroutines_on_a_pool)

BOOST_AUTO_TEST_CASE(are_cancelled_at_random) {
    asio::thread_pool pool(4);
    world all(pool);
    std::vector<std::unique_ptr<player>> everybody;
    for (unsigned i = 0; i < players; ++i)
        everybody.push_back(std::make_unique<player>(all, i));
    std::vector<joining_thread> threads;
    for (auto& p : everybody)
        threads.emplace_back([&p] { p->play(); });
    threads.clear();
    pool.join(); // for the losers that run on, which show what they start
    const char* const wrong = all.wrong;
    BOOST_TEST(!wrong, (wrong ? wrong : "nothing"));
    BOOST_TEST(all.alive.use_count() == 1);
    int cancels = 0;
    for (auto& p : everybody) {
        cancels += p->cancels;
        // All of it happened, often.
        for (const auto status :
             {AsyncStatus::Completed, AsyncStatus::Canceled, AsyncStatus::Error})
            BOOST_TEST(p->endings.at(static_cast<std::size_t>(status)) > race_rounds(100));
    }
    BOOST_TEST(cancels >= cancels_wanted);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_on_a_pool_test
