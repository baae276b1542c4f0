// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "coroutines.hpp"
#include "loop.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

namespace bench {

namespace {

/// A coroutine that awaits one post after the other. Each is pending when it is awaited.
template <class Coroutine>
class await_row final : public loop_row {
public:
    explicit await_row(const setup& s) : loop_row(s) {}

private:
    bool turn() override {
        Coroutine::start(context_.get_executor(),
                         [this](loop_executor loop) { return await_all(loop, *this); });
        return false;
    }

    static typename Coroutine::task await_all(loop_executor loop, await_row& row) {
        while (row.next_round())
            co_await asio::post(loop, Coroutine::token);
    }
};

/// A coroutine that awaits what ends within its initiating function: a dispatch to the loop that it
/// runs in.
///
/// Each such await of an `asio::awaitable` takes some more of the stack, until the coroutine waits
/// for something. So there is a post, which is not measured, after a few.
template <class Coroutine>
class await_ready_row final : public loop_row {
public:
    explicit await_ready_row(const setup& s) : loop_row(s) {}

    double run(std::size_t count) override {
        begin(count);
        context_.run();
        return watch_.seconds();
    }

private:
    bool turn() override {
        Coroutine::start(context_.get_executor(),
                         [this](loop_executor loop) { return await_all(loop, *this); });
        return false;
    }

    static typename Coroutine::task await_all(loop_executor loop, await_ready_row& row) {
        while (row.next_round()) {
            row.watch_.start();
            for (std::size_t i = 0; i != row.count_; ++i)
                co_await asio::dispatch(loop, Coroutine::token);
            row.watch_.stop();
            co_await asio::post(loop, Coroutine::token);
        }
    }
};

template <template <class> class Work>
void add_awaits(table& rows, const std::string& work, std::size_t outstanding,
                std::size_t operations) {
    add_row<Work<awaitable_with_use_awaitable>>(rows, work, "use_awaitable", outstanding,
                                                operations);
    add_row<Work<awaitable_with_use_awaitable>>(rows, work, "use_awaitable2", outstanding,
                                                operations);
    add_row<Work<awaitable_with_deferred>>(rows, work, "deferred", outstanding, operations);
    add_row<Work<asyncinfo_with_deferred>>(rows, work, "asyncinfo", outstanding, operations);
    add_row<Work<asyncinfo_with_handle>>(rows, work, "handle", outstanding, operations);
}

} // namespace

void add_await(table& rows) { add_awaits<await_row>(rows, "await", 1, 10'000); }

void add_await_ready(table& rows) { add_awaits<await_ready_row>(rows, "await_ready", 32, 16'000); }

} // namespace bench
