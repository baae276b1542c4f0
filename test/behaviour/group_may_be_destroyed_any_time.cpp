// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Group, context and operations may be destroyed in every order; destroying a group cancels
/// nothing, forgets all, and leaves nobody waiting.
namespace asyncinfo_test::group_may_be_destroyed_any_time_test {
namespace {

/// Calls back when it is destroyed; a moved-from one does not.
struct tag {
    explicit tag(std::function<void()> f) : gone(std::move(f)) {}
    tag(tag&& other) noexcept : gone(std::exchange(other.gone, nullptr)) {}
    tag& operator=(tag&&) = delete;
    ~tag() {
        if (gone)
            gone();
    }
    std::function<void()> gone;
};

} // namespace

BOOST_AUTO_TEST_SUITE(group_may_be_destroyed_any_time)

BOOST_AUTO_TEST_CASE(its_operations_run_on) {
    async_source<int> running, ended;
    {
        operation_group<> group;
        group.add(running.operation());
        group.add(ended.operation());
        ended.set_value(1);
    }
    BOOST_TEST(running.operation().Status() == AsyncStatus::Started);
    BOOST_TEST(!running.operation().cancel_requested());
    running.set_value(2);
    BOOST_TEST(running.operation().get() == 2);
    BOOST_TEST(ended.operation().get() == 1);
}

BOOST_AUTO_TEST_CASE(its_handles_and_tags_go_with_it) {
    int gone = 0;
    const auto result = std::make_shared<int>();
    async_source<> running;
    {
        operation_group<tag> group;
        group.add(running.operation(), tag([&] { ++gone; }));
        {
            async_source<std::shared_ptr<int>> ended;
            group.add(ended.operation(), tag([&] { ++gone; }));
            ended.set_value(result);
        }
        BOOST_TEST(result.use_count() == 2);
        BOOST_TEST(gone == 0);
    }
    BOOST_TEST(gone == 2);
    BOOST_TEST(result.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(no_lock_is_held_when_a_tag_goes) {
    operation_group<tag> group;
    async_source<> a;
    int asked = 0;
    const auto ask = [&] { asked += static_cast<int>(group.size()); };
    group.add(a.operation(), tag(ask));
    BOOST_TEST(!group.add(a.operation(), tag(ask)));
    BOOST_TEST(asked == 1);
    a.set_value();
    group.drain([](auto) {});
    BOOST_TEST(asked == 1); // it was empty
    group.shutdown(0s);
    try {
        group.add(a.operation(), tag(ask));
    } catch (const system_error&) {
    }
}

BOOST_AUTO_TEST_CASE(who_waits_is_told) {
    asio::io_context context;
    std::vector<error_code> errors;
    std::optional<operation_group<>> group(std::in_place);
    async_source<> a;
    group->add(a.operation());
    for (int i = 0; i != 3; ++i)
        group->async_next(asio::bind_executor(context, [&](error_code error, auto next) {
            BOOST_TEST(next.has_value() == !error);
            errors.push_back(error);
        }));
    a.set_value(); // the first has one
    BOOST_TEST(context.poll() == 1u);
    BOOST_TEST(errors.size() == 1u);
    group.reset();
    BOOST_TEST(errors.size() == 1u);
    context.run();
    BOOST_REQUIRE(errors.size() == 3u);
    BOOST_TEST(errors[1] == asio::error::operation_aborted);
    BOOST_TEST(errors[2] == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(what_is_on_its_way_arrives) {
    asio::io_context context;
    bool arrived = false;
    async_source<> a;
    {
        operation_group<int> group;
        group.add(a.operation(), 7);
        group.async_next(asio::bind_executor(context, [&](error_code error, auto next) {
            BOOST_TEST(!error);
            arrived = next && next->tag == 7;
        }));
        a.set_value();
    }
    context.run();
    BOOST_TEST(arrived);
}

BOOST_AUTO_TEST_CASE(or_is_dropped_with_its_handler) {
    bool gone = false;
    async_source<> a;
    {
        asio::io_context context;
        {
            operation_group<tag> group;
            group.add(a.operation(), tag([&] { gone = true; }));
            group.async_next(asio::bind_executor(context, [](error_code, auto) {}));
            a.set_value();
        }
        BOOST_TEST(!gone);
    }
    BOOST_TEST(gone);
}

BOOST_AUTO_TEST_CASE(on_next_is_forgotten) {
    asio::io_context context;
    const auto alive = std::make_shared<int>();
    async_source<> a, b;
    {
        operation_group<> group;
        group.add(a.operation());
        group.add(b.operation());
        group.on_next(context.get_executor(), [alive](auto) { BOOST_ERROR("called"); });
        a.set_value();
    }
    b.set_value();
    context.run();
    BOOST_TEST(alive.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(in_every_order) {
    std::array<int, 4> order{0, 1, 2, 3};
    do {
        std::optional<asio::io_context> context(std::in_place);
        std::optional<asio::io_context> other(std::in_place);
        std::optional<operation_group<int>> group(std::in_place);
        std::optional<std::vector<IAsyncInfo>> handles(std::in_place);
        std::optional<asio::steady_timer> timer(std::in_place, *context, 1h);
        for (int i = 0; i != 4; ++i) {
            handles->push_back(timer->async_wait(use_async_info));
            group->add(handles->back(), i);
        }
        group->on_next(other->get_executor(), [](auto) {});
        handles->front().Cancel();
        for (int step : order)
            switch (step) {
            case 0:
                timer.reset();
                context.reset();
                break;
            case 1:
                if (group)
                    group->on_next(nullptr);
                other.reset();
                break;
            case 2:
                group.reset();
                break;
            case 3:
                if (group)
                    group->async_next([](error_code, auto) {});
                handles.reset();
                break;
            }
    } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(a_dying_context_ends_its_operations) {
    operation_group<int> group;
    {
        asio::io_context context;
        asio::steady_timer timer(context, 1h);
        group.add(timer.async_wait(asio::bind_executor(context, use_async_info)), 1);
        group.add(asio::post(context, use_async_info), 2);
        // Not the timer's destruction is meant.
        group.add(asio::post(context, asio::bind_executor(context, use_async_info)), 3);
    }
    BOOST_TEST(group.counts().started == 0u);
    BOOST_TEST(group.drain([](auto entry) {
        BOOST_TEST(entry.operation.Status() == AsyncStatus::Error);
    }) == 3u);
}

BOOST_AUTO_TEST_CASE(while_operations_end_on_other_threads) {
    constexpr std::size_t count = 8;
    constexpr int rounds = 2000;
    std::array<std::optional<async_source<>>, count> sources;
    std::optional<operation_group<std::shared_ptr<int>>> group;
    const auto alive = std::make_shared<int>();
    barrier meet(2);
    std::thread other([&] {
        for (int i = 0; i != rounds; ++i) {
            meet.arrive_and_wait();
            for (auto& s : sources)
                s->set_value();
            meet.arrive_and_wait();
        }
    });
    for (int i = 0; i != rounds; ++i) {
        group.emplace();
        for (auto& s : sources) {
            s.emplace();
            group->add(s->operation(), alive);
        }
        meet.arrive_and_wait();
        group.reset();
        meet.arrive_and_wait();
        BOOST_TEST(alive.use_count() == 1);
    }
    other.join();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::group_may_be_destroyed_any_time_test
