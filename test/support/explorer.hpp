// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_EXPLORER_HPP
#define ASYNCINFO_TEST_SUPPORT_EXPLORER_HPP

#include <asyncinfo/detail/block/gate.hpp>

#include <cxxabi.h>

#if defined(_WIN32)
#include <windows.h>
#else
#include <ucontext.h>
#endif

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sanitizer.hpp"

#if defined(ASYNCINFO_TEST_ASAN)
#include <sanitizer/common_interface_defs.h>
#elif defined(ASYNCINFO_TEST_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

#if defined(_LIBCPP_VERSION) // whose <cxxabi.h> does not declare it
namespace __cxxabiv1 {
struct __cxa_eh_globals;
extern "C" __cxa_eh_globals* __cxa_get_globals();
} // namespace __cxxabiv1
#endif

namespace asyncinfo_test {

class model_atomic;

/// Runs a few actors in every possible interleaving of their accesses to a `model_atomic`.
///
/// Each actor is a fiber; before each access it gives way to whichever actor the schedule names.
/// Depth first: a schedule is run from the start, each time with its last decision that has an
/// alternative left changed. A state that another schedule has reached before is not gone on from
/// again; so a few runs stand for very many schedules, whose number is counted all the same.
///
/// A state is the atomic's value, what the world says of itself, and where each actor stands. The
/// last is what it has done to the atomic since it last called `reached`, and the value it read
/// last. This presumes of the code under test that it acts at once upon what it reads, visibly: by
/// what it writes, or by calling something that tells `reached`; and that its loops start over when
/// a compare-exchange fails or a wait ends (so a spurious failure need not be tried either).
/// `memory::all` makes no such presumption and has far more states; that both count the same number
/// of schedules shows that nothing was lost.
///
/// The interleavings are sequentially consistent. That the memory orders suffice for the plain
/// memory around the atomic is checked by happens-before: see `plain_memory`.
class explorer {
public:
    static constexpr std::size_t most_actors = 4;
    using knowledge = std::uint64_t;

    /// What the actors act on, made anew for each run.
    class world {
    public:
        virtual ~world() = default;
        virtual std::vector<std::function<void()>> actors() = 0;
        /// All that is not in the atomic or in what the actors have read.
        virtual std::uint64_t state() const = 0;
        /// An actor is about to access the atomic.
        virtual void touched() = 0;
        virtual void written(std::uint64_t from, std::uint64_t to) = 0;
        /// All actors are done.
        virtual void finished() = 0;
    };

    struct result {
        double schedules = 0;
        std::size_t states = 0;
        std::size_t runs = 0;
        std::string failure; ///< the invariant that broke first, and where
    };

    enum class memory { last, all };
    /// Gives way before each access, or not between a load and the compare-exchange after it (which
    /// would fail and start over).
    enum class grain { access, transition };

    explorer(std::function<std::unique_ptr<world>()> make, grain g, memory m = memory::last)
        : make_(std::move(make)), grain_(g), memory_(m) {}
    explorer(const explorer&) = delete;
    explorer& operator=(const explorer&) = delete;
    ~explorer() {
        for (auto& f : fibers_)
            if (f && f->can_end)
                f->end(main_);
    }

    result explore() {
        current = this;
        do {
            run();
            ++result_.runs;
        } while (result_.failure.empty() && next_schedule());
        result_.states = states_.size();
        current = nullptr;
        return result_;
    }

    // --- For what the actors call ---------------------------------------------------------------

    static inline explorer* current = nullptr;

    /// The number of the actor that runs, or `none` before and after the run.
    static constexpr std::size_t none = most_actors;
    std::size_t actor() const { return running_; }

    /// Lets the others go first, in the middle of something that is not the atomic's.
    void yield() {
        before('y');
        observed('y');
    }

    /// Waits until the condition holds. With `idle` it gives up, and returns false, when nobody is
    /// left who could make it true.
    bool await(std::function<bool()> condition, bool idle = false) {
        auto& a = actors_[running_];
        a.condition = std::move(condition);
        a.idle = idle;
        a.dismissed = false;
        before('a');
        a.condition = nullptr;
        observed(a.dismissed);
        return !a.dismissed;
    }

    /// The running actor stands at a place where this number tells all that will matter to it.
    void reached(std::uint64_t place) {
        if (running_ == none)
            return;
        auto& a = actors_[running_];
        a.past = memory_ == memory::all ? mix(a.past, place) : mix(0, place);
        a.seen = 0;
    }

    /// Ends the exploration unless `holds`. The fibers are left where they are.
    void require(bool holds, const char* invariant) {
        if (!holds)
            fail(invariant);
    }

    /// What the running actor has done so far is known to who acquires from the same channel.
    /// Channel 0 is the atomic; the world may use the others for its own locks and queues.
    void release(std::size_t channel) { released_[channel] |= known(); }
    void acquire(std::size_t channel) { known() |= released_[channel]; }

    static constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
        hash ^= value + 0x9e3779b97f4a7c15 + (hash << 6) + (hash >> 2);
        hash *= 0xff51afd7ed558ccd;
        return hash ^ (hash >> 33);
    }

private:
    friend class model_atomic;
    friend class plain_memory;

    struct actor_state {
        std::function<void()> program{};
        std::function<bool()> condition{}; ///< set while waiting for it
        bool done = false;
        bool asleep = false; ///< in `wait`, not notified yet
        bool idle = false;
        bool dismissed = false;
        char at = 0;             ///< what kind of access comes next
        std::uint64_t past = 0;  ///< hash of all that was done and observed
        std::uint64_t seen = 0;  ///< the last value read
        std::uint64_t start = 0; ///< the past, without the last load
        knowledge knows = 0;
    };

    /// What the C++ runtime keeps for each thread: an actor may give way while it handles one.
    struct exceptions {
        void* caught;
        unsigned uncaught;

        static exceptions& of_thread() {
            return *reinterpret_cast<exceptions*>(abi::__cxa_get_globals());
        }
    };

    /// A stack on which one program after the other is run.
    struct fiber {
        static constexpr std::size_t stack_size = 64 * 1024;

#if defined(_WIN32)
        void* context = nullptr; ///< null for the thread's own, until it is left
#else
        ucontext_t context;
        std::unique_ptr<char[]> stack;
#endif
        const asyncinfo::detail::activity* activity = nullptr;
        exceptions in_flight{};
        std::function<void()> loop;
        bool can_end = true; ///< between two programs
        bool ending = false;
        void* sanitizer = nullptr;
        const void* bottom = nullptr;
        std::size_t size = 0;

        void start(std::function<void()> f) {
            loop = std::move(f);
#if defined(_WIN32)
            context = CreateFiber(stack_size, [](void*) { entry(); }, nullptr);
#else
            stack = std::make_unique<char[]>(stack_size);
            bottom = stack.get();
            size = stack_size;
            getcontext(&context);
            context.uc_stack.ss_sp = stack.get();
            context.uc_stack.ss_size = stack_size;
            context.uc_link = nullptr;
            makecontext(&context, &entry, 0);
#if defined(ASYNCINFO_TEST_TSAN)
            sanitizer = __tsan_create_fiber(0);
#endif
#endif
        }

        static void entry() {
            fiber& self = *entered;
            arrived(nullptr);
            self.loop();
        }

        /// Goes on with `to`; returns when somebody goes on with this one.
        void switch_to(fiber& to, [[maybe_unused]] bool for_good = false) {
            activity = asyncinfo::detail::activity::exchange(to.activity);
            in_flight = std::exchange(exceptions::of_thread(), to.in_flight);
            entered = &to;
            left = this;
#if defined(ASYNCINFO_TEST_ASAN)
            __sanitizer_start_switch_fiber(for_good ? nullptr : &sanitizer, to.bottom, to.size);
#elif defined(ASYNCINFO_TEST_TSAN)
            __tsan_switch_to_fiber(to.sanitizer, 0);
#endif
#if defined(_WIN32)
            static void* const of_thread = ConvertThreadToFiber(nullptr);
            if (!context)
                context = of_thread;
            SwitchToFiber(to.context);
#else
            swapcontext(&context, &to.context);
#endif
            arrived(sanitizer);
        }

        void end(fiber& main) {
            ending = true;
            main.switch_to(*this);
#if defined(ASYNCINFO_TEST_TSAN)
            __tsan_destroy_fiber(sanitizer);
#elif defined(_WIN32)
            DeleteFiber(context);
#endif
        }

        /// Notes where the stack lies that was left: of the thread's own one only ASan knows.
        static void arrived([[maybe_unused]] void* saved) {
#if defined(ASYNCINFO_TEST_ASAN)
            __sanitizer_finish_switch_fiber(saved, &left->bottom, &left->size);
#endif
        }

        static inline fiber* entered = nullptr;
        static inline fiber* left = nullptr;
    };

    struct decision {
        std::uint64_t state;
        unsigned untried; ///< the actors, as bits
        std::size_t chosen;
        double schedules;
    };

    static constexpr double on_the_way = -1;
    static constexpr std::size_t channels = 4;

    knowledge& known() { return running_ == none ? everything_ : actors_[running_].knows; }

    /// The latest access of a kind: from now on nobody else knows it.
    void learn(knowledge fresh) {
        for (auto& r : released_)
            r &= ~fresh;
        for (auto& a : actors_)
            a.knows &= ~fresh;
        known() |= fresh;
    }

    void run() {
        running_ = none;
        everything_ = ~knowledge{0};
        released_.fill(everything_);
        world_ = make_();
        auto programs = world_->actors();
        actors_.assign(programs.size(), {});
        for (std::size_t i = 0; i < programs.size(); ++i) {
            actors_[i].program = std::move(programs[i]);
            actors_[i].knows = everything_;
            if (!fibers_[i])
                start_fiber(i);
        }
        depth_ = 0;
        steps_ = 0;
        pruned_ = false;
        trace_.clear();
#if defined(ASYNCINFO_TEST_TSAN)
        main_.sanitizer = __tsan_get_current_fiber();
#endif
        if (const auto first = pick(); first != none)
            resume(main_, first);
        running_ = none;
        if (!result_.failure.empty())
            return;
        for (auto& a : actors_)
            if (!a.done)
                return fail("a deadlock");
        world_->finished();
        if (!pruned_)
            count(1);
    }

    void start_fiber(std::size_t i) {
        fibers_[i] = std::make_unique<fiber>();
        fibers_[i]->start([this, i] {
            fiber& self = *fibers_[i];
            while (!self.ending) {
                self.can_end = false;
                actors_[i].program();
                actors_[i] = {.done = true};
                self.can_end = true;
                const auto next = pick();
                if (next != none)
                    resume(self, next);
                else
                    self.switch_to(main_);
            }
            self.switch_to(main_, true);
        });
    }

    void observed(std::uint64_t value) {
        if (running_ != none)
            actors_[running_].past = mix(actors_[running_].past, value);
    }

    void before(char access) {
        if (running_ == none)
            return;
        actors_[running_].at = access;
        if (grain_ == grain::access || (access != 'c' && access != 'y'))
            reschedule();
    }

    void resume(fiber& from, std::size_t next) {
        running_ = next;
        from.switch_to(*fibers_[next]);
    }

    void reschedule() {
        const auto me = running_;
        const auto next = pick();
        if (next == none)
            fibers_[me]->switch_to(main_);
        else if (next != me)
            resume(*fibers_[me], next);
    }

    unsigned enabled() {
        unsigned all = 0;
        for (std::size_t i = 0; i < actors_.size(); ++i) {
            auto& a = actors_[i];
            if (!a.done && !a.asleep && (!a.condition || a.dismissed || a.condition()))
                all |= 1u << i;
        }
        return all;
    }

    std::size_t pick() {
        unsigned ready = enabled();
        if (ready == 0) {
            for (auto& a : actors_)
                a.dismissed = !a.done && a.condition && a.idle;
            ready = enabled();
        }
        if (ready == 0)
            return none;
        if (++steps_ > 10'000)
            fail("a livelock");
        const auto chosen = choose(ready);
        if (!pruned_)
            trace_.push_back(static_cast<char>('0' + chosen));
        return chosen;
    }

    std::size_t choose(unsigned ready) {
        // To stay with the running actor saves switching.
        auto chosen = static_cast<std::size_t>(__builtin_ctz(ready));
        if (running_ != none && ((ready >> running_) & 1))
            chosen = running_;
        if ((ready & (ready - 1)) == 0 || pruned_)
            return chosen;
        if (depth_ < path_.size())
            return path_[depth_++].chosen;
        const auto here = state();
        const auto [place, is_new] = states_.emplace(here, on_the_way);
        if (!is_new) {
            if (place->second == on_the_way)
                fail("a livelock");
            pruned_ = true;
            count(place->second);
        } else {
            path_.push_back({here, ready & ~(1u << chosen), chosen, 0});
            ++depth_;
        }
        return chosen;
    }

    void count(double schedules) {
        (path_.empty() ? result_.schedules : path_.back().schedules) += schedules;
    }

    bool next_schedule() {
        while (!path_.empty()) {
            decision& last = path_.back();
            if (last.untried != 0) {
                last.chosen = static_cast<std::size_t>(__builtin_ctz(last.untried));
                last.untried &= last.untried - 1;
                return true;
            }
            const auto schedules = last.schedules;
            states_[last.state] = schedules;
            path_.pop_back();
            count(schedules);
        }
        return false;
    }

    std::uint64_t atomic_value() const;

    std::uint64_t state() const {
        auto hash = mix(world_->state(), atomic_value());
        for (const auto r : released_)
            hash = mix(hash, r);
        for (const auto& a : actors_) {
            hash = mix(hash, a.past);
            hash = mix(hash, a.seen);
            hash = mix(hash, a.knows);
            hash = mix(hash, static_cast<std::uint64_t>(a.at * 4 + a.done + 2 * a.asleep));
        }
        return hash;
    }

    void fail(const char* invariant) {
        if (result_.failure.empty())
            result_.failure = std::string(invariant) + ", in the schedule " + trace_;
        if (running_ != none) {
            fibers_[running_]->switch_to(main_);
            std::terminate(); // nobody goes on with it
        }
    }

    std::function<std::unique_ptr<world>()> make_;
    const grain grain_;
    const memory memory_;
    std::unique_ptr<world> world_;
    fiber main_;
    std::array<std::unique_ptr<fiber>, most_actors> fibers_;
    std::vector<actor_state> actors_;
    std::size_t running_ = none;
    knowledge everything_ = 0;
    std::array<knowledge, channels> released_{};
    const model_atomic* atomic_ = nullptr;

    std::vector<decision> path_;
    std::size_t depth_ = 0;
    std::size_t steps_ = 0;
    bool pruned_ = false;
    std::string trace_;
    std::unordered_map<std::uint64_t, double> states_;
    result result_;
};

/// Plain memory that actors share: each access must happen after those that conflict with it, by
/// the acquire and release operations made and not just by the schedule.
///
/// Kept as sets: who knows of the latest access of each kind by each actor. Knowing passes from a
/// releasing actor to the atomic and on to an acquiring one; all writes to the atomic being
/// read-modify-writes, it is never lost there.
class plain_memory {
public:
    /// `number`, from 0 to 7, tells the pieces of a world apart.
    plain_memory(unsigned number, const char* race) : shift_(number * 2 * most), race_(race) {}

    void read() { access(most, all); }
    void write() { access(0, all | (all << most)); }

private:
    static constexpr std::size_t most = explorer::most_actors;
    static constexpr explorer::knowledge all = (1 << most) - 1;

    void access(std::size_t kind, explorer::knowledge conflicting) {
        explorer& e = *explorer::current;
        if (e.actor() == explorer::none)
            return;
        conflicting <<= shift_;
        e.require((e.known() & conflicting) == conflicting, race_);
        e.learn(explorer::knowledge{1} << (shift_ + kind + e.actor()));
    }

    std::size_t shift_;
    const char* race_;
};

/// What `std::atomic` does, one access at a time. A world has one.
class model_atomic {
public:
    using value_type = std::uint64_t;

    explicit model_atomic(value_type value) : value_(value) { explorer::current->atomic_ = this; }

    value_type load(std::memory_order order = std::memory_order_seq_cst) const {
        before('l');
        if (auto* a = actor()) {
            a->start = a->past;
            explorer::current->observed('l');
            see(*a);
        }
        acquire(order);
        return value_;
    }

    bool compare_exchange_strong(value_type& expected, value_type desired,
                                 std::memory_order success) {
        return compare_exchange_weak(expected, desired, success, std::memory_order_relaxed);
    }

    /// This form is used on the way to `wait` only.
    bool compare_exchange_strong(value_type& expected, value_type desired) {
        const bool done = compare_exchange_weak(expected, desired, std::memory_order_seq_cst,
                                                std::memory_order_seq_cst);
        if (!done)
            start_over();
        return done;
    }

    bool compare_exchange_weak(value_type& expected, value_type desired, std::memory_order success,
                               std::memory_order failure) {
        before('c');
        if (value_ == expected) {
            write(desired, success);
            return true;
        }
        acquire(failure);
        expected = value_;
        if (auto* a = actor())
            see(*a);
        return false;
    }

    value_type fetch_add(value_type operand, std::memory_order order) {
        before('f');
        return write(value_ + operand, order);
    }

    value_type fetch_sub(value_type operand, std::memory_order order) {
        before('f');
        const auto old = write(value_ - operand, order);
        if (auto* a = actor())
            see(*a);
        return old;
    }

    void wait(value_type old) const {
        if (auto* a = actor())
            a->seen = old;
        before('w');
        while (value_ == old) {
            actor()->asleep = true;
            before('w');
        }
        explorer::current->observed('w');
        start_over();
        acquire(std::memory_order_seq_cst);
    }

    void notify_all() {
        before('n');
        explorer::current->observed('n');
        for (auto& a : explorer::current->actors_)
            a.asleep = false;
    }

    value_type value() const { return value_; }

private:
    static explorer::actor_state* actor() {
        auto& e = *explorer::current;
        return e.running_ == explorer::none ? nullptr : &e.actors_[e.running_];
    }

    static void before(char access) {
        explorer::current->before(access);
        if (actor())
            explorer::current->world_->touched();
    }

    value_type write(value_type desired, std::memory_order order) {
        const auto old = value_;
        set(desired);
        acquire(order);
        release(order);
        if (auto* a = actor()) {
            explorer::current->observed(desired - old);
            a->seen = 0;
        }
        return old;
    }

    /// The loop begins anew, with a load.
    static void start_over() {
        if (auto* a = actor(); a && explorer::current->memory_ == explorer::memory::last) {
            a->past = a->start;
            a->seen = 0;
        }
    }

    void see(explorer::actor_state& a) const {
        if (explorer::current->memory_ == explorer::memory::all)
            explorer::current->observed(value_);
        a.seen = value_;
    }

    void set(value_type desired) {
        const auto old = std::exchange(value_, desired);
        if (actor())
            explorer::current->world_->written(old, desired);
    }

    static void acquire(std::memory_order order) {
        if (order != std::memory_order_relaxed && order != std::memory_order_release)
            explorer::current->acquire(0);
    }

    static void release(std::memory_order order) {
        if (order != std::memory_order_relaxed && order != std::memory_order_acquire)
            explorer::current->release(0);
    }

    value_type value_;
};

inline std::uint64_t explorer::atomic_value() const { return atomic_->value(); }

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_EXPLORER_HPP
