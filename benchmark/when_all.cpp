// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "coroutines.hpp"
#include "loop.hpp"

#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>

#include <utility>
#include <vector>

namespace bench {

namespace {

constexpr std::size_t members = 16;

/// A post that the group is to start, or that has been started.
template <class Token>
auto member(const loop_executor& loop, std::size_t = 0) {
    return asio::post(loop, Token());
}

template <class Token>
using member_t = decltype(member<Token>(std::declval<const loop_executor&>()));

template <class Token>
std::vector<member_t<Token>> member_range(const loop_executor& loop) {
    std::vector<member_t<Token>> range;
    range.reserve(members);
    for (std::size_t i = 0; i != members; ++i)
        range.push_back(member<Token>(loop));
    return range;
}

/// The ways to wait for all of sixteen posts that are on their way: `start(loop, token)` starts
/// them and gives the token to the wait for their end.
struct parallel_group {
    using coroutine = awaitable_with_use_awaitable;

    template <class Token>
    static auto start(const loop_executor& loop, Token&& token) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return asio::experimental::make_parallel_group(member<asio::deferred_t>(loop, I)...)
                .async_wait(asio::experimental::wait_for_all(), std::forward<Token>(token));
        }(std::make_index_sequence<members>());
    }
};

struct when_all {
    using coroutine = asyncinfo_with_deferred;

    template <class Token>
    static auto start(const loop_executor& loop, Token&& token) {
        return combine(loop)(std::forward<Token>(token));
    }

    static auto combine(const loop_executor& loop) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return ::asyncinfo::when_all(member<::asyncinfo::use_async_info_t>(loop, I)...);
        }(std::make_index_sequence<members>());
    }
};

/// The same for a range of posts.
struct parallel_group_range {
    template <class Token>
    static auto start(const loop_executor& loop, Token&& token) {
        return asio::experimental::make_parallel_group(member_range<asio::deferred_t>(loop))
            .async_wait(asio::experimental::wait_for_all(), std::forward<Token>(token));
    }
};

struct when_all_range {
    template <class Token>
    static auto start(const loop_executor& loop, Token&& token) {
        return ::asyncinfo::when_all(member_range<::asyncinfo::use_async_info_t>(loop))(
            std::forward<Token>(token));
    }
};

/// The end is told to a plain callback, which starts the next ones.
template <class Group>
class when_all_row final : public loop_row {
public:
    explicit when_all_row(const setup& s) : loop_row(s) {}

private:
    bool turn() override {
        if (next_round())
            Group::start(context_.get_executor(), [this](const auto&...) { turn(); });
        return false;
    }
};

/// A coroutine awaits the end: of a group in an `asio::awaitable`, of `when_all` in one of
/// asyncinfo's.
template <class Group>
class when_all_await_row final : public loop_row {
public:
    explicit when_all_await_row(const setup& s) : loop_row(s) {}

private:
    using coroutine = typename Group::coroutine;

    bool turn() override {
        coroutine::start(context_.get_executor(),
                         [this](loop_executor loop) { return await_all(loop, *this); });
        return false;
    }

    static typename coroutine::task await_all(loop_executor loop, when_all_await_row& row) {
        while (row.next_round()) {
            if constexpr (requires { Group::combine(loop); })
                co_await Group::combine(loop);
            else
                co_await Group::start(loop, coroutine::token);
        }
    }
};

template <class Group, class Ours>
void add_groups(table& rows, const std::string& work) {
    constexpr std::size_t operations = 1'000;
    add_row<Group>(rows, work, "parallel_group", 1, operations);
    add_row<Group>(rows, work, "parallel_group2", 1, operations);
    add_row<Ours>(rows, work, "asyncinfo", 1, operations);
}

} // namespace

void add_when_all(table& rows) {
    add_groups<when_all_row<parallel_group>, when_all_row<when_all>>(rows, "when_all");
}

void add_when_all_range(table& rows) {
    add_groups<when_all_row<parallel_group_range>, when_all_row<when_all_range>>(rows,
                                                                                 "when_all_range");
}

void add_when_all_await(table& rows) {
    add_groups<when_all_await_row<parallel_group>, when_all_await_row<when_all>>(rows,
                                                                                 "when_all_await");
}

} // namespace bench
