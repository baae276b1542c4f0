// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
// Boost.Cobalt: a task runs on one thread, here the only one of a pool. `spawn` gives a handle to
// it.

#include "check.hpp"

#include <boost/cobalt/op.hpp>
#include <boost/cobalt/spawn.hpp>
#include <boost/cobalt/task.hpp>
#include <boost/cobalt/this_thread.hpp>

#include <memory_resource>
#include <optional>
#include <stdexcept>
#include <string>

// Debian has Cobalt's headers, and not the library to link with: what of it is used here.
namespace boost::cobalt {
namespace this_thread {
namespace {
thread_local std::optional<executor> here;
}
std::pmr::memory_resource* get_default_resource() noexcept {
    return std::pmr::get_default_resource();
}
bool has_executor() { return here.has_value(); }
executor& get_executor(const source_location& place) {
    if (!here)
        detail::throw_bad_executor(place);
    return *here;
}
void set_executor(executor given) noexcept { here = std::move(given); }
} // namespace this_thread

namespace detail {
std::exception_ptr moved_from_exception() {
    return std::make_exception_ptr(std::logic_error("moved from"));
}
std::exception_ptr completed_unexpected() {
    return std::make_exception_ptr(std::logic_error("completed unexpectedly"));
}
void throw_bad_executor(const source_location&) { throw asio::execution::bad_executor(); }
} // namespace detail
} // namespace boost::cobalt

namespace cobalt = boost::cobalt;
using namespace clients;

namespace {

cobalt::task<int> waits_for(asio::steady_timer& timer) {
    co_await timer.async_wait(cobalt::use_op);
    co_return 42;
}

cobalt::task<std::size_t> reads(asio::ip::tcp::socket& socket) {
    char data[64];
    std::size_t total = 0;
    for (;;) {
        auto [error, n] =
            co_await socket.async_read_some(asio::buffer(data), asio::as_tuple(cobalt::use_op));
        total += n;
        if (error == asio::error::eof)
            co_return total;
        if (error)
            throw boost::system::system_error(error);
    }
}

cobalt::task<int> awaits(asyncinfo::IAsyncOperation<int> operation) {
    co_return 1 + co_await operation(cobalt::use_op);
}

struct two_sockets {
    explicit two_sockets(asio::any_io_executor executor) : here(executor), there(executor) {
        asio::ip::tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
        here.connect(acceptor.local_endpoint());
        there = acceptor.accept();
    }
    asio::ip::tcp::socket here, there;
};

} // namespace

int main() {
    const watchdog limit(60s);
    asio::thread_pool thread(1);
    const asio::any_io_executor executor = thread.get_executor();
    run_on(executor, [&] { cobalt::this_thread::set_executor(executor); });

    scenario("spawn: results by get() on another thread", [&] {
        for (int i = 0; i < 20; ++i) {
            asio::steady_timer timer(executor, 1ms);
            const auto task = cobalt::spawn(executor, waits_for(timer), use_async_info);
            expect(task.get() == 42, "another result");
        }
    });
    scenario("spawn: cancelled from another thread, 50 times", [&] {
        for (int i = 0; i < 50; ++i) {
            asio::steady_timer timer(executor, 1h);
            const auto task = cobalt::spawn(executor, waits_for(timer), use_async_info);
            task.Cancel();
            expect_end(task, AsyncStatus::Canceled, "the task");
        }
    });
    scenario("spawn: deadline", [&] {
        asio::steady_timer timer(executor, 1h);
        expect_timed_out(
            cobalt::spawn(executor, waits_for(timer), use_async_info.cancel_after(100ms)),
            "the task");
    });
    scenario("spawn: the peer goes while it reads", [&] {
        two_sockets sockets(executor);
        const auto task = cobalt::spawn(executor, reads(sockets.here), use_async_info);
        asio::write(sockets.there, asio::buffer("hello", 5));
        sockets.there.set_option(asio::socket_base::linger(true, 0));
        sockets.there.close();
        task.wait_for(patience);
        expect(task.Status() != AsyncStatus::Started, "the task goes on");
        return told(task);
    });
    scenario("a task awaits a handle", [&] {
        asyncinfo::async_source<int> source;
        const auto task = cobalt::spawn(executor, awaits(source.operation()), use_async_info);
        source.set_value(41);
        expect(task.get() == 42, "another result");
    });
    thread.join();
    return result();
}
