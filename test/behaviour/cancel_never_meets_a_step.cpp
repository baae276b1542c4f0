// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.2: the signal is never emitted concurrently with a step of the operation or with its
/// initiating function, nor on a thread outside the operation's executor; on a pool, without a
/// strand.
namespace asyncinfo_test::cancel_never_meets_a_step_test {
namespace {

using types = asio::cancellation_type;

constexpr int steps = 6;
constexpr int operations = 1500;
constexpr std::size_t in_flight = 10;

/// Watches who is inside one operation.
struct witness {
    running_context& context;
    std::atomic<bool>& met;
    std::atomic<bool>& strange;
    std::atomic<int>& emissions;
    const bool waits; // in each step, until the requests have been made: so that they meet one
    const std::shared_ptr<latch> requests = std::make_shared<latch>(2);
    std::atomic<int> inside{0};
    int unguarded[2] = {0, 0}; // by each chain of steps: for the thread sanitizer

    static constexpr int emission = 100;

    class step {
    public:
        step(witness& w, int chain) : w_(w), chain_(chain) {
            if (w_.inside.fetch_add(1) >= emission)
                w_.met = true;
            ++w_.unguarded[chain_];
        }
        void wait_for_requests() const {
            if (w_.waits)
                w_.requests->wait();
        }
        ~step() {
            ++w_.unguarded[chain_];
            if (w_.inside.fetch_sub(1) >= emission)
                w_.met = true;
        }

    private:
        witness& w_;
        int chain_;
    };

    void emitted() {
        if (inside.fetch_add(emission) != 0)
            met = true;
        strange = strange || !context.runs_on(std::this_thread::get_id());
        ++emissions;
        ++unguarded[0];
        ++unguarded[1];
        std::this_thread::yield();
        inside.fetch_sub(emission);
    }
};

/// Two chains of steps that run at once, each placing a cancellation handler in each step.
class hand_written {
public:
    explicit hand_written(witness& w) : witness_(w), played_(w.context.get_executor()) {}

    IAsyncAction start() {
        return played_.start(use_async_info, [this] {
            witness::step first(witness_, 0);
            witness::step second(witness_, 1);
            place();
            next(0);
            next(1);
            std::this_thread::yield();
        });
    }

private:
    void place() {
        played_.place([this](asio::cancellation_type_t) { witness_.emitted(); });
    }
    void next(int chain) {
        played_.post([this, chain] { step(chain); });
    }
    void step(int chain) {
        {
            witness::step here(witness_, chain);
            std::this_thread::yield();
            here.wait_for_requests();
            place();
            if (++done_[chain] < steps)
                return next(chain);
        }
        if (++chains_ == 2)
            played_.complete();
    }

    witness& witness_;
    played_operation played_;
    int done_[2] = {0, 0};
    int chains_ = 0;
};

/// One chain of steps, below a cancellation state.
struct composed {
    witness& watched;
    int done = 0;

    template <typename Self>
    void operator()(Self& self) {
        witness::step here(watched, 0);
        std::this_thread::yield();
        if (done != 0) // else the operation is still being started
            here.wait_for_requests();
        if (++done > steps)
            return self.complete(error_code());
        asio::get_associated_cancellation_slot(self).assign(
            [&w = watched](asio::cancellation_type_t) { w.emitted(); });
        asio::post(std::move(self));
    }
};

class composition {
public:
    explicit composition(witness& w) : witness_(w) {}

    IAsyncAction start() {
        return asio::async_compose<decltype((use_async_info)), void(error_code)>(
            composed{witness_}, use_async_info, witness_.context);
    }

private:
    witness& witness_;
};

template <typename Operation>
void stress() {
    running_context context(4);
    asio::thread_pool cancellers(2);
    std::atomic<bool> met = false;
    std::atomic<bool> strange = false;
    std::atomic<int> emissions = 0;
    int completed = 0;
    std::minstd_rand random;

    struct running {
        witness watched;
        Operation operation{watched};
        IAsyncAction op = operation.start();
    };
    std::vector<std::unique_ptr<running>> all(in_flight);
    const auto finish = [&](std::unique_ptr<running>& slot) {
        if (!slot)
            return;
        slot->op.wait();
        slot->watched.requests->wait(); // or they would fall behind, and meet none any more
        completed += slot->op.Status() == AsyncStatus::Completed;
        slot.reset();
    };
    int started = 0;
    for (; started < operations; ++started) {
        auto& slot = all[static_cast<std::size_t>(started) % in_flight];
        finish(slot);
        slot.reset(new running{{context, met, strange, emissions, started % 100 == 0}});
        for (int n = 0; n < 2; ++n)
            asio::post(cancellers,
                       [made = slot->watched.requests, op = slot->op, delay = random() % 8] {
                           for (unsigned d = 0; d < delay; ++d)
                               std::this_thread::yield();
                           op.Cancel(types::total);
                           op.Cancel(types::partial);
                           op.Cancel();
                           made->count_down();
                       });
    }
    for (auto& slot : all)
        finish(slot);
    cancellers.join();
    BOOST_TEST(!met.load());
    BOOST_TEST(!strange.load());
    BOOST_TEST(emissions.load() > 0);
    BOOST_TEST(completed == started);
}

/// A read that is cancelled in the middle of the step that sees its first byte. Had the signal been
/// emitted there, `async_read` would end with the step; as it is, it reads on and is aborted then,
/// and so asks its completion condition once more.
template <typename Context>
void cancel_in_a_step_of_async_read(Context& context) {
    local::socket near_end(context), far_end(context);
    connect_pair(near_end, far_end);
    std::array<char, 2> bytes{};
    IAsyncOperation<std::size_t> op;
    latch started(1);
    int aborted = 0;
    const auto condition = [&](const error_code& error, std::size_t read) -> std::size_t {
        if (!error && read == 1) {
            started.wait();
            joining_thread([&] { op.Cancel(); }).join();
            // The other thread of the context comes by the delivery first.
            latch passed(1);
            asio::post(context, [&] { passed.count_down(); });
            passed.wait();
        }
        aborted += error == asio::error::operation_aborted;
        return error ? 0 : bytes.size() - read;
    };
    op = asio::async_read(near_end, asio::buffer(bytes), condition, use_async_info);
    started.count_down();
    asio::write(far_end, asio::buffer("a", 1));
    BOOST_TEST(op.wait() == AsyncStatus::Canceled);
    BOOST_TEST(aborted == 1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_never_meets_a_step)

BOOST_AUTO_TEST_CASE(of_an_operation_written_by_hand) { stress<hand_written>(); }

BOOST_AUTO_TEST_CASE(of_async_compose) { stress<composition>(); }

// Asio takes the steps of its own operations another way, and on a thread_pool yet another.
BOOST_AUTO_TEST_CASE(of_async_read) {
    running_context context(2);
    cancel_in_a_step_of_async_read(context);
    asio::thread_pool pool(2);
    cancel_in_a_step_of_async_read(pool);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_never_meets_a_step_test
