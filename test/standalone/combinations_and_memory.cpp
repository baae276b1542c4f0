// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// What combinations allocate: one block, and for a range one more for all its members and one for
// the vector of results; nothing after the call. In the end no more than Asio's parallel group
// does.
//
// Memory is refused at every allocation, one after the other: the exception reaches the caller and
// the members know nothing of it.

#include "support/heap.hpp"
#include "support/no_recycled_blocks.hpp"
#include "support/test.hpp"

#include <boost/asio/experimental/parallel_group.hpp>

namespace asyncinfo_test::combinations_and_memory_test {
namespace {

/// More than a string keeps in itself.
const std::string long_text(100, 'x');

struct members {
    std::array<pending<void(error_code, std::string)>, 3> sources;
    std::vector<IAsyncOperation<std::string>> handles;

    members() {
        for (auto& s : sources)
            handles.push_back(s.start(use_async_info));
    }
};

/// So many allocations does the call make.
const struct {
    std::string name;
    std::uint64_t allocations;
    std::function<IAsyncInfo(const members&)> combine;
} ways[] = {
    {"when_all", 1,
     [](auto& m) { return asyncinfo::when_all(m.handles[0], m.handles[1], m.handles[2]); }},
    {"when_all of a range", 3, [](auto& m) { return asyncinfo::when_all(m.handles); }},
    {"when_all of no operations", 1, [](auto&) { return asyncinfo::when_all(); }},
    {"when_any", 1,
     [](auto& m) { return asyncinfo::when_any(m.handles[0], m.handles[1], m.handles[2]); }},
    {"when_any of a range", 2,
     [](auto& m) {
         return asyncinfo::when_any(winner::first_to_succeed, losers::cancel_and_join, m.handles);
     }},
    {"nested", 3,
     [](auto& m) {
         return asyncinfo::when_all(
             asyncinfo::when_all(m.handles[0]),
             asyncinfo::when_any(losers::cancel_and_join, m.handles[1], m.handles[2]));
     }},
};

/// Copies of results aside.
void let_end_without_values(members& m) {
    for (auto& s : m.sources)
        s.complete(asio::error::eof, std::string());
}

#if defined(ASYNCINFO_TEST_OWNS_MALLOC)
constexpr bool comparable = recycles;
#else
constexpr bool comparable = false;
#endif

constexpr std::size_t many = 16;
using source = pending<void(error_code, int)>;

/// What starting, combining and ending sixteen operations allocates once blocks are being recycled.
template <typename Combine>
std::uint64_t allocated_by(Combine combine) {
    std::uint64_t count = 0;
    for (int round = 0; round < 3; ++round) {
        std::array<source, many> sources;
        heap::start_counting();
        combine(sources);
        count = heap::stop_counting();
    }
    return count;
}

void complete(std::array<source, many>& sources) {
    for (auto& s : sources)
        s.complete({}, 1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(combinations_and_memory)

BOOST_AUTO_TEST_CASE(nothing_is_allocated_but_at_the_call) {
    for (const auto& way : ways)
        BOOST_TEST_CONTEXT(way.name) {
            members m;
            const no_recycled_blocks heap_only;
            heap::start_counting();
            const auto op = way.combine(m);
            BOOST_TEST(heap::stop_counting() == way.allocations);
            heap::start_counting();
            if (way.name != "nested") // which has a list of requests to be passed on
                op.Cancel();
            let_end_without_values(m);
            BOOST_TEST(heap::stop_counting() == 0u);
            BOOST_TEST(op.Status() != AsyncStatus::Started);
        }
}

BOOST_AUTO_TEST_CASE(refused_it_leaves_no_trace) {
    for (const auto& way : ways)
        for (const bool all : {false, true})
            BOOST_TEST_CONTEXT(way.name << (all ? ", from then on" : ", once")) {
                const auto calls = until_none_is_refused([&](std::int64_t n) {
                    members m;
                    IAsyncInfo op;
                    bool thrown = false;
                    {
                        const no_recycled_blocks heap_only;
                        heap::refuse_after(n, all);
                        try {
                            op = way.combine(m);
                        } catch (const std::bad_alloc&) {
                            thrown = true;
                        }
                        BOOST_TEST(heap::provide() == thrown);
                        BOOST_TEST(static_cast<bool>(op) != thrown);
                    }
                    for (const auto& h : m.handles)
                        BOOST_TEST(!h.cancel_requested());
                    for (auto& s : m.sources)
                        s.complete({}, long_text);
                    for (const auto& h : m.handles)
                        BOOST_TEST(h.GetResults() == long_text);
                    BOOST_TEST((!op || op.Status() == AsyncStatus::Completed));
                    return thrown;
                });
                BOOST_TEST(calls == static_cast<std::int64_t>(way.allocations) + 1);
            }
}

// The end needs memory where results are copied: then their bad_alloc is how it ends.
BOOST_AUTO_TEST_CASE(refused_to_a_copy_it_ends_it) {
    for (const auto& way : ways)
        for (const bool cancelled : {false, true})
            BOOST_TEST_CONTEXT(way.name) {
                until_none_is_refused([&](std::int64_t n) {
                    members m;
                    const auto op = way.combine(m);
                    std::array<std::string, 3> texts;
                    texts.fill(long_text);
                    const no_recycled_blocks heap_only;
                    heap::refuse_after(n, true);
                    if (cancelled)
                        op.Cancel();
                    for (std::size_t i = 0; i < 3; ++i)
                        m.sources[i].complete({}, std::move(texts[i]));
                    const bool refused = heap::provide();
                    if (op.Status() != AsyncStatus::Completed) {
                        BOOST_TEST(op.Status() == AsyncStatus::Error);
                        const auto thrown = op.exception();
                        BOOST_REQUIRE(thrown);
                        BOOST_CHECK_THROW(std::rethrow_exception(thrown), std::bad_alloc);
                    }
                    BOOST_TEST(
                        (!cancelled || way.allocations == 1 || m.handles[0].cancel_requested()));
                    return refused;
                });
            }
}

BOOST_AUTO_TEST_CASE(no_more_than_a_parallel_group, *boost::unit_test::enable_if<comparable>()) {
    const auto with_all = [](auto& sources, auto use) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return use(sources[I]...);
        }(std::make_index_sequence<many>());
    };
    const auto ours = allocated_by([&](auto& sources) {
        auto op = with_all(
            sources, [](auto&... s) { return asyncinfo::when_all(s.start(use_async_info)...); });
        complete(sources);
        BOOST_TEST(std::get<15>(std::move(op).GetResults()) == 1);
    });
    const auto group = allocated_by([&](auto& sources) {
        bool done = false;
        with_all(sources, [](auto&... s) {
            return asio::experimental::make_parallel_group(s.start(asio::deferred)...);
        }).async_wait(asio::experimental::wait_for_all(), [&](auto&&...) { done = true; });
        complete(sources);
        BOOST_TEST(done);
    });
    const auto ours_of_range = allocated_by([&](auto& sources) {
        std::vector<IAsyncOperation<int>> all;
        for (auto& s : sources)
            all.push_back(s.start(use_async_info));
        auto op = asyncinfo::when_all(std::move(all));
        complete(sources);
        BOOST_TEST(std::move(op).GetResults().at(15) == 1);
    });
    const auto group_of_range = allocated_by([&](auto& sources) {
        std::vector<decltype(sources[0].start(asio::deferred))> all;
        for (auto& s : sources)
            all.push_back(s.start(asio::deferred));
        asio::experimental::make_parallel_group(std::move(all))
            .async_wait(asio::experimental::wait_for_all(), [](auto&&...) {});
        complete(sources);
    });
    BOOST_TEST_MESSAGE("variadic " << ours << " and " << group << ", of a range " << ours_of_range
                                   << " and " << group_of_range);
    BOOST_TEST(ours <= group);
    BOOST_TEST(ours_of_range <= group_of_range);
}

// Operations that are ended by the Completed handler of another, deeper than the stack is to be.
BOOST_AUTO_TEST_CASE(a_chain_of_handlers_needs_no_memory) {
    std::vector<asyncinfo::async_source<>> chain(100);
    for (std::size_t i = 0; i + 1 != chain.size(); ++i)
        chain[i].operation().Completed([&, i](auto&, AsyncStatus) { chain[i + 1].set_value(); });
    heap::start_counting();
    chain.front().set_value();
    BOOST_TEST(heap::stop_counting() == 0u);
    BOOST_TEST((chain.back().operation().Status() == AsyncStatus::Completed));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::combinations_and_memory_test
