// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/registry_on.hpp"
#include "support/test.hpp"

#include <csignal>

#if !defined(_WIN32)
#include <unistd.h>
#endif

namespace asyncinfo_test::registry_test {

using asyncinfo::ending_reason;
using asyncinfo::operation_origin;
using asyncinfo::resume_after;

BOOST_AUTO_TEST_SUITE(registry)

std::string dumped() {
    std::ostringstream text;
    asyncinfo::registry::dump(text);
    return text.str();
}

/// An operation that ends, and to which there is no handle left.
void end_one(std::string_view name, error_code code = {}) {
    const auto op = pending<void(error_code)>::ended(use_async_info.named(name), code);
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// --- On and off ---------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_environment_turns_it_on) {
    const char* const wanted = std::getenv("ASYNCINFO_REGISTRY");
    BOOST_TEST(asyncinfo::registry::is_enabled() == (wanted && std::string_view(wanted) == "1"));
}

BOOST_AUTO_TEST_CASE(while_it_is_off_nothing_is_in_it) {
    asyncinfo::registry::disable();
    pending<void()> source;
    const auto op = source.start(use_async_info.named("unseen by the registry"));
    BOOST_TEST(!row_of(op));
    BOOST_TEST(!asyncinfo::registry::cancel(op.Id()));
    const auto id = op.Id();
    asyncinfo::registry::enable();
    BOOST_TEST(!row_of(op)); // it had started
    BOOST_TEST(op.Id() == id);
    source.complete();
    BOOST_TEST(!memory_of(id));
    asyncinfo::registry::disable();
}

BOOST_AUTO_TEST_CASE(what_is_in_it_stays_when_it_is_turned_off) {
    pending<void()> source;
    asyncinfo::registry::enable();
    const auto op = source.start(use_async_info);
    asyncinfo::registry::disable();
    BOOST_TEST(row_of(op).has_value());
    source.complete();
    BOOST_TEST(!row_of(op));
    BOOST_TEST(memory_of(op.Id()).has_value());
}

// --- A row --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_operation_of_asio) {
    const registry_on on;
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const auto before = asyncinfo::registry::clock::now();
    const auto op = timer.async_wait(use_async_info.named("login"));
    const unsigned line = __LINE__ - 1;
    const auto row = row_of(op);
    BOOST_REQUIRE(row.has_value());
    BOOST_TEST(row->name == "login");
    BOOST_TEST(row->what == "async_wait");
    BOOST_TEST(row->result == "void");
    BOOST_TEST((row->origin == operation_origin::initiated));
    BOOST_TEST((row->started >= before && row->started <= asyncinfo::registry::clock::now()));
    BOOST_TEST(row->at.file == __FILE__);
    BOOST_TEST(row->at.line == line);
    BOOST_TEST(row->parent == 0u);
    BOOST_TEST((row->context == static_cast<asio::execution_context*>(&context)));
    BOOST_TEST(!row->request);
    BOOST_TEST(!row->deadline);
    BOOST_TEST(!row->progress);
    BOOST_TEST(!row->awaits);
    op.Cancel();
    context.run();
}

BOOST_AUTO_TEST_CASE(without_a_name_it_has_a_place_by_here) {
    const registry_on on;
    pending<void(error_code, std::map<int, std::string>)> source;
    const auto op = source.start(use_async_info.here());
    const unsigned line = __LINE__ - 1;
    const auto row = row_of(op);
    BOOST_REQUIRE(row.has_value());
    BOOST_TEST(row->name.empty());
    BOOST_TEST(row->at.line == line);
    BOOST_TEST(contains(row->result, "map<int, std::"));
    source.complete({}, {});
}

BOOST_AUTO_TEST_CASE(initiating_functions_are_named_as_a_user_knows_them) {
    const registry_on on;
    asio::io_context context;
    local::socket one(context), other(context);
    connect_pair(one, other);
    char byte = 0;
    const auto read = one.async_read_some(asio::buffer(&byte, 1), use_async_info);
    const auto composed = asio::async_read(other, asio::buffer(&byte, 1), use_async_info);
    const auto posted = asio::post(context, use_async_info);
    std::string line;
    const auto until =
        asio::async_read_until(other, asio::dynamic_buffer(line), '\n', use_async_info);
    BOOST_TEST(row_of(read)->what == "async_receive");
    BOOST_TEST(row_of(composed)->what == "async_read");
    BOOST_TEST(row_of(posted)->what == "post");
    BOOST_TEST(row_of(until)->what == "async_read_until");
    BOOST_TEST(contains(row_of(read)->result, "unsigned"));
    for (const IAsyncInfo& op : {IAsyncInfo(read), IAsyncInfo(composed), IAsyncInfo(until)})
        op.Cancel();
    context.run();
}

namespace deeper {

IAsyncOperation<int> sleeper(asio::io_context& context) {
    asio::steady_timer timer(context, 1h);
    co_await timer.async_wait(asio::deferred);
    co_return 1;
}
const unsigned line_of_sleepers_await = __LINE__ - 3;

} // namespace deeper

IAsyncAction caller(asio::io_context& context) {
    static_cast<void>(co_await deeper::sleeper(context));
}
const unsigned line_of_callers_await = __LINE__ - 2;

BOOST_AUTO_TEST_CASE(a_coroutine_and_what_it_awaits) {
    const registry_on on;
    asio::io_context context;
    const auto op = caller(context);
    const auto row = row_of(op);
    BOOST_REQUIRE(row.has_value());
    BOOST_TEST((row->origin == operation_origin::coroutine));
    BOOST_TEST(contains(row->what, "caller"));
    // clang tells where the body begins, g++ where it ends.
    BOOST_TEST(
        (row->at.line + 1 == line_of_callers_await || row->at.line == line_of_callers_await + 1));
    BOOST_TEST((row->context == static_cast<asio::execution_context*>(&context)));
    BOOST_REQUIRE(row->awaits.has_value());
    BOOST_TEST(row->awaits->at.line == line_of_callers_await);

    const auto awaited = row_of(row->awaits->id);
    BOOST_REQUIRE(awaited.has_value());
    BOOST_TEST(awaited->parent == op.Id());
    BOOST_TEST(!awaited->parent_is_group);
    BOOST_TEST(row->awaits->what.empty()); // its own row tells
    BOOST_TEST(contains(awaited->what, "deeper::sleeper"));
    BOOST_TEST(awaited->result == "int");
    BOOST_REQUIRE(awaited->awaits.has_value());
    BOOST_TEST(awaited->awaits->id == 0u);
    BOOST_TEST(awaited->awaits->what == "async_wait");
    BOOST_TEST(awaited->awaits->at.line == deeper::line_of_sleepers_await);
    op.Cancel();
    context.run();
    BOOST_TEST(!row_of(op));
    BOOST_TEST((memory_of(op.Id())->ending.reason == ending_reason::cancelled));
}

/// Lets a test look at a coroutine while its body runs.
IAsyncAction looks(std::function<void()> look) {
    co_await resume_after(0ms);
    look();
    co_await std::suspend_never();
    look();
    co_await pending<void()>::ended(use_async_info);
    look();
    const auto start = [](auto) { throw std::runtime_error("it cannot be started"); };
    BOOST_CHECK_THROW(
        co_await (asio::async_initiate<const asio::deferred_t&, void()>(start, asio::deferred)),
        std::runtime_error);
    look();
}

BOOST_AUTO_TEST_CASE(a_body_that_runs_awaits_nothing) {
    const registry_on on;
    int times = 0;
    const auto op = looks([&] {
        ++times;
        int found = 0;
        for (const auto& row : asyncinfo::registry::snapshot().running)
            if (contains(row.what, "looks")) {
                ++found;
                BOOST_TEST(!row.awaits);
            }
        BOOST_TEST(found == 1);
    });
    BOOST_TEST(times == 4);
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(the_members_of_a_combination) {
    const registry_on on;
    pending<void()> one, two, three;
    const auto first = one.start(use_async_info);
    const auto second = two.start(use_async_info);
    const auto third = three.start(use_async_info);
    const auto all = when_all(first, second);
    const auto any = when_any(all, third);
    BOOST_TEST(row_of(first)->parent == all.Id());
    BOOST_TEST(row_of(second)->parent == all.Id());
    BOOST_TEST(row_of(all)->parent == any.Id());
    BOOST_TEST(row_of(all)->what == "when_all");
    BOOST_TEST(row_of(any)->what == "when_any");
    BOOST_TEST((row_of(any)->origin == operation_origin::combination));
    one.complete();
    two.complete();
    three.complete();
}

BOOST_AUTO_TEST_CASE(the_members_of_a_group) {
    const registry_on on;
    pending<void()> one, two;
    const auto first = one.start(use_async_info);
    const auto second = two.start(use_async_info);
    operation_group<> group;
    group.add(first);
    group.add(second);
    BOOST_TEST(row_of(first)->parent_is_group);
    BOOST_TEST(row_of(first)->parent != 0u);
    BOOST_TEST(row_of(first)->parent == row_of(second)->parent);
    one.complete();
    two.complete();
}

BOOST_AUTO_TEST_CASE(a_source_and_its_progress) {
    const registry_on on;
    async_source<void, int> source("thread job");
    const auto op = source.operation();
    const auto row = row_of(op);
    BOOST_REQUIRE(row.has_value());
    BOOST_TEST(row->name == "thread job");
    BOOST_TEST(row->what == "async_source");
    BOOST_TEST((row->origin == operation_origin::source));
    BOOST_TEST(!row->progress);
    const auto before = asyncinfo::registry::clock::now();
    source.report(42);
    const auto told = row_of(op)->progress;
    BOOST_REQUIRE(told.has_value());
    BOOST_TEST(told->value == 42);
    BOOST_TEST(!told->total);
    BOOST_TEST((told->at >= before));
    source.set_value();
}

BOOST_AUTO_TEST_CASE(the_progress_of_a_transfer) {
    const registry_on on;
    async_source<void, transfer_progress> source;
    source.report({.bytes = 1 << 20, .total = 1 << 24});
    const auto told = row_of(source.operation())->progress;
    BOOST_REQUIRE(told.has_value());
    BOOST_TEST(told->value == 1 << 20);
    BOOST_TEST((told->total == std::optional<double>(1 << 24)));
    source.set_value();
}

BOOST_AUTO_TEST_CASE(the_next_deadline) {
    const registry_on on;
    asio::io_context context;
    const auto op = async_wait_for_ever(context.get_executor(), use_async_info.cancel_after(2h));
    const auto until = asyncinfo::registry::clock::now() + 2h;
    const auto first = row_of(op)->deadline;
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST((*first <= until && *first > until - 1min));
    op.cancel_after(1h);
    BOOST_TEST((row_of(op)->deadline < first));
    op.Cancel();
    context.run();
}

BOOST_AUTO_TEST_CASE(a_request_and_who_made_it) {
    const registry_on on;
    pending<void()> source;
    const auto op = source.start(use_async_info);
    op.Cancel();
    const auto request = row_of(op)->request;
    BOOST_REQUIRE(request.has_value());
    BOOST_TEST((request->by == asyncinfo::cancel_source::handle));
    BOOST_TEST((request->at <= asyncinfo::registry::clock::now()));
    source.complete();
}

BOOST_AUTO_TEST_CASE(how_often_it_was_polled) {
    const registry_on on;
    pending<void()> source;
    const auto op = source.start(use_async_info);
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(op.Status() == AsyncStatus::Started);
    BOOST_TEST(row_of(op)->polls == 5u);
    source.complete();
}

BOOST_AUTO_TEST_CASE(a_deadline_that_has_passed) {
    const registry_on on;
    asio::io_context context;
    pending<void()> source;
    const auto op = source.start_on(context.get_executor(), use_async_info);
    op.cancel_after(1ms, asio::cancellation_type::total);
    op.cancel_after(1h);
    while (row_of(op)->deadline < asyncinfo::registry::clock::now() + 1min)
        context.run_one();
    BOOST_TEST((row_of(op)->request->by == asyncinfo::cancel_source::deadline));
    source.complete();
    context.run();
}

BOOST_AUTO_TEST_CASE(it_belongs_to_the_last_that_took_it) {
    const registry_on on;
    pending<void()> source;
    const auto op = source.start(use_async_info);
    operation_group<> group;
    group.add(op);
    BOOST_TEST(row_of(op)->parent_is_group);
    const auto waiting = [](IAsyncAction awaited) -> IAsyncAction { co_await awaited; }(op);
    BOOST_TEST(row_of(op)->parent == waiting.Id());
    BOOST_TEST(!row_of(op)->parent_is_group);
    source.complete();
    BOOST_TEST(memory_of(op.Id())->parent == waiting.Id());
}

BOOST_AUTO_TEST_CASE(adapters_do_not_hide_what_is_started) {
    const registry_on on;
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const auto op = timer.async_wait(asio::as_tuple(use_async_info));
    BOOST_TEST(row_of(op)->what == "async_wait");
    const auto coroutine = [](asio::steady_timer& awaited) -> IAsyncAction {
        static_cast<void>(co_await awaited.async_wait(asio::as_tuple(asio::deferred)));
    }(timer);
    BOOST_TEST(row_of(coroutine)->awaits->what == "async_wait");
    timer.cancel();
    context.run();
}

/// Ends an operation later.
struct keeper {
    std::function<void()> ends;
    template <typename Handler>
    void keep(Handler handler) {
        ends = [h = std::make_shared<Handler>(std::move(handler))] { std::move (*h)(); };
    }
};

template <std::integral T>
IAsyncAction start_in_a_constrained_function(keeper& kept, T) {
    return asio::async_initiate<const use_async_info_t&, void()>(
        [&kept](auto handler) { kept.keep(std::move(handler)); }, use_async_info);
}

BOOST_AUTO_TEST_CASE(a_type_that_no_demangler_knows) {
    const registry_on on;
    keeper kept;
    const auto op = start_in_a_constrained_function(kept, 1);
    BOOST_TEST(!row_of(op)->what.empty());
    kept.ends();
}

// --- What has ended -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_last_ones_are_remembered) {
    const registry_on on;
    const auto first = pending<void(error_code)>::ended(use_async_info.named("first"), {});
    const auto second =
        pending<void(error_code)>::ended(use_async_info.named("second"), asio::error::eof);
    const auto gone = asyncinfo::registry::snapshot().gone;
    BOOST_REQUIRE(gone.size() >= 2);
    BOOST_TEST(gone[0].id == second.Id());
    BOOST_TEST(gone[0].name == "second");
    BOOST_TEST(gone[0].status == AsyncStatus::Error);
    BOOST_TEST(gone[0].code == asio::error::eof);
    BOOST_TEST((gone[0].ending.reason == ending_reason::failed));
    BOOST_TEST((gone[0].at >= gone[0].started));
    BOOST_TEST(gone[1].id == first.Id());
    BOOST_TEST(gone[1].status == AsyncStatus::Completed);
    BOOST_TEST((gone[1].at <= gone[0].at));
}

IAsyncAction throws(std::exception_ptr thrown) {
    co_await resume_after(0ms);
    std::rethrow_exception(thrown);
}

BOOST_AUTO_TEST_CASE(the_code_of_an_exception_is_remembered) {
    const registry_on on;
    const auto op = throws(std::make_exception_ptr(system_error(asio::error::eof)));
    BOOST_TEST(memory_of(op.Id())->code == asio::error::eof);
    const auto other = throws(std::make_exception_ptr(std::runtime_error("no")));
    BOOST_TEST(memory_of(other.Id())->code == error_code(errc::unhandled_exception));
    BOOST_TEST((memory_of(other.Id())->ending.reason == ending_reason::failed));
}

IAsyncAction sleeps(asio::io_context& context) {
    asio::steady_timer timer(context, 1h);
    co_await timer.async_wait(asio::deferred);
}

BOOST_AUTO_TEST_CASE(memory_and_handle_agree) {
    const registry_on on;
    asio::io_context context;
    const auto op = sleeps(context);
    op.cancel_after(0ms);
    context.run();
    const auto remembered = memory_of(op.Id())->ending;
    BOOST_TEST((op.ending().reason == ending_reason::deadline));
    BOOST_TEST((remembered.reason == ending_reason::deadline));
    BOOST_TEST((remembered.asked_by == op.ending().asked_by));
    BOOST_TEST((remembered.asked_at == op.ending().asked_at));
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_the_one_before) {
    const registry_on on;
    pending<void()> source;
    const auto asked = source.start(use_async_info);
    asked.Cancel();
    source.complete();
    const auto next = pending<void()>::ended(use_async_info);
    BOOST_TEST(memory_of(asked.Id())->ending.stopped_after.has_value());
    BOOST_TEST(!memory_of(next.Id())->ending.stopped_after.has_value());
    BOOST_TEST((memory_of(next.Id())->ending.asked_by == asyncinfo::cancel_source::none));
}

BOOST_AUTO_TEST_CASE(two_hundred_and_fifty_six_are_remembered) {
    const registry_on on;
    std::uint64_t last = 0;
    for (int i = 0; i < 1000; ++i)
        last = pending<void()>::ended(use_async_info).Id();
    const auto gone = asyncinfo::registry::snapshot().gone;
    BOOST_TEST(gone.size() == 256u);
    BOOST_TEST(gone.front().id == last);
    BOOST_TEST(gone.back().id == last - 255);
}

BOOST_AUTO_TEST_CASE(families_are_counted) {
    const registry_on on;
    constexpr auto named = "a family";
    pending<void(error_code)> running;
    const auto op = running.start(use_async_info.named(named));
    end_one(named);
    end_one(named);
    end_one(named, asio::error::operation_aborted);
    end_one(named, asio::error::eof);
    const auto told = family_of(named);
    BOOST_TEST(told.started == 5u);
    BOOST_TEST(told.completed == 2u);
    BOOST_TEST(told.canceled == 1u);
    BOOST_TEST(told.failed == 1u);
    std::uint64_t sum = 0;
    for (const auto n : told.took.counts)
        sum += n;
    BOOST_TEST(sum == 4u);
    BOOST_TEST((told.took.sum > 0ns));
    running.complete({});
}

BOOST_AUTO_TEST_CASE(an_error_that_nobody_asked_for_is_unseen) {
    const registry_on on;
    end_one("unseen", asio::error::eof);
    BOOST_TEST(family_of("unseen").unseen == 1u);
    static_cast<void>(
        pending<void(error_code)>::ended(use_async_info.named("read"), asio::error::eof)
            .ErrorCode());
    BOOST_TEST(family_of("read").unseen == 0u);
    const auto thrown =
        pending<void(error_code)>::ended(use_async_info.named("thrown"), asio::error::eof);
    CHECK_THROWS_CODE(thrown.GetResults(), asio::error::eof);
    BOOST_TEST(family_of("thrown").unseen == 0u);
    pending<void(error_code)>::ended(use_async_info.named("status"), asio::error::eof)
        .Completed([](auto&, AsyncStatus) {});
    BOOST_TEST(family_of("status").unseen == 1u); // it was told the status only
    const auto tuple = pending<void(error_code)>::ended(
        asio::as_tuple(use_async_info.named("tuple")), asio::error::eof);
    BOOST_TEST(std::get<0>(tuple.GetResults()) == asio::error::eof);
    BOOST_TEST(family_of("tuple").unseen == 0u);
    const auto token = use_async_info.named("not started");
    BOOST_CHECK_THROW(static_cast<void>(asio::async_initiate<decltype(token), void()>(
                          [](auto) { throw std::runtime_error("it cannot be started"); }, token)),
                      std::runtime_error);
    BOOST_TEST(family_of("not started").unseen == 0u);
}

BOOST_AUTO_TEST_CASE(a_quantile_is_the_limit_of_a_bucket) {
    asyncinfo::registry::histogram h;
    BOOST_TEST((h.quantile(0.5) == 0ns));
    h.counts[3] = 90;
    h.counts[7] = 10;
    BOOST_TEST((h.quantile(0.5) == 8us));
    BOOST_TEST((h.quantile(0.9) == 8us));
    BOOST_TEST((h.quantile(0.91) == 128us));
    BOOST_TEST((h.quantile(1) == 128us));
}

// --- Cancel by number ---------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(it_cancels_by_number) {
    const registry_on on;
    pending<void()> source;
    const auto op = source.start(use_async_info);
    BOOST_TEST(asyncinfo::registry::cancel(op.Id(), asio::cancellation_type::partial));
    BOOST_TEST((op.ending().asked_types == asio::cancellation_type::partial));
    source.complete();
    BOOST_TEST(!asyncinfo::registry::cancel(op.Id()));
    BOOST_TEST(!asyncinfo::registry::cancel(0));
    BOOST_TEST(!asyncinfo::registry::cancel(~std::uint64_t{}));
}

BOOST_AUTO_TEST_CASE(also_without_a_handle) {
    const registry_on on;
    pending<void()> source;
    const auto id = source.start(use_async_info).Id();
    BOOST_TEST(asyncinfo::registry::cancel(id));
    source.complete();
    BOOST_TEST(!asyncinfo::registry::cancel(id));
}

BOOST_AUTO_TEST_CASE(what_a_cancel_calls_can_cancel_others) {
    const registry_on on;
    async_source<> first, second;
    first.on_cancel([&] {
        BOOST_TEST(asyncinfo::registry::cancel(second.operation().Id()));
        first.set_canceled();
    });
    const auto id = first.operation().Id();
    BOOST_TEST(asyncinfo::registry::cancel(id));
    BOOST_TEST(second.operation().cancel_requested());
    second.set_value();
}

// --- As text ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_dump_is_a_tree) {
    const registry_on on;
    asio::io_context context;
    const auto op = caller(context);
    pending<void()> source;
    const auto named = source.start(use_async_info.named("the \x1b[31mred\none"));
    named.Cancel();
    const std::string text = dumped();
    BOOST_TEST(contains(text, "operations are running\n"));
    BOOST_TEST(contains(text, "  awaits #"));
    BOOST_TEST(contains(text, "\n  #"));
    BOOST_TEST(contains(text, "awaits async_wait at "));
    BOOST_TEST(contains(text, "registry.cpp:" + std::to_string(line_of_callers_await)));
    BOOST_TEST(contains(text, "\"the ?[31mred?one\""));
    BOOST_TEST(contains(text, "asked to stop"));
    source.complete();
    op.Cancel();
    context.run();
}

BOOST_AUTO_TEST_CASE(a_long_chain_takes_no_stack) {
    asyncinfo::registry::report long_chain;
    for (std::uint64_t i = 1; i <= 100000; ++i) {
        asyncinfo::registry::outstanding one;
        one.id = i;
        one.parent = i - 1;
        long_chain.running.push_back(one);
    }
    // And a circle, which coroutines that await each other make.
    long_chain.running.push_back({});
    long_chain.running.back().id = long_chain.running.back().parent = 200000;
    std::ostringstream text;
    asyncinfo::registry::dump(text, long_chain);
    BOOST_TEST(contains(text.str(), "#100000 "));
    BOOST_TEST(contains(text.str(), "#200000 "));
}

#if !defined(_WIN32)
BOOST_AUTO_TEST_CASE(a_signal_dumps_to_standard_error) {
    const registry_on on;
    pending<void()> source;
    const auto op = source.start(use_async_info.named("outstanding at the signal"));
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const int standard_error = ::dup(STDERR_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    asyncinfo::registry::dump_on_signal(SIGUSR1);
    std::raise(SIGUSR1);
    std::string text;
    char part[256];
    while (!contains(text, "outstanding at the signal")) {
        const auto size = ::read(ends[0], part, sizeof(part));
        BOOST_REQUIRE(size > 0);
        text.append(part, static_cast<std::size_t>(size));
    }
    ::dup2(standard_error, STDERR_FILENO);
    for (const int open : {ends[0], ends[1], standard_error})
        ::close(open);
    source.complete();
}
#endif

// The last case, since names stay in the registry.
BOOST_AUTO_TEST_CASE(of_too_many_names_the_rest_is_one) {
    const registry_on on;
    pending<void()> source;
    for (int i = 0; i < 1 << 14; ++i)
        end_one("number " + std::to_string(i));
    const auto op = source.start(use_async_info.named("one too many"));
    BOOST_TEST(row_of(op)->name == "(too many names)");
    pending<void()> another;
    const auto nameless = another.start(use_async_info.here());
    BOOST_TEST(row_of(nameless)->name.empty());
    another.complete();
    BOOST_TEST(op.name() == "one too many");
    source.complete();
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace asyncinfo_test::registry_test
