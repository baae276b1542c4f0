// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// `use_async_info.named("login")` gives the operation a name, under and around binders and
/// adapters, and costs nothing to operations without one.
namespace asyncinfo_test::operations_have_names_test {
namespace {

namespace detail = asyncinfo::detail;

const std::string long_name(1000, 'x');

/// The block of an operation without a name, as it would be if nothing had one.
template <typename T, typename Executor, typename Allocator>
struct block_before_names : detail::operation<T> {
    std::conditional_t<std::is_same_v<Executor, asio::any_io_executor>,
                       detail::small_executor_storage, detail::executor_storage<Executor>>
        executor;
    [[no_unique_address]] detail::executor_storage<detail::unbound> io_executor;
    [[no_unique_address]] Allocator allocator;
    [[no_unique_address]] detail::unbound immediate;
};

template <typename T, typename Executor>
constexpr bool nothing_is_added =
    sizeof(detail::initiated_operation<T, void, Executor, false, detail::unbound, detail::unbound,
                                       detail::unbound, detail::unbound, detail::unbound,
                                       detail::unbound>) ==
    sizeof(block_before_names<T, Executor, detail::recycling_allocator<int>>);

static_assert(nothing_is_added<void, asio::io_context::executor_type>);
static_assert(nothing_is_added<void, asio::any_io_executor>);
static_assert(nothing_is_added<void, asio::strand<asio::any_io_executor>>);
static_assert(nothing_is_added<int, asio::any_io_executor>);
static_assert(nothing_is_added<char, detail::captured_executor>);

struct fixture {
    asio::io_context context;
    asio::io_context other;
    allocations blocks;
    counting_allocator<void> memory{blocks};
    asio::cancellation_signal signal;
    error_code code;
    pending<void(error_code, int)> source;

    template <typename Token>
    auto start(Token&& token) {
        return source.start_on(context.get_executor(), std::forward<Token>(token));
    }

    template <typename Token>
    void check(Token&& token, std::string_view name = "login") {
        const IAsyncInfo op = start(std::forward<Token>(token));
        BOOST_TEST(op.name() == name);
        BOOST_TEST(op.Status() == AsyncStatus::Started);
        source.complete(error_code(), 1);
        for (auto* each : {&context, &other}) { // what an adapter has still to do there
            each->restart();
            each->poll();
        }
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
        BOOST_TEST(op.name() == name);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(operations_have_names)

BOOST_FIXTURE_TEST_CASE(the_name_is_read_from_the_handle, fixture) {
    check(use_async_info.named("login"));
    check(use_async_info, "");
    check(use_async_info.named(""), "");
    check(use_async_info.named(std::string("a\0b", 3)), std::string_view("a\0b", 3));
    check(use_async_info.named(long_name), long_name);
}

BOOST_FIXTURE_TEST_CASE(of_several_the_last_counts, fixture) {
    check(use_async_info.named("first").named("login"));
}

BOOST_FIXTURE_TEST_CASE(the_token_has_a_copy, fixture) {
    auto text = std::make_unique<std::string>(long_name);
    const auto token = use_async_info.named(*text);
    text.reset();
    check(token, long_name);
    check(token, long_name);
}

BOOST_FIXTURE_TEST_CASE(the_text_lives_as_long_as_a_handle, fixture) {
    IAsyncInfo op = start(use_async_info.named("login"));
    const std::string_view name = op.name();
    source.complete(error_code(), 1);
    const IAsyncInfo copy = op;
    op = nullptr;
    BOOST_TEST(copy.name().data() == name.data());
    BOOST_TEST(name == "login");
}

BOOST_FIXTURE_TEST_CASE(it_is_readable_after_close, fixture) {
    const auto op = start(use_async_info.named("login"));
    source.complete(error_code(), 1);
    op.Close();
    BOOST_TEST(op.name() == "login");
    error_code error = errc::abandoned;
    BOOST_TEST(op.name(error) == "login");
    BOOST_TEST(!error);
}

BOOST_FIXTURE_TEST_CASE(an_empty_handle_has_none, fixture) {
    const IAsyncInfo empty;
    CHECK_THROWS_CODE(empty.name(), errc::empty_handle);
    error_code error;
    BOOST_TEST(empty.name(error) == "");
    BOOST_TEST((error == errc::empty_handle));
}

BOOST_FIXTURE_TEST_CASE(other_operations_have_none, fixture) {
    async_source<int> producer;
    BOOST_TEST(producer.operation().name() == "");
    BOOST_TEST(asyncinfo::when_all(producer.operation()).name() == "");
    producer.set_value(1);
}

BOOST_FIXTURE_TEST_CASE(a_producer_gives_one, fixture) {
    auto producer = std::make_unique<async_source<int, double>>(long_name);
    const auto op = producer->operation();
    producer.reset();
    BOOST_TEST(op.name() == long_name);
    op.Close();
    BOOST_TEST(op.name() == long_name);
}

// The one inside may be gone before.
BOOST_FIXTURE_TEST_CASE(what_is_not_waited_for_has_that_of_the_one_inside, fixture) {
    auto inner = source.start(use_async_info.named(long_name));
    const auto op = asyncinfo::abandon_on_cancel(inner);
    inner = nullptr;
    BOOST_TEST(op.name() == long_name);
    source.complete({}, 1);
    BOOST_TEST((op.Status() == AsyncStatus::Completed));
    BOOST_TEST(op.name() == long_name);
}

BOOST_FIXTURE_TEST_CASE(one_adapter, fixture) {
    const auto named = use_async_info.named("login");
    const auto kept = std::make_shared<int>(1);
    check(asio::as_tuple(named));
    check(asio::append(named, 1));
    check(asio::prepend(named, 1));
    check(asio::consign(named, kept));
    check(asio::redirect_error(named, code));
    check(asio::bind_executor(other, named));
    check(asio::bind_allocator(memory, named));
    check(asio::bind_cancellation_slot(signal.slot(), named));
#if defined(ASYNCINFO_HAS_IMMEDIATE_EXECUTOR)
    check(asio::bind_immediate_executor(other.get_executor(), named));
#endif
#if defined(ASYNCINFO_HAS_CANCEL_AFTER)
    check(asio::cancel_after(1h, named));
#endif
    BOOST_TEST(kept.use_count() == 1);
}

BOOST_FIXTURE_TEST_CASE(in_any_order, fixture) {
    check(use_async_info.named("login").cancel_after(1h));
    check(use_async_info.cancel_after(1h).named("login"));
    check(asio::bind_executor(
        other, asio::as_tuple(asio::bind_allocator(memory, use_async_info.named("login")))));
    check(asio::as_tuple(asio::bind_cancellation_slot(
        signal.slot(),
        asio::append(asio::bind_executor(other, use_async_info.named("login")), 1))));
    check(asio::bind_allocator(
        memory,
        asio::bind_executor(
            other, asio::redirect_error(use_async_info.cancel_after(1h).named("login"), code))));
}

BOOST_FIXTURE_TEST_CASE(and_keeps_what_is_bound, fixture) {
    // Bound before the name is given, and after.
    const auto inner = asio::bind_executor(other, use_async_info.cancel_after(0s));
    const auto bound = detail::rebind(inner, [](auto& ours) { return ours; }).named("login");
    const auto timed_out = start(asio::bind_allocator(memory, bound));
    BOOST_TEST((timed_out.get_executor() == other.get_executor()));
    BOOST_TEST(timed_out.cancel_requested());
    BOOST_TEST(blocks.alive.load() == 1);
    source.complete(asio::error::operation_aborted, 0);
    BOOST_TEST(timed_out.ErrorCode() == asio::error::timed_out);

    const auto op = start(asio::bind_cancellation_slot(signal.slot(), use_async_info.named("x")));
    signal.emit(asio::cancellation_type::all);
    BOOST_TEST(op.cancel_requested());
    source.complete(error_code(), 1);
}

BOOST_FIXTURE_TEST_CASE(a_long_name_comes_from_the_bound_allocator, fixture) {
    {
        const auto op = start(asio::bind_allocator(memory, use_async_info.named(long_name)));
        BOOST_TEST(op.name() == long_name);
        BOOST_TEST(blocks.alive.load() == 2);
        source.complete(error_code(), 1);
    }
    BOOST_TEST(blocks.alive.load() == 0);
    check(asio::bind_allocator(memory, use_async_info.named("short")), "short");
    BOOST_TEST(blocks.made.load() == 3);
}

BOOST_FIXTURE_TEST_CASE(without_memory_for_it_there_is_no_operation, fixture) {
    blocks.budget = 1;
    BOOST_CHECK_THROW(
        static_cast<void>(start(asio::bind_allocator(memory, use_async_info.named(long_name)))),
        std::bad_alloc);
    BOOST_TEST(blocks.made.load() == 1);
    BOOST_TEST(blocks.alive.load() == 0);
}

BOOST_FIXTURE_TEST_CASE(an_operation_without_one_allocates_no_more, fixture) {
    const auto op = start(asio::bind_allocator(memory, use_async_info));
    BOOST_TEST(blocks.made.load() == 1);
    source.complete(error_code(), 1);
}

BOOST_AUTO_TEST_CASE(no_memory_for_a_name_leaves_nothing_behind) {
    asio::io_context context;
    allocations blocks;
    {
        const auto tracked =
            asio::require(context.get_executor(), asio::execution::outstanding_work.tracked);
        const counting_allocator<void> memory(blocks);
        blocks.budget = 1; // that of the block
        pending<void(error_code)> source;
        BOOST_CHECK_THROW(
            static_cast<void>(source.start(asio::bind_executor(
                tracked, asio::bind_allocator(memory, use_async_info.named(long_name))))),
            std::bad_alloc);
    }
    BOOST_TEST(blocks.alive == 0);
    context.poll();
    BOOST_TEST(context.stopped()); // the executor is no work any more
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::operations_have_names_test
