// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::progress_is_called_in_order_test {
namespace {

/// One call at a time, whatever the thread.
class alone {
public:
    explicit alone(std::atomic<int>& inside) : inside_(inside) { others_ = inside_++; }
    ~alone() { --inside_; }
    bool is_true() const { return others_ == 0; }

private:
    std::atomic<int>& inside_;
    int others_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(progress_is_called_in_order)

// Without an executor: on the thread that reports, before the report returns.
BOOST_AUTO_TEST_CASE(synchronously) {
    const async_source<void, int> source;
    const auto op = source.operation();
    std::vector<int> seen;
    std::thread::id thread;
    op.Progress([&](const IAsyncActionWithProgress<int>& sender, int value) {
        BOOST_TEST((sender == op));
        BOOST_TEST(sender.Status() == AsyncStatus::Started);
        BOOST_TEST((sender.progress() == value));
        seen.push_back(value);
        thread = std::this_thread::get_id();
    });
    for (int i = 1; i <= 3; ++i) {
        BOOST_TEST(source.report(i));
        BOOST_TEST(seen.size() == static_cast<std::size_t>(i));
    }
    BOOST_TEST(seen == (std::vector{1, 2, 3}), per_element());
    BOOST_TEST((thread == std::this_thread::get_id()));
}

// §5: "Progress can be replaced or cleared at any time", "never replayed. Set after the end it is
// accepted and never called".
BOOST_AUTO_TEST_CASE(by_the_handler_of_the_moment) {
    const async_source<void, int> source;
    const auto op = source.operation();
    std::vector<int> first, second;
    const auto into = [](std::vector<int>& seen) {
        return [&seen](auto&, int value) { seen.push_back(value); };
    };
    source.report(1);
    op.Progress(into(first));
    source.report(2);
    op.Progress(into(second));
    source.report(3);
    op.Progress(nullptr);
    source.report(4);
    op.Progress(into(first));
    source.report(5);
    source.set_value();
    op.Progress(into(second));
    BOOST_TEST(!source.report(6));
    BOOST_TEST(first == (std::vector{2, 5}), per_element());
    BOOST_TEST(second == (std::vector{3}), per_element());
}

// §5: "No lock is held meanwhile: it may use every member, and drop the last handle."
BOOST_AUTO_TEST_CASE(with_no_lock_held) {
    auto source = std::make_optional<async_source<void, int>>();
    auto op = source->operation();
    std::vector<int> seen;
    int later = 0;
    op.Progress([&](auto& sender, int value) {
        const auto keep = sender; // the block only, of what is dropped below
        seen.push_back(value);
        static_cast<void>(sender.Progress());
        static_cast<void>(sender.progress());
        sender.Cancel();
        BOOST_TEST(sender.cancel_requested());
        if (value == 1) {
            source->report(2); // told when this call has returned
            BOOST_TEST(seen.size() == 1u);
            return;
        }
        sender.Progress([&](auto&, int) { ++later; }); // it replaces itself
        source->report(3);
        source.reset();
        op = nullptr;
        BOOST_TEST(later == 0);
    });
    source->report(1);
    BOOST_TEST(seen == (std::vector{1, 2}), per_element());
    BOOST_TEST(later == 1);
}

// A thread that reports while another one calls leaves the value to that one, and goes on.
BOOST_AUTO_TEST_CASE(by_one_thread_for_all) {
    const async_source<void, int> source;
    semaphore in_call(0), go_on(0);
    std::vector<int> seen;
    std::vector<std::thread::id> threads;
    source.operation().Progress([&](auto&, int value) {
        seen.push_back(value);
        threads.push_back(std::this_thread::get_id());
        if (value == 1) {
            in_call.release();
            go_on.acquire();
        }
    });
    std::thread calling([&] { source.report(1); });
    const auto id = calling.get_id();
    in_call.acquire();
    BOOST_TEST(source.report(2));
    BOOST_TEST(source.report(3));
    BOOST_TEST((source.operation().progress() == 3));
    go_on.release();
    calling.join();
    BOOST_TEST(seen == (std::vector{1, 2, 3}), per_element());
    BOOST_TEST((threads == std::vector(3, id)));
}

// What has been left to a thread goes to the handler there is when its turn comes.
BOOST_AUTO_TEST_CASE(by_the_handler_that_replaces_one_in_a_call) {
    for (const bool clear : {false, true}) {
        const async_source<void, int> source;
        const auto op = source.operation();
        semaphore in_call(0), go_on(0);
        std::vector<int> first, second;
        op.Progress([&](auto&, int value) {
            first.push_back(value);
            in_call.release();
            go_on.acquire();
        });
        std::thread calling([&] { source.report(1); });
        in_call.acquire();
        source.report(2);
        if (clear)
            op.Progress(nullptr);
        op.Progress([&](auto&, int value) { second.push_back(value); });
        source.report(3);
        go_on.release();
        calling.join();
        BOOST_TEST(first == (std::vector{1}), per_element());
        BOOST_TEST(second == (clear ? std::vector{3} : std::vector{2, 3}), per_element());
    }
}

// Each thread's values in its order, one at a time, none lost.
BOOST_AUTO_TEST_CASE(from_many_threads) {
    constexpr int reporters = 4, values = 5000;
    const async_source<void, std::pair<int, int>> source;
    int last[reporters] = {}, calls = 0; // not atomic: the calls follow one another
    bool in_order = true, one_at_a_time = true;
    std::atomic<int> inside = 0;
    source.operation().Progress([&](auto&, std::pair<int, int> value) {
        const alone here(inside);
        one_at_a_time &= here.is_true();
        in_order &= value.second == ++last[value.first];
        ++calls;
    });
    std::vector<std::function<void()>> reports;
    for (int r = 0; r != reporters; ++r)
        reports.push_back([&, r] {
            for (int i = 1; i <= values; ++i)
                source.report({r, i});
        });
    at_once(reports);
    BOOST_TEST(in_order);
    BOOST_TEST(one_at_a_time);
    BOOST_TEST(calls == reporters * values);
}

// §5: "A handler with an associated executor is dispatched to it": also on a pool, in order and one
// at a time.
BOOST_AUTO_TEST_CASE(on_its_executor) {
    constexpr int values = 5000;
    asio::thread_pool pool(4);
    const async_source<void, int> source;
    int last = 0;
    bool in_order = true, in_executor = true, one_at_a_time = true;
    std::atomic<int> inside = 0;
    source.operation().Progress(asio::bind_executor(pool, [&](auto&, int value) {
        const alone here(inside);
        one_at_a_time &= here.is_true();
        in_order &= value == ++last;
        in_executor &= pool.get_executor().running_in_this_thread();
    }));
    for (int i = 1; i <= values; ++i)
        source.report(i);
    pool.join();
    BOOST_TEST(in_order);
    BOOST_TEST(in_executor);
    BOOST_TEST(one_at_a_time);
    BOOST_TEST(last == values);
}

// "Dispatched": inline where the reporting thread is in the executor.
BOOST_AUTO_TEST_CASE(inline_in_its_executor) {
    asio::io_context context;
    const async_source<void, int> source;
    std::vector<int> seen;
    source.operation().Progress(asio::bind_executor(context, [&](auto&, int value) {
        seen.push_back(value);
        if (value == 1)
            source.report(2);
    }));
    asio::post(context, [&] {
        source.report(1);
        BOOST_TEST(seen == (std::vector{1, 2}), per_element());
    });
    context.run();
    BOOST_TEST(seen.size() == 2u);
}

// From one executor to another, and to none.
BOOST_AUTO_TEST_CASE(on_the_executor_of_the_handler_of_the_moment) {
    asio::io_context one, two;
    const async_source<void, int> source;
    const auto op = source.operation();
    std::vector<int> in_one, in_two, here;
    const auto into = [](std::vector<int>& seen) {
        return [&seen](auto&, int value) { seen.push_back(value); };
    };
    op.Progress(asio::bind_executor(one, into(in_one)));
    source.report(1);
    op.Progress(asio::bind_executor(two, into(in_two)));
    source.report(2);
    one.run();
    BOOST_TEST(in_one.empty());
    two.run();
    BOOST_TEST(in_two == (std::vector{1, 2}), per_element());
    source.report(3);
    op.Progress(into(here));
    source.report(4);
    BOOST_TEST(here.empty()); // 3 is still on its way
    run_again(two);
    BOOST_TEST(here == (std::vector{3, 4}), per_element());
    source.report(5);
    BOOST_TEST(here.back() == 5);
}

// What a dying executor has not called is lost, and the next handler is told of what comes then.
BOOST_AUTO_TEST_CASE(after_an_executor_that_died) {
    const async_source<void, int> source;
    const auto op = source.operation();
    auto context = std::make_optional<asio::io_context>();
    op.Progress(asio::bind_executor(*context, [](auto&, int) { BOOST_ERROR("it is dead"); }));
    source.report(1);
    source.report(2);
    context.reset();
    std::vector<int> seen;
    op.Progress([&](auto&, int value) { seen.push_back(value); });
    source.report(3);
    BOOST_TEST(seen == (std::vector{3}), per_element());
}

// §5: "What it throws propagates to whoever runs it, and leaves the operation in order."
BOOST_AUTO_TEST_CASE(after_a_handler_that_throws) {
    const async_source<void, int> source;
    const auto op = source.operation();
    std::vector<int> seen;
    op.Progress([&](auto&, int value) {
        seen.push_back(value);
        if (value == 1)
            source.report(2);
        throw std::runtime_error(std::to_string(value));
    });
    BOOST_CHECK_EXCEPTION(source.report(1), std::runtime_error,
                          [](auto& e) { return e.what() == std::string("1"); });
    BOOST_TEST(seen == (std::vector{1, 2}), per_element());
    BOOST_CHECK_THROW(source.report(3), std::runtime_error);

    asio::io_context context;
    op.Progress(asio::bind_executor(context, [&](auto&, int) { throw std::logic_error("there"); }));
    BOOST_CHECK_NO_THROW(source.report(4));
    BOOST_CHECK_THROW(context.run(), std::logic_error);
    BOOST_CHECK_NO_THROW(source.report(5));
    context.restart();
    BOOST_CHECK_THROW(context.run(), std::logic_error);
    BOOST_TEST(source.set_value());
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::progress_is_called_in_order_test
