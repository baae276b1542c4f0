// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §3, §9.2: a context may be destroyed after any number of a coroutine's steps. Nothing leaks, and
/// nothing hangs because a producer died.
namespace asyncinfo_test::coroutines_may_be_abandoned_test {
namespace {

/// Counts what lives in the frames.
struct tracer {
    explicit tracer(int& count) : count_(&count) { ++count; }
    tracer(const tracer& other) : count_(other.count_) { ++*count_; }
    tracer& operator=(const tracer&) = delete;
    ~tracer() { --*count_; }

private:
    int* count_;
};

/// A scene's contexts: `main` runs, and either may be destroyed first.
struct world {
    std::unique_ptr<asio::io_context> main = std::make_unique<asio::io_context>();
    std::unique_ptr<asio::io_context> other = std::make_unique<asio::io_context>();
    int alive = 0;
};

IAsyncAction deferred_awaits(asio::io_context& context, tracer parameter) {
    const tracer local(parameter);
    asio::steady_timer timer(context);
    for (int i = 0; i != 3; ++i) {
        co_await asio::post(context, asio::deferred);
        timer.expires_after(1us);
        const tracer inner(local);
        co_await timer.async_wait(asio::deferred);
    }
}

IAsyncOperation<int> nested(asio::io_context& context, tracer parameter, int depth) {
    const tracer local(parameter);
    if (depth == 0) {
        co_await asio::post(context, use_async_info);
        co_return 1;
    }
    const int below = co_await nested(context, local, depth - 1);
    co_await asio::post(context, asio::deferred);
    co_return below + co_await nested(context, local, depth - 1);
}

IAsyncAction conversation(asio::io_context& context, tracer parameter) {
    using socket = local::socket;
    const tracer local(parameter);
    socket near_end(context), far_end(context);
    connect_pair(near_end, far_end);
    std::array<char, 4> in{}, out{};
    auto reading = asio::async_read(far_end, asio::buffer(in), use_async_info);
    co_await asio::async_write(near_end, asio::buffer(out), asio::deferred);
    co_await std::move(reading);
}

/// Parameters live as long as handles do, which is too long for a strand: it is moved to a local.
IAsyncAction on_strand(asio::strand<asio::io_context::executor_type> parameter_strand,
                       asio::io_context* context, tracer parameter) {
    const tracer local(parameter);
    const auto strand = std::move(parameter_strand);
    for (int i = 0; i != 3; ++i) {
        co_await asio::post(*context, asio::deferred);
        co_await asio::post(*context, use_async_info);
        co_await asio::post(strand, asio::deferred);
    }
}

IAsyncAction without_executor(asio::io_context* context, tracer parameter) {
    const tracer local(parameter);
    for (int i = 0; i != 3; ++i) {
        co_await asio::post(*context, asio::deferred);
        co_await asio::post(*context, use_async_info);
    }
}

IAsyncAction moving(asio::io_context& context, asio::io_context* other, tracer parameter) {
    const tracer local(parameter);
    co_await asio::post(context, asio::deferred);
    co_await asyncinfo::resume_on(*other);
    co_await asio::post(*other, asio::deferred);
    co_await asyncinfo::resume_on(context);
    co_await asio::post(context, use_async_info);
}

/// Suspended on what runs on another context.
IAsyncAction visiting(asio::io_context& context, asio::io_context* other, tracer parameter) {
    const tracer local(parameter);
    for (int i = 0; i != 2; ++i) {
        co_await asio::post(*other, use_async_info);
        co_await asio::post(context, asio::deferred);
        co_await asio::post(*other, asio::deferred);
    }
}

/// What resumes it is a function in the queue of a context.
struct posted_by_others {
    asio::io_context* context;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) const {
        asio::post(*context, frame_owner(coroutine));
    }
    void await_resume() const noexcept {}
};

IAsyncAction foreign_awaits(asio::io_context& context, asio::io_context* other, tracer parameter) {
    const tracer local(parameter);
    co_await posted_by_others{&context};
    co_await posted_by_others{other};
    co_await posted_by_others{&context};
}

IAsyncAction with_callback(asio::io_context& context, tracer parameter) {
    const tracer local(parameter);
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    const auto token = co_await asyncinfo::get_cancellation_token();
    token.enable_propagation(false);
    token.callback([&timer, kept = local] { timer.cancel(); });
    co_await timer.async_wait(asio::as_tuple(asio::deferred));
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await asio::post(context, asio::deferred);
}

/// Goes on when what it has awaited was abandoned, with a living context or the dying one.
IAsyncAction surviving(asio::io_context& context, asio::io_context* other, tracer parameter) {
    const tracer local(parameter);
    try {
        co_await asio::post(*other, use_async_info);
    } catch (const system_error& e) {
        BOOST_TEST((e.code() == errc::abandoned));
    }
    co_await asio::post(context, asio::deferred);
}

IAsyncAction forgetting(asio::io_context& context, tracer parameter) {
    const tracer local(parameter);
    co_await asio::post(context, asio::deferred);
    [](asio::io_context& c, tracer t) -> asyncinfo::fire_and_forget {
        const tracer inner(t);
        co_await asio::post(c, asio::deferred);
        co_await asio::post(c, use_async_info);
    }(context, local);
    co_await asio::post(context, use_async_info);
}

using scene = std::function<IAsyncInfo(world&)>;

struct named_scene {
    const char* name;
    scene start;
};

const named_scene scenes[] = {
    {"deferred awaits", [](world& w) { return deferred_awaits(*w.main, tracer(w.alive)); }},
    {"nested", [](world& w) { return nested(*w.main, tracer(w.alive), 3); }},
    {"nested deep", [](world& w) { return nested(*w.main, tracer(w.alive), 6); }},
    {"conversation", [](world& w) { return conversation(*w.main, tracer(w.alive)); }},
    {"on a strand",
     [](world& w) {
         return on_strand(asio::make_strand(w.main->get_executor()), w.main.get(), tracer(w.alive));
     }},
    {"without an executor",
     [](world& w) { return without_executor(w.main.get(), tracer(w.alive)); }},
    {"moving", [](world& w) { return moving(*w.main, w.other.get(), tracer(w.alive)); }},
    {"visiting", [](world& w) { return visiting(*w.main, w.other.get(), tracer(w.alive)); }},
    {"foreign awaitables",
     [](world& w) { return foreign_awaits(*w.main, w.other.get(), tracer(w.alive)); }},
    {"with a callback", [](world& w) { return with_callback(*w.main, tracer(w.alive)); }},
    {"surviving", [](world& w) { return surviving(*w.main, w.other.get(), tracer(w.alive)); }},
    {"forgetting", [](world& w) { return forgetting(*w.main, tracer(w.alive)); }},
};

/// One handler of whichever context has one; false if neither has.
bool step(world& w, const IAsyncInfo& op) {
    for (;;) {
        for (auto* context : {w.main.get(), w.other.get()}) {
            context->restart();
            if (context->poll_one() != 0)
                return true;
        }
        // A timer that is about to expire, or one that never does.
        if (op.Status() != AsyncStatus::Started)
            return false;
        w.main->restart();
        if (w.main->run_one_for(20ms) != 0)
            return true;
        w.other->restart();
        if (w.other->run_one_for(20ms) != 0)
            return true;
        return false;
    }
}

enum class way { handles_kept, handles_dropped, cancelled };

/// The other context goes first: what it takes with it may be awaited on the one that lives, while
/// the other way round is the user's mistake, as in Asio.
void abandon_after(const named_scene& s, int handlers, way how, bool& ended) {
    world w;
    IAsyncInfo op = s.start(w);
    int completed = 0;
    const auto watch = [&](const IAsyncInfo& o) {
        if (auto action = o.try_as<IAsyncAction>())
            action.Completed([&](auto&, AsyncStatus) { ++completed; });
        else
            o.try_as<IAsyncOperation<int>>().Completed([&](auto&, AsyncStatus) { ++completed; });
    };
    watch(op);
    int ran = 0;
    while (ran < handlers && step(w, op))
        ++ran;
    ended = ran < handlers;
    if (how == way::cancelled)
        op.Cancel();
    if (how == way::handles_dropped)
        op = nullptr;
    w.other.reset();
    w.main.reset();
    BOOST_TEST(completed == 1);
    if (op) {
        const auto status = op.wait();
        BOOST_TEST((status == AsyncStatus::Completed || status == AsyncStatus::Canceled ||
                    op.ErrorCode() == errc::abandoned));
    }
    op = nullptr;
    BOOST_TEST(w.alive == 0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(coroutines_may_be_abandoned)

BOOST_AUTO_TEST_CASE(after_every_number_of_steps) {
    for (const auto& s : scenes)
        for (const way how : {way::handles_kept, way::handles_dropped, way::cancelled}) {
            bool ended = false;
            int handlers = 0;
            for (; !ended; ++handlers)
                BOOST_TEST_CONTEXT(s.name << ", way " << int(how) << ", after " << handlers) {
                    abandon_after(s, handlers, how, ended);
                }
            BOOST_TEST(handlers > 1);
        }
}

// As a member of the thread that destroys, not of the one that runs.
BOOST_AUTO_TEST_CASE(by_another_thread_while_somebody_waits) {
    for (int round = 0; round != 100; ++round) {
        const auto& s = scenes[static_cast<std::size_t>(round) % std::size(scenes)];
        world w;
        const auto op = s.start(w);
        for (int n = 0; n != round % 7 && step(w, op); ++n) {
        }
        AsyncStatus seen = AsyncStatus::Started;
        joining_thread waiting([&] { seen = op.wait(); });
        // Asio empties the queue that a posted handler lies in without a lock: not meanwhile.
        joining_thread([&] { op.Cancel(); }).join();
        w.other.reset();
        w.main.reset();
        waiting.join();
        BOOST_TEST((seen != AsyncStatus::Started));
    }
}

// "also while another thread is inside Cancel": as long as it awaits what waits in the reactor.
BOOST_AUTO_TEST_CASE(by_another_thread_while_somebody_cancels) {
    for (int round = 0; round != 100; ++round) {
        auto context = std::make_unique<asio::io_context>();
        int alive = 0;
        const auto op = with_callback(*context, tracer(alive));
        joining_thread cancelling([&] { op.Cancel(); });
        context.reset();
        cancelling.join();
        BOOST_TEST((op.ErrorCode() == errc::abandoned));
    }
}

// One that awaits an abandoned one is told, and may go on.
BOOST_AUTO_TEST_CASE(and_those_that_await_them_are_told) {
    auto inner = std::make_unique<asio::io_context>();
    asio::io_context outer;
    int alive = 0;
    const auto first = deferred_awaits(*inner, tracer(alive));
    error_code seen;
    const auto waits = [](asio::io_context&, IAsyncAction op, error_code* code) -> IAsyncAction {
        try {
            co_await op;
        } catch (const system_error& e) {
            *code = e.code();
        }
    };
    const auto second = waits(outer, first, &seen);
    inner.reset();
    BOOST_TEST(!seen);
    outer.run();
    BOOST_TEST((seen == errc::abandoned));
    BOOST_TEST(second.Status() == AsyncStatus::Completed);
    BOOST_TEST(alive == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutines_may_be_abandoned_test
