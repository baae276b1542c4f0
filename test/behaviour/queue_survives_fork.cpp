// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#if defined(__unix__) || defined(__APPLE__)
#define ASYNCINFO_TEST_HAS_FORK
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace asyncinfo_test::queue_survives_fork_test {
namespace {

void nothing() {}

#if defined(ASYNCINFO_TEST_HAS_FORK)

bool is_readable(int descriptor) {
    pollfd asked{descriptor, POLLIN, 0};
    return ::poll(&asked, 1, 0) == 1 && (asked.revents & POLLIN);
}

/// Calls what a child does, which tells by true that all was right there, and meanwhile what the
/// parent does. Is the child content?
template <typename Child, typename Parent>
bool fork_into(completion_queue& queue, Child child, Parent parent) {
    queue.context().notify_fork(asio::execution_context::fork_prepare);
    const pid_t pid = ::fork();
    if (pid == 0) {
        bool content = false;
        try {
            queue.context().notify_fork(asio::execution_context::fork_child);
            content = child();
        } catch (...) {
        }
        ::_exit(content ? 0 : 1);
    }
    queue.context().notify_fork(asio::execution_context::fork_parent);
    parent();
    int status = -1;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

template <typename Child>
bool fork_into(completion_queue& queue, Child child) {
    return fork_into(queue, child, nothing);
}

#endif

BOOST_AUTO_TEST_SUITE(queue_survives_fork)

BOOST_AUTO_TEST_CASE(a_queue_without_a_descriptor_goes_on) {
    completion_queue queue;
    asio::post(queue, nothing);
    queue.context().notify_fork(asio::execution_context::fork_child);
    asio::post(queue, nothing);
    BOOST_TEST(queue.poll() == 2u);
}

#if defined(ASYNCINFO_TEST_HAS_FORK)

BOOST_AUTO_TEST_CASE(what_the_child_submits_does_not_wake_the_parent) {
    completion_queue queue;
    const int descriptor = queue.native_handle();
    BOOST_TEST(fork_into(queue, [&] {
        asio::post(queue, nothing);
        return is_readable(queue.native_handle());
    }));
    BOOST_TEST(queue.native_handle() == descriptor);
    BOOST_TEST(!is_readable(descriptor));
}

BOOST_AUTO_TEST_CASE(what_the_child_has_polled_the_parent_is_still_told_of) {
    completion_queue queue;
    const int descriptor = queue.native_handle();
    asio::post(queue, nothing);
    BOOST_TEST(fork_into(queue, [&] {
        const bool told = is_readable(queue.native_handle());
        return told && queue.poll() == 1 && !is_readable(queue.native_handle());
    }));
    BOOST_TEST(is_readable(descriptor));
    BOOST_TEST(queue.poll() == 1u);
    BOOST_TEST(!is_readable(descriptor));
}

BOOST_AUTO_TEST_CASE(what_the_parent_submits_does_not_wake_the_child) {
    completion_queue queue;
    queue.native_handle();
    int submitted[2];
    BOOST_REQUIRE(::pipe(submitted) == 0);
    BOOST_TEST(fork_into(
        queue,
        [&] {
            char byte = 0;
            return ::read(submitted[0], &byte, 1) == 1 && !is_readable(queue.native_handle()) &&
                   queue.poll() == 0;
        },
        [&] {
            asio::post(queue, nothing);
            BOOST_TEST(::write(submitted[1], "", 1) == 1);
        }));
    ::close(submitted[0]);
    ::close(submitted[1]);
    BOOST_TEST(is_readable(queue.native_handle()));
}

BOOST_AUTO_TEST_CASE(a_descriptor_that_nobody_asked_for_is_not_made_for_the_child) {
    completion_queue queue;
    asio::post(queue, nothing);
    const int next = ::dup(0);
    ::close(next);
    BOOST_TEST(
        fork_into(queue, [&] { return queue.native_handle() == next && queue.poll() == 1; }));
    BOOST_TEST(queue.poll() == 1u);
}

BOOST_AUTO_TEST_CASE(where_there_are_none_left_the_childs_poll_throws_and_one_can_be_made_later) {
    completion_queue queue;
    queue.native_handle();
    asio::post(queue, nothing);
    BOOST_TEST(fork_into(queue, [&] {
        rlimit descriptors{};
        ::getrlimit(RLIMIT_NOFILE, &descriptors);
        const rlimit none{0, descriptors.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
        queue.context().notify_fork(asio::execution_context::fork_child);
        ::setrlimit(RLIMIT_NOFILE, &descriptors);
        bool thrown = false;
        try {
            queue.poll();
        } catch (const system_error&) {
            thrown = true;
        }
        asio::post(queue, nothing);
        return thrown && is_readable(queue.native_handle()) && queue.poll() == 1;
    }));
}

#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asyncinfo_test::queue_survives_fork_test
