// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "coroutines.hpp"
#include "loop.hpp"

#include <boost/asio/post.hpp>

namespace bench {

namespace {

/// A coroutine that calls another and awaits it, over and over; that one may call a third and so
/// on, and the last of them awaits a post.
template <class Coroutine, std::size_t Depth>
class coroutine_call_row final : public loop_row {
public:
    explicit coroutine_call_row(const setup& s) : loop_row(s) {}

private:
    using task = typename Coroutine::task;

    bool turn() override {
        Coroutine::start(context_.get_executor(),
                         [this](loop_executor loop) { return call_all(loop, *this); });
        return false;
    }

    static task call_all(loop_executor loop, coroutine_call_row& row) {
        while (row.next_round())
            co_await call(loop, Depth);
    }

    static task call(loop_executor loop, std::size_t depth) {
        if (depth == 1)
            co_await asio::post(loop, asio::deferred);
        else
            co_await call(loop, depth - 1);
    }
};

template <std::size_t Depth>
void add_calls(table& rows, const std::string& work, std::size_t operations) {
    using asio_row = coroutine_call_row<awaitable_with_deferred, Depth>;
    using asyncinfo_row = coroutine_call_row<asyncinfo_with_deferred, Depth>;
    add_row<asio_row>(rows, work, "awaitable", 1, operations);
    add_row<asio_row>(rows, work, "awaitable2", 1, operations);
    add_row<asyncinfo_row>(rows, work, "asyncinfo", 1, operations);
}

} // namespace

void add_coroutine_call(table& rows) { add_calls<1>(rows, "coroutine_call", 10'000); }

void add_coroutine_call_100(table& rows) { add_calls<100>(rows, "coroutine_call_100", 200); }

} // namespace bench
