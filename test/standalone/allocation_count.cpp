// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// §8: one block per operation from the associated allocator and nothing else; without one, no heap
// allocation in steady state beyond those of a plain callback, with up to 16 operations outstanding
// and wherever the handles are dropped. §5: what is done at the end allocates nothing.

#include "support/heap.hpp"
#include "support/test.hpp"

namespace asyncinfo_test::allocation_count_test {
namespace {

constexpr int warm_up = 200;
constexpr int counted = 200;
constexpr std::size_t most = 16;

// --- What is done, with any token ---------------------------------------------------------------

struct post {
    static constexpr const char* name = "post";
    explicit post(asio::io_context& c) : context(c) {}

    template <typename Token>
    auto start(std::size_t, Token token) {
        return asio::post(context, token);
    }
    void poke(std::size_t) {}

    asio::io_context& context;
};

struct timers {
    explicit timers(asio::io_context& context) {
        for (std::size_t i = 0; i < most; ++i)
            each.emplace_back(context);
    }
    std::vector<asio::steady_timer> each;
};

struct timer : timers {
    static constexpr const char* name = "timer";
    using timers::timers;

    template <typename Token>
    auto start(std::size_t i, Token token) {
        each[i].expires_after(0s);
        return each[i].async_wait(token);
    }
    void poke(std::size_t) {}
};

/// The request is made by `Cancel`, or by emitting the bound slot's signal.
struct cancel : timers {
    static constexpr const char* name = "cancel";
    using timers::timers;

    template <typename Token>
    auto start(std::size_t i, Token token) {
        each[i].expires_after(1h);
        return each[i].async_wait(token);
    }
    void poke(std::size_t) {}
};

struct sockets {
    using socket = local::socket;

    explicit sockets(asio::io_context& context) {
        for (std::size_t i = 0; i < most; ++i) {
            near_end.emplace_back(context);
            far_end.emplace_back(context);
            connect_pair(near_end[i], far_end[i]);
        }
    }

    /// A byte, as long as the operation lacks some: what nobody reads would fill the socket, and
    /// the next byte block this thread.
    void send(std::size_t i) {
        if (lacking[i] == 0)
            return;
        --lacking[i];
        far_end[i].write_some(asio::buffer("x", 1));
    }

    std::vector<socket> near_end;
    std::vector<socket> far_end;
    std::array<std::array<char, 4>, most> buffers{};
    std::array<std::size_t, most> lacking{};
};

struct socket_read : sockets {
    static constexpr const char* name = "socket_read";
    using sockets::sockets;

    template <typename Token>
    auto start(std::size_t i, Token token) {
        lacking[i] = 1;
        return near_end[i].async_read_some(asio::buffer(buffers[i], 1), token);
    }
    void poke(std::size_t i) { send(i); }
};

struct composed_read : sockets {
    static constexpr const char* name = "composed_read";
    using sockets::sockets;

    template <typename Token>
    auto start(std::size_t i, Token token) {
        lacking[i] = buffers[i].size();
        return asio::async_read(near_end[i], asio::buffer(buffers[i]), token);
    }
    /// Called again until the operation has ended: a byte a step.
    void poke(std::size_t i) { send(i); }
};

// --- How it is done -----------------------------------------------------------------------------

/// By a plain callback. `bind` binds an allocator or nothing; a slot is bound where the operation
/// is to be cancelled, or to be able to.
template <typename Work, typename Bind, bool Cancellable>
struct plain {
    void start(Work& work, std::size_t i) {
        over[i] = false;
        const auto callback = [this, i](auto&&...) { over[i] = true; };
        if constexpr (Cancellable)
            work.start(i,
                       bind(asio::bind_cancellation_slot(signals[i].emplace().slot(), callback)));
        else
            work.start(i, bind(callback));
    }
    void cancel_one(std::size_t i) { signals[i]->emit(asio::cancellation_type::all); }
    bool ended(std::size_t i) const { return over[i]; }
    void drop(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            signals[i].reset();
    }

    Bind bind;
    std::array<bool, most> over{};
    std::array<std::optional<asio::cancellation_signal>, most> signals{};
};

/// By handles, dropped here or by another thread.
template <typename Work, typename Bind>
struct handles {
    explicit handles(Bind b, bool elsewhere = false) : bind(b) {
        if (elsewhere)
            dropper = std::thread([this] {
                for (full.acquire(); !done; full.acquire()) {
                    for (auto& h : all)
                        h = nullptr;
                    empty.release();
                }
            });
    }
    ~handles() {
        if (dropper.joinable()) {
            done = true;
            full.release();
            dropper.join();
        }
    }

    void start(Work& work, std::size_t i) { all[i] = work.start(i, bind(use_async_info)); }
    void cancel_one(std::size_t i) { all[i].Cancel(); }
    bool ended(std::size_t i) const { return all[i].Status() != AsyncStatus::Started; }
    void drop(std::size_t count) {
        if (dropper.joinable()) {
            full.release();
            empty.acquire();
        } else {
            for (std::size_t i = 0; i < count; ++i)
                all[i] = nullptr;
        }
    }

    Bind bind;
    std::array<IAsyncInfo, most> all;
    std::thread dropper;
    semaphore full{0};
    semaphore empty{0};
    bool done = false;
};

/// Starts so many at a time, inside the loop, and the next when all have ended.
template <typename Work, typename Way>
class rounds {
public:
    rounds(Way& way, std::size_t outstanding) : way_(way), outstanding_(outstanding) {}

    /// What later rounds allocate.
    template <typename Count>
    std::uint64_t run(Count count) {
        begin_ = count.begin;
        end_ = count.end;
        next_round();
        context_.run();
        return result_;
    }

private:
    void next_round() {
        if (round_ == warm_up)
            begin_();
        if (round_++ == warm_up + counted) {
            result_ = end_();
            return;
        }
        for (std::size_t i = 0; i < outstanding_; ++i)
            way_.start(work_, i);
        if constexpr (std::is_same_v<Work, cancel>)
            for (std::size_t i = 0; i < outstanding_; ++i)
                way_.cancel_one(i);
        look();
    }

    void look() {
        bool all = true;
        for (std::size_t i = 0; i < outstanding_; ++i)
            if (!way_.ended(i)) {
                work_.poke(i);
                all = false;
            }
        if (all) {
            way_.drop(outstanding_);
            asio::post(context_, [this] { next_round(); });
        } else {
            asio::post(context_, [this] { look(); });
        }
    }

    Way& way_;
    const std::size_t outstanding_;
    asio::io_context context_;
    Work work_{context_};
    int round_ = 0;
    std::uint64_t result_ = 0;
    void (*begin_)() = nullptr;
    std::uint64_t (*end_)() = nullptr;
};

struct count_heap {
    static void begin() { heap::start_counting(); }
    static std::uint64_t end() { return heap::stop_counting(); }
};

/// An allocator that counts the blocks it gives, and takes them from recycled memory.
std::uint64_t blocks = 0;

struct count_blocks {
    static void begin() { blocks = 0; }
    static std::uint64_t end() { return blocks; }
};

template <typename T>
struct counting_allocator {
    using value_type = T;

    counting_allocator() = default;
    template <typename U>
    counting_allocator(const counting_allocator<U>&) noexcept {}

    T* allocate(std::size_t n) {
        ++blocks;
        return asyncinfo::detail::recycling_allocator<T>().allocate(n);
    }
    void deallocate(T* p, std::size_t n) noexcept {
        asyncinfo::detail::recycling_allocator<T>().deallocate(p, n);
    }
    template <typename U>
    friend bool operator==(const counting_allocator&, const counting_allocator<U>&) noexcept {
        return true;
    }
};

constexpr auto unbound = [](const auto& token) { return token; };
constexpr auto with_allocator = [](const auto& token) {
    return asio::bind_allocator(counting_allocator<char>(), token);
};

template <typename Work, bool Cancellable = std::is_same_v<Work, cancel>, typename Bind,
          typename Count>
std::uint64_t by_callback(std::size_t outstanding, Bind bind, Count count) {
    using way_type = plain<Work, Bind, Cancellable>;
    way_type way{bind};
    return rounds<Work, way_type>(way, outstanding).run(count);
}

template <typename Work, typename Bind, typename Count>
std::uint64_t by_handle(std::size_t outstanding, Bind bind, Count count, bool elsewhere = false) {
    handles<Work, Bind> way(bind, elsewhere);
    return rounds<Work, handles<Work, Bind>>(way, outstanding).run(count);
}

template <typename Work>
void check_steady_state() {
    for (const std::size_t outstanding : {std::size_t{1}, std::size_t{3}, most})
        for (const bool elsewhere : {false, true})
            BOOST_TEST_CONTEXT(Work::name << ", " << outstanding << " outstanding, dropped "
                                          << (elsewhere ? "elsewhere" : "here")) {
                const auto raw = by_callback<Work>(outstanding, unbound, count_heap());
                const auto ours = by_handle<Work>(outstanding, unbound, count_heap(), elsewhere);
                BOOST_TEST(ours <= raw);
            }
}

template <typename Work>
void check_deadlines() {
    const auto with_deadline = [](const auto& token) { return token.cancel_after(1h); };
    for (const std::size_t outstanding : {std::size_t{1}, std::size_t{3}, most})
        BOOST_TEST_CONTEXT(Work::name << ", " << outstanding << " outstanding") {
            const auto raw = by_callback<Work>(outstanding, unbound, count_heap());
            BOOST_TEST(by_handle<Work>(outstanding, with_deadline, count_heap()) <= raw);
        }
}

template <typename Work>
void check_associated_allocator() {
    for (const std::size_t outstanding : {std::size_t{1}, std::size_t{3}, most})
        BOOST_TEST_CONTEXT(Work::name << ", " << outstanding << " outstanding") {
            const auto raw = by_callback<Work>(outstanding, with_allocator, count_blocks());
            const auto ours = by_handle<Work>(outstanding, with_allocator, count_blocks());
            BOOST_TEST(ours == raw + counted * outstanding);
            // To a composed operation that can be cancelled, Asio gives a slot for its steps from
            // memory of its own.
            if (recycles)
                BOOST_TEST(by_handle<Work>(outstanding, with_allocator, count_heap()) <=
                           (by_callback<Work, true>(outstanding, with_allocator, count_heap())));
        }
}

/// Operations one after the other, inside the loop, each observed so often before its end and again
/// after it: what later ones allocate.
template <typename Observe>
class observed_rounds {
public:
    observed_rounds(std::size_t observers, Observe observe)
        : observers_(observers), observe_(observe) {}

    std::uint64_t run() {
        asio::post(context_, [this] { next_round(); });
        context_.run();
        return result_;
    }

private:
    void next_round() {
        if (round_ == warm_up)
            heap::start_counting();
        if (round_++ == warm_up + counted) {
            result_ = heap::stop_counting();
            return;
        }
        const auto op = source_.start_on(context_.get_executor(), use_async_info);
        for (std::size_t i = 0; i < observers_; ++i)
            observe_(op, context_);
        source_.complete({}, 1);
        for (std::size_t i = 0; i < observers_; ++i)
            observe_(op, context_);
        asio::post(context_, [this] { next_round(); });
    }

    const std::size_t observers_;
    Observe observe_;
    asio::io_context context_;
    pending<void(error_code, int)> source_;
    int round_ = 0;
    std::uint64_t result_ = 0;
};

template <typename Observe>
std::uint64_t by_observers(std::size_t observers, Observe observe) {
    return observed_rounds<Observe>(observers, observe).run();
}

IAsyncAction wait_for(asio::any_io_executor, asio::steady_timer& timer) {
    co_await timer.async_wait(asio::deferred);
}

} // namespace

BOOST_AUTO_TEST_SUITE(allocation_count)

BOOST_AUTO_TEST_CASE(the_counter_counts) {
    heap::start_counting();
    const auto block = std::make_unique<int>(1);
    BOOST_TEST(heap::stop_counting() == 1u);
}

BOOST_AUTO_TEST_CASE(steady_state, *boost::unit_test::enable_if<recycles>()) {
    check_steady_state<post>();
    check_steady_state<timer>();
    check_steady_state<socket_read>();
    check_steady_state<composed_read>();
    check_steady_state<cancel>();
}

// Its timer's memory is recycled as the operation's block is.
BOOST_AUTO_TEST_CASE(steady_state_with_deadlines, *boost::unit_test::enable_if<recycles>()) {
    check_deadlines<post>();
    check_deadlines<timer>();
    check_deadlines<socket_read>();
    check_deadlines<cancel>();
}

// The first deadline has made what all of them need.
BOOST_AUTO_TEST_CASE(later_deadlines_and_renewed_ones_allocate_nothing) {
    asio::io_context context;
    pending<void(error_code, int)> source;
    const auto op = source.start_on(context.get_executor(), use_async_info);
    op.cancel_after(1h);
    op.renew_deadline(1h);
    heap::start_counting();
    for (int n = 0; n < 20000; ++n) {
        op.cancel_after(2h);
        op.cancel_after(3h, asio::cancellation_type::total);
        op.renew_deadline(2h);
    }
    BOOST_TEST(heap::stop_counting() == 0u);
    source.complete({}, 1);
}

// Outside a loop Asio recycles nothing.
BOOST_AUTO_TEST_CASE(a_request_from_outside_the_loop_allocates_nothing,
                     *boost::unit_test::enable_if<recycles>()) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const asio::any_io_executor erased = context.get_executor();
    const std::pair<const char*, std::function<IAsyncAction()>> starts[] = {
        {"plain", [&] { return timer.async_wait(use_async_info); }},
        {"bound", [&] { return timer.async_wait(asio::bind_executor(erased, use_async_info)); }},
        {"coroutine", [&] { return wait_for(erased, timer); }},
    };
    for (const auto& [what, start] : starts)
        BOOST_TEST_CONTEXT(what) {
            for (int n = 0; n < 3; ++n) {
                const IAsyncAction op = start();
                heap::start_counting();
                op.Cancel();
                const auto allocated = heap::stop_counting();
                run_ready(context);
                BOOST_TEST(op.Status() == AsyncStatus::Canceled);
                if (n != 0) // the first fills the list of blocks
                    BOOST_TEST(allocated == 0u);
            }
        }
}

BOOST_AUTO_TEST_CASE(one_block_from_the_associated_allocator) {
    check_associated_allocator<post>();
    check_associated_allocator<timer>();
    check_associated_allocator<socket_read>();
    check_associated_allocator<composed_read>();
    check_associated_allocator<cancel>();
}

// A wait without an allocator of its own takes recycled memory, for itself and, of an executor that
// takes an allocator, for its way through it. (Of an any_io_executor, which does not, what Asio's
// post takes: it recycles two blocks.)
BOOST_AUTO_TEST_CASE(waits_are_recycled, *boost::unit_test::enable_if<recycles>()) {
    const auto nothing = [](const auto&, asio::io_context&) {};
    const auto bound = [](const auto& op, asio::io_context& context) {
        op(asio::bind_executor(context.get_executor(), [](error_code, int) {}));
    };
    BOOST_TEST(by_observers(most / 2, bound) == by_observers(most / 2, nothing));

    const auto posted = [](const auto& op, asio::io_context&) {
        asio::post(op.get_executor(), [] {});
    };
    const auto plain = [](const auto& op, asio::io_context&) { op([](error_code, int) {}); };
    for (const std::size_t observers : {std::size_t{1}, most / 2})
        BOOST_TEST(by_observers(observers, plain) <= by_observers(observers, posted));
}

// The target of a handler takes recycled memory, as the operation does.
BOOST_AUTO_TEST_CASE(completed_handlers_are_recycled, *boost::unit_test::enable_if<recycles>()) {
    asio::io_context context;
    int called = 0;
    const auto round = [&] {
        asio::post(context, use_async_info).Completed([&](auto&, AsyncStatus) { ++called; });
        context.restart();
        context.poll();
    };
    for (int i = 0; i < 100; ++i)
        round();
    heap::start_counting();
    for (int i = 0; i < 100; ++i)
        round();
    BOOST_TEST(heap::stop_counting() == 0u);
    BOOST_TEST(called == 200);
}

// Waking, telling and calling Completed; on the thread that ends the operation.
BOOST_AUTO_TEST_CASE(the_end_allocates_nothing) {
    constexpr int waiters = 4;
    pending<void(error_code, int)> source;
    const auto op = source.start(use_async_info);
    int called = 0;
    op.Completed([&called](auto&, AsyncStatus) { ++called; });

    latch about_to_wait(waiters);
    latch woken(waiters);
    std::atomic<int> completed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < waiters; ++i)
        threads.emplace_back([&] {
            about_to_wait.arrive_and_wait();
            completed += op.wait() == AsyncStatus::Completed;
            woken.count_down();
        });
    heap::start_counting();
    about_to_wait.wait();
    source.complete({}, 1);
    woken.wait();
    const auto allocations = heap::stop_counting();
    for (auto& t : threads)
        t.join();
    BOOST_TEST(allocations == 0u);
    BOOST_TEST(completed == waiters);
    BOOST_TEST(called == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::allocation_count_test
