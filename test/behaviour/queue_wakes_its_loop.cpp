// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <filesystem>

#if defined(__unix__) || defined(__APPLE__)
#define ASYNCINFO_TEST_HAS_DESCRIPTORS
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#endif
#if defined(_WIN32)
#include <windows.h>
#endif
#if defined(__linux__)
#include <sys/epoll.h>
#include <sys/resource.h>
#endif

namespace asyncinfo_test::queue_wakes_its_loop_test {
namespace {

void nothing() {}

/// Posts from another thread, and waits until it has.
void post_elsewhere(completion_queue& queue, int count) {
    joining_thread([&] {
        while (count-- > 0)
            asio::post(queue, nothing);
    });
}

/// Ends many operations, with a Completed handler each in the queue, all on one thread.
class many_operations {
public:
    many_operations(completion_queue& queue, int count) : sources_(static_cast<size_t>(count)) {
        for (auto& source : sources_)
            source.operation().Completed(
                asio::bind_executor(queue, [this](auto&, auto) { ++completed_; }));
    }

    void end() {
        joining_thread([this] {
            for (auto& source : sources_)
                source.set_value();
        });
    }

    int completed() const { return completed_; }

private:
    std::vector<async_source<>> sources_;
    int completed_ = 0;
};

#if defined(_WIN32)

bool is_readable(completion_queue& queue) {
    return WaitForSingleObject(queue.native_handle(), 0) == WAIT_OBJECT_0;
}

bool is_inherited(completion_queue& queue) {
    DWORD flags = 0;
    BOOST_TEST_REQUIRE(GetHandleInformation(queue.native_handle(), &flags));
    return flags & HANDLE_FLAG_INHERIT;
}

#elif defined(ASYNCINFO_TEST_HAS_DESCRIPTORS)

bool is_inherited(completion_queue& queue) {
    return (::fcntl(queue.native_handle(), F_GETFD) & FD_CLOEXEC) == 0;
}

bool is_readable(completion_queue& queue) {
    pollfd asked{queue.native_handle(), POLLIN, 0};
    return ::poll(&asked, 1, 0) == 1 && (asked.revents & POLLIN);
}

/// How often it was written to since it was asked. (The queue does not mind.)
std::uint64_t writes(completion_queue& queue) {
#if defined(__linux__) && !defined(ASYNCINFO_NO_EVENTFD)
    std::uint64_t count = 0;
    return ::read(queue.native_handle(), &count, sizeof count) == sizeof count ? count : 0;
#else
    char bytes[4096];
    const auto size = ::read(queue.native_handle(), bytes, sizeof bytes);
    return size > 0 ? static_cast<std::uint64_t>(size) : 0;
#endif
}

#endif
#if defined(__linux__)

class epoll {
public:
    epoll(completion_queue& queue, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        BOOST_REQUIRE(::epoll_ctl(fd_, EPOLL_CTL_ADD, queue.native_handle(), &event) == 0);
    }
    ~epoll() { ::close(fd_); }

    bool wakes(std::chrono::milliseconds within = 0ms) {
        epoll_event event{};
        const int n = ::epoll_wait(fd_, &event, 1, static_cast<int>(within.count()));
        return n == 1 && (event.events & EPOLLIN);
    }

private:
    int fd_ = ::epoll_create1(EPOLL_CLOEXEC);
};

long voluntary_switches() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

std::ptrdiff_t open_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

#endif

} // namespace

BOOST_AUTO_TEST_SUITE(queue_wakes_its_loop)

#if defined(ASYNCINFO_TEST_HAS_DESCRIPTORS) || defined(_WIN32)

BOOST_AUTO_TEST_CASE(the_descriptor_is_readable_exactly_while_something_is_ready) {
    completion_queue queue;
    BOOST_TEST(!is_readable(queue));
    BOOST_TEST(queue.poll() == 0u);
    BOOST_TEST(!is_readable(queue));
    post_elsewhere(queue, 2);
    BOOST_TEST(is_readable(queue));
    BOOST_TEST(is_readable(queue));
    queue.poll_one();
    BOOST_TEST(is_readable(queue));
    queue.poll_one();
    BOOST_TEST(!is_readable(queue));
    // Also as its handlers see it.
    asio::post(queue, [&] { BOOST_TEST(is_readable(queue)); });
    asio::post(queue, [&] {
        BOOST_TEST(!is_readable(queue));
        asio::post(queue, nothing);
        BOOST_TEST(is_readable(queue));
    });
    BOOST_TEST(queue.poll() == 2u);
    BOOST_TEST(is_readable(queue));
    queue.poll();
    BOOST_TEST(!is_readable(queue));
    // And after one has thrown.
    asio::post(queue, [] { throw std::runtime_error("from a handler"); });
    asio::post(queue, nothing);
    BOOST_CHECK_THROW(queue.poll(), std::runtime_error);
    BOOST_TEST(is_readable(queue));
    asio::post(queue, [] { throw std::runtime_error("from a handler"); });
    queue.poll_one();
    BOOST_CHECK_THROW(queue.poll(), std::runtime_error);
    BOOST_TEST(!is_readable(queue));
}

// With posts and polls on several threads, once they have returned.
BOOST_AUTO_TEST_CASE(the_descriptor_is_right_after_any_race) {
    completion_queue queue;
    queue.native_handle();
    for (int i = 0; i != 300; ++i) {
        std::size_t ran = 0;
        const auto post_ten = [&] {
            for (int n = 0; n != 10; ++n)
                asio::post(queue, nothing);
        };
        at_once({[&] { asio::post(queue, nothing); }, post_ten,
                 [&] { ran = queue.poll() + queue.poll_one(); }});
        BOOST_TEST_REQUIRE(is_readable(queue) == (ran != 11));
        queue.poll();
        BOOST_TEST_REQUIRE(!is_readable(queue));
    }
}

BOOST_AUTO_TEST_CASE(a_descriptor_asked_for_late_is_readable_at_once) {
    completion_queue queue;
    asio::post(queue, nothing);
    BOOST_TEST(is_readable(queue));
    BOOST_TEST(queue.native_handle() == queue.native_handle());
    BOOST_TEST(!is_inherited(queue));
}

#endif
#if defined(_WIN32)

BOOST_AUTO_TEST_CASE(a_loop_waits_for_the_queues_event_beside_others) {
    completion_queue queue;
    const HANDLE other = CreateEventW(nullptr, FALSE, FALSE, nullptr);
    const HANDLE all[] = {other, queue.native_handle()};
    const auto wait = [&](DWORD time) { return WaitForMultipleObjects(2, all, FALSE, time); };
    BOOST_TEST(wait(0) == DWORD{WAIT_TIMEOUT});
    joining_thread poster([&] { asio::post(queue, nothing); });
    BOOST_TEST(wait(INFINITE) == WAIT_OBJECT_0 + 1);
    BOOST_TEST(wait(INFINITE) == WAIT_OBJECT_0 + 1); // until it is polled
    BOOST_TEST(queue.poll() == 1u);
    SetEvent(other);
    BOOST_TEST(wait(INFINITE) == DWORD{WAIT_OBJECT_0});
    CloseHandle(other);
}

BOOST_AUTO_TEST_CASE(a_closed_event_is_reported) {
    const error_code invalid(ERROR_INVALID_HANDLE, boost::system::system_category());
    completion_queue queue;
    int calls = 0;
    const auto count = [&] { ++calls; };
    CloseHandle(queue.native_handle());
    asio::post(queue, count);
    asio::post(queue, count);
    CHECK_THROWS_CODE(queue.poll(), invalid);
    BOOST_TEST(calls == 2);
    BOOST_TEST(queue.poll() == 0u); // reported once
    asio::post(queue, count);
    BOOST_TEST(is_readable(queue)); // a new one
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(!is_readable(queue));
}

#endif
#if defined(ASYNCINFO_TEST_HAS_DESCRIPTORS)

BOOST_AUTO_TEST_CASE(a_burst_writes_to_the_descriptor_once) {
    completion_queue queue;
    queue.native_handle();
    many_operations operations(queue, 10'000);
    BOOST_TEST(writes(queue) == 0u);
    operations.end();
    BOOST_TEST(writes(queue) == 1u);
    BOOST_TEST(queue.poll() == 10'000u);
    BOOST_TEST(operations.completed() == 10'000);
    BOOST_TEST(writes(queue) == 0u);
    // A poll that leaves something writes once more, one that leaves nothing does not.
    post_elsewhere(queue, 3);
    BOOST_TEST(writes(queue) == 1u);
    queue.poll_one();
    BOOST_TEST(writes(queue) == 1u);
    queue.poll();
    BOOST_TEST(writes(queue) == 0u);
}

// "If it was closed all the same, nothing is lost, but nobody is woken."
BOOST_AUTO_TEST_CASE(a_closed_descriptor_is_reported) {
    completion_queue queue;
    int calls = 0;
    const auto count = [&] { ++calls; };
    const auto break_it = [&] {
#if defined(__linux__) && !defined(ASYNCINFO_NO_EVENTFD)
        ::close(queue.native_handle());
#else
        // The pipe's other end would draw a SIGPIPE: what is seen is that reading fails.
        asio::post(queue, nothing);
        ::close(queue.native_handle());
#endif
    };
    // Found by what is submitted, or by the poll.
    break_it();
    asio::post(queue, count);
    asio::post(queue, count);
    CHECK_THROWS_CODE(queue.poll(), std::errc::bad_file_descriptor);
    BOOST_TEST(calls == 2);
    BOOST_TEST(queue.poll() == 0u); // reported once
    asio::post(queue, count);
    BOOST_TEST(is_readable(queue)); // a new one
    ::close(queue.native_handle());
    CHECK_THROWS_CODE(queue.poll_for(1h), std::errc::bad_file_descriptor);
    BOOST_TEST(calls == 3);
    asio::post(queue, count);
    BOOST_TEST(is_readable(queue));
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(!is_readable(queue));
    BOOST_TEST(calls == 4);
    // A handler's own exception is not lost for it.
    asio::post(queue, [] { throw std::runtime_error("from a handler"); });
    ::close(queue.native_handle());
    BOOST_CHECK_THROW(queue.poll(), std::runtime_error);
    CHECK_THROWS_CODE(queue.poll(), std::errc::bad_file_descriptor);
}

#endif
#if defined(__linux__)

#if !defined(ASYNCINFO_NO_EVENTFD)
// Where another file has the number of a descriptor that was closed, and cannot be written to.
BOOST_AUTO_TEST_CASE(what_has_the_number_of_a_closed_descriptor_stays_open) {
    completion_queue queue;
    const int number = queue.native_handle();
    ::close(number);
    BOOST_TEST_REQUIRE(::open("/dev/null", O_RDONLY | O_CLOEXEC) == number);
    asio::post(queue, nothing);
    BOOST_CHECK_THROW(queue.poll(), system_error);
    BOOST_TEST(queue.native_handle() != number);
    BOOST_TEST(::close(number) == 0);
}
#endif

BOOST_AUTO_TEST_CASE(level_triggered_loops_wake_as_long_as_something_is_ready) {
    completion_queue queue;
    epoll loop(queue, EPOLLIN);
    BOOST_TEST(!loop.wakes());
    post_elsewhere(queue, 3);
    for (int i = 0; i != 3; ++i) {
        BOOST_TEST(loop.wakes());
        BOOST_TEST(loop.wakes());
        BOOST_TEST(queue.poll_for(0s) == 1u);
    }
    BOOST_TEST(!loop.wakes());
}

BOOST_AUTO_TEST_CASE(edge_triggered_loops_wake_again_for_what_a_poll_leaves) {
    completion_queue queue;
    epoll loop(queue, EPOLLIN | EPOLLET);
    BOOST_TEST(!loop.wakes());
    post_elsewhere(queue, 3);
    for (int i = 0; i != 3; ++i) {
        BOOST_TEST(loop.wakes());
        BOOST_TEST(!loop.wakes());
        BOOST_TEST(queue.poll_for(0s) == 1u);
    }
    BOOST_TEST(!loop.wakes());
    // Also by a poll that has thrown, and one whose handlers have posted.
    asio::post(queue, [] { throw std::runtime_error("from a handler"); });
    asio::post(queue, [&] { asio::post(queue, nothing); });
    BOOST_TEST(loop.wakes());
    BOOST_CHECK_THROW(queue.poll(), std::runtime_error);
    BOOST_TEST(loop.wakes());
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(loop.wakes());
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(!loop.wakes());
}

// A loop that sleeps without a time limit misses nothing, edge-triggered, with a small budget.
BOOST_AUTO_TEST_CASE(a_sleeping_loop_misses_nothing) {
    for (const std::uint32_t mode : {0u, static_cast<std::uint32_t>(EPOLLET)}) {
        completion_queue queue;
        epoll loop(queue, EPOLLIN | mode);
        constexpr int total = 5'000;
        int calls = 0;
        joining_thread other([&] {
            for (int i = 0; i != total; ++i)
                asio::post(queue, [&] { ++calls; });
        });
        while (calls != total && loop.wakes(1h))
            queue.poll_for(10us);
        BOOST_TEST(calls == total);
    }
}

BOOST_AUTO_TEST_CASE(nobody_asked_so_there_is_no_descriptor) {
    const auto before = open_descriptors();
    std::optional<completion_queue::executor_type> executor; // which may outlive it
    {
        completion_queue queue;
        executor = queue.get_executor();
        post_elsewhere(queue, 3);
        queue.wait();
        queue.poll();
        BOOST_TEST(open_descriptors() == before);
        queue.native_handle();
        BOOST_TEST(open_descriptors() > before);
    }
    BOOST_TEST(open_descriptors() == before);
}

// "With 10 000 operations outstanding and nothing ending for 2 s, the loop's thread is not woken."
BOOST_AUTO_TEST_CASE(an_idle_loop_sleeps) {
    completion_queue queue;
    running_context network;
    std::vector<asio::steady_timer> timers;
    for (int i = 0; i != 10'000; ++i) {
        timers.emplace_back(network, asio::steady_timer::time_point::max());
        timers.back()
            .async_wait(use_async_info)
            .Completed(asio::bind_executor(queue, [](auto&, auto) {}));
    }
    epoll loop(queue, EPOLLIN);
    const auto begin = std::chrono::steady_clock::now();
    const long before = voluntary_switches();
    const bool woken = loop.wakes(1s) || queue.wait_for(1s);
    const long switches = voluntary_switches() - before;
    BOOST_TEST(!woken);
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 2s));
    BOOST_TEST(switches < 20); // one to sleep in each of the two; and a page fault may be one
    network.stop();
}

#endif

BOOST_AUTO_TEST_CASE(on_ready_is_called_where_the_first_is_submitted) {
    completion_queue queue;
    std::vector<std::thread::id> calls;
    queue.on_ready([&] { calls.push_back(std::this_thread::get_id()); });
    BOOST_TEST(calls.empty());
    const auto poster = on_another_thread([&] {
        for (int i = 0; i != 10; ++i)
            asio::post(queue, nothing);
    });
    BOOST_TEST((calls == std::vector{poster}));
    // By a poll that leaves some behind, and not by one that leaves none.
    const auto me = std::this_thread::get_id();
    queue.poll_one();
    BOOST_TEST((calls == std::vector{poster, me}));
    BOOST_TEST(queue.poll() == 9u);
    BOOST_TEST(calls.size() == 2u);
    // By one that has thrown.
    asio::post(queue, [] { throw std::runtime_error("from a handler"); });
    asio::post(queue, nothing);
    BOOST_TEST(calls.size() == 3u);
    BOOST_CHECK_THROW(queue.poll(), std::runtime_error);
    BOOST_TEST(calls.size() == 4u);
    queue.on_ready(nullptr);
    BOOST_TEST(queue.poll() == 1u);
    post_elsewhere(queue, 1);
    BOOST_TEST(calls.size() == 4u);
    // Set late, it is called at once.
    queue.on_ready([&] { calls.push_back(me); });
    BOOST_TEST(calls.size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_burst_calls_on_ready_once) {
    completion_queue queue;
    int calls = 0;
    queue.on_ready([&] { ++calls; });
    many_operations operations(queue, 10'000);
    operations.end();
    BOOST_TEST(calls == 1);
    BOOST_TEST(queue.poll() == 10'000u);
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(on_ready_may_post_and_replace_itself) {
    completion_queue queue;
    int first = 0, second = 0;
    auto alive = std::make_shared<int>();
    queue.on_ready([&, alive] {
        ++first;
        asio::post(queue, nothing);
        queue.on_ready([&second] { ++second; }); // and something is ready
        BOOST_TEST(alive.use_count() == 2);      // it outlives its call
    });
    asio::post(queue, nothing);
    BOOST_TEST(alive.use_count() == 1);
    BOOST_TEST(first == 1);
    BOOST_TEST(second == 1);
    BOOST_TEST(queue.poll() == 2u);
    asio::post(queue, nothing);
    BOOST_TEST(second == 2);
}

BOOST_AUTO_TEST_CASE(on_ready_may_destroy_the_queue) {
    auto queue = std::make_unique<completion_queue>();
    queue->on_ready([&] { queue.reset(); });
    auto executor = std::make_optional(queue->get_executor());
    asio::post(*executor, [] { BOOST_ERROR("it has been closed"); });
    BOOST_TEST(!queue);
}

// "This member and the destructor wait until calls of the one before, on other threads, have
// returned": so what it uses may go then.
BOOST_AUTO_TEST_CASE(what_on_ready_uses_may_go_when_it_is_replaced) {
    for (const bool destroy : {false, true}) {
        auto queue = std::make_unique<completion_queue>();
        const auto executor = queue->get_executor();
        latch inside(1);
        std::atomic<bool> go_on = false, returned = false;
        queue->on_ready([&] {
            inside.count_down();
            asyncinfo::detail::wait_while_equal(go_on, false);
            returned = true;
        });
        joining_thread poster([executor] { asio::post(executor, nothing); });
        inside.wait();
        joining_thread releaser([&] {
            go_on = true;
            asyncinfo::detail::wake_all(go_on);
        });
        if (destroy)
            queue.reset();
        else
            queue->on_ready(nullptr);
        BOOST_TEST(returned.load());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::queue_wakes_its_loop_test
