// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// The code of the pages in doc/concepts that is in no other example.

#include "server.hpp"

#include <asyncinfo/asyncinfo.hpp>
#include <boost/asio.hpp>

#include <cstddef>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;
using asyncinfo::AsyncStatus;
using asyncinfo::IAsyncAction;
using asyncinfo::IAsyncInfo;
using asyncinfo::IAsyncOperation;
using asyncinfo::use_async_info;
using namespace std::chrono_literals;

int failures = 0;

void expect(bool as_the_page_says, const char* what) {
    if (!as_the_page_says) {
        std::cout << "not so: " << what << '\n';
        ++failures;
    }
}

// --- operation-and-handle -----------------------------------------------------------------------

void many_kinds_in_one_list() {
    asio::io_context context;
    asio::steady_timer timer(context, 1ms);
    const asyncinfo::async_source<int> source("answer");

    const IAsyncAction pause = timer.async_wait(use_async_info.named("pause"));
    const IAsyncOperation<int> answer = source.operation();

    // Operations of all kinds in one list.
    const std::vector<IAsyncInfo> all{pause, answer};
    for (const IAsyncInfo& operation : all)
        std::cout << operation.name() << ": " << operation.Status() << '\n';

    context.run();
    source.set_value(42);

    // Back to the kind that has the result. It is empty if the operation is of another kind.
    int result = 0;
    for (const IAsyncInfo& operation : all)
        if (const auto with_result = operation.try_as<IAsyncOperation<int>>())
            result = with_result.GetResults();

    expect(result == 42 && all[1] == answer, "the same operation");
    expect(pause.Status() == AsyncStatus::Completed && pause.Id() != answer.Id(), "two of them");
}

asio::awaitable<int> in_an_awaitable(IAsyncOperation<int> answer) { co_return co_await answer; }

void handle_is_an_asio_operation() {
    asio::io_context context;
    asyncinfo::async_source<int> source;
    const IAsyncOperation<int> answer = source.operation();
    int told = 0;

    // A handle takes any completion token, any number of times, before or after the end.
    std::future<int> future = answer(asio::use_future);
    answer(asio::bind_executor(
        context, [&](boost::system::error_code error, int value) { told = error ? -1 : value; }));
    auto awaited = asio::co_spawn(context, in_an_awaitable(answer), asio::use_future);

    source.set_value(42);
    context.run();
    expect(awaited.get() == 42 && future.get() == 42 && told == 42, "each gets the result");
}

// --- status-and-lifecycle -----------------------------------------------------------------------

void completed_is_called_once() {
    asio::io_context context;
    asio::steady_timer timer(context, 1ms);
    int calls = 0;

    const IAsyncAction wait = timer.async_wait(use_async_info);
    wait.Completed([&](const IAsyncAction& sender, AsyncStatus status) {
        expect(status == AsyncStatus::Completed && sender == wait, "how it ended, and which");
        ++calls;
    });
    context.run();
    expect(calls == 1, "Completed is called once");

    wait.Close(); // releases the result; there is nothing more to ask
    boost::system::error_code error;
    wait.Status(error);
    expect(error == asyncinfo::errc::illegal_method_call, "Status after Close");
}

// --- cancellation -------------------------------------------------------------------------------

void cancel_before_anything_runs() {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);

    const IAsyncAction wait = timer.async_wait(use_async_info);
    wait.Cancel(); // remembered until somebody runs the context
    expect(wait.cancel_requested() && wait.Status() == AsyncStatus::Started, "asked, not ended");

    context.run();
    expect(wait.Status() == AsyncStatus::Canceled, "the timer has heard it");
}

void success_stays_success() {
    asio::io_context context;
    const IAsyncAction posted = asio::post(context, use_async_info);
    posted.Cancel(); // a posted function cannot be cancelled
    context.run();
    expect(posted.Status() == AsyncStatus::Completed, "what succeeds is Completed");
}

void gracefully_then_by_force() {
    asyncinfo::async_source<int> source;
    std::vector<bool> forced;
    source.on_cancel([&](asio::cancellation_type_t types) {
        forced.push_back((types & asio::cancellation_type::terminal) !=
                         asio::cancellation_type::none);
    });
    const IAsyncOperation<int> job = source.operation();

    job.Cancel(asio::cancellation_type::total); // mildly
    job.Cancel();                               // and then everything: `terminal` is new
    expect(forced == std::vector<bool>{false, true}, "told of each that asks for more");

    source.set_canceled();
    expect(job.Status() == AsyncStatus::Canceled, "ended by its producer");
}

void owner_cancels() {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    IAsyncAction wait;
    {
        asyncinfo::cancel_on_destroy owner(timer.async_wait(use_async_info));
        wait = owner.get();
    } // Cancel(), and no waiting
    context.run();
    expect(wait.Status() == AsyncStatus::Canceled, "the owner has gone");
}

// --- executors-and-threads ----------------------------------------------------------------------

void handlers_go_where_they_are_bound() {
    asio::io_context window; // run by this thread
    asio::thread_pool network(1);
    asio::steady_timer timer(network, 1ms);
    auto open = asio::make_work_guard(window);
    std::thread::id called_on;

    const IAsyncAction wait = timer.async_wait(use_async_info);
    wait.Completed(asio::bind_executor(window, [&](auto&, AsyncStatus) {
        called_on = std::this_thread::get_id(); // the one that runs the window
        open.reset();
    }));
    window.run();
    expect(called_on == std::this_thread::get_id(), "on the window's thread");
    network.join();
}

void waiting_on_the_wrong_thread() {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const IAsyncAction wait = timer.async_wait(use_async_info);

    asio::post(context, [&] {
        boost::system::error_code error;
        wait.get(error); // on the only thread that can end it
        expect(error == asyncinfo::errc::would_deadlock, "refused at once");
        wait.Cancel();
    });
    context.run();
    expect(wait.Status() == AsyncStatus::Canceled, "and it goes on");
}

// --- lifetime -----------------------------------------------------------------------------------

IAsyncOperation<std::size_t> read_some(asio::io_context& context, const tcp::endpoint& from,
                                       const std::shared_ptr<std::string>& text) {
    const auto socket = std::make_shared<tcp::socket>(context);
    socket->connect(from);
    // The operation keeps the socket and the buffer, and lets go of them when it has ended.
    return socket->async_read_some(asio::buffer(*text),
                                   asio::consign(use_async_info, socket, text));
}

void operation_keeps_what_it_uses() {
    const tutorial::file_server server;
    asio::io_context context;
    const auto text = std::make_shared<std::string>(100, '\0');
    const auto read = read_some(context, server.note(), text);
    expect(read.get(context) > 0 && (*text)[0] == 'x', "what came");
}

void dropped_handles_cancel_nothing() {
    asio::io_context context;
    asio::steady_timer timer(context, 1ms);
    AsyncStatus ended_as = AsyncStatus::Started;
    {
        const IAsyncAction wait = timer.async_wait(use_async_info);
        wait.Completed([&](auto&, AsyncStatus status) { ended_as = status; });
    } // the last handle is gone, and the operation runs on
    context.run();
    expect(ended_as == AsyncStatus::Completed, "it has run to its end");
}

void handle_outlives_the_context() {
    IAsyncAction wait;
    {
        asio::io_context context;
        asio::steady_timer timer(context, 1h);
        wait = timer.async_wait(use_async_info);
    }
    expect(wait.Status() == AsyncStatus::Error, "it has ended");
    expect(wait.ErrorCode() == asyncinfo::errc::abandoned, "it says why");
}

// --- results-and-partial-results ----------------------------------------------------------------

void readers_do_not_disturb_each_other() {
    asyncinfo::async_source<std::string> source;
    const auto page = source.operation();
    expect(!page.try_get(), "nothing yet, and no waiting");

    source.set_value("hello");
    expect(page.GetResults() == "hello" && page.get() == "hello", "each reader gets a copy");
}

void first_taker_gets_it() {
    asyncinfo::async_source<std::unique_ptr<int>> source;
    const auto job = source.operation();
    source.set_value(std::make_unique<int>(42));

    const std::unique_ptr<int> mine = job.GetResults();
    boost::system::error_code error;
    job.GetResults(error); // too late
    expect(*mine == 42 && error == asyncinfo::errc::illegal_method_call, "the first takes it");
}

void what_had_come() {
    asyncinfo::async_source<std::string> source;
    const auto page = source.operation();

    source.set_error(asio::error::connection_reset, "<html><bo");
    const auto [error, text] = page.outcome(); // never throws what the operation ended by
    expect(error == asio::error::connection_reset && text == "<html><bo", "the code and the part");
}

// --- progress -----------------------------------------------------------------------------------

void latest_value() {
    asyncinfo::async_source<void, int> source;
    const auto job = source.operation();
    std::vector<int> told;
    job.Progress([&](auto&, int percent) { told.push_back(percent); });

    expect(!job.progress(), "nothing before the first report");
    source.report(10);
    source.report(20);
    source.set_value();
    expect(told == std::vector<int>{10, 20}, "told of each, in order");
    expect(job.progress() == 20, "the latest, also after the end");
}

asyncinfo::IAsyncActionWithProgress<int> counts() {
    const auto progress = co_await asyncinfo::get_progress_token();
    for (int percent = 0; percent <= 100; percent += 50) {
        progress(percent);
        co_await asyncinfo::resume_after(1ms);
    }
}

int main() {
    many_kinds_in_one_list();
    handle_is_an_asio_operation();
    completed_is_called_once();
    cancel_before_anything_runs();
    success_stays_success();
    gracefully_then_by_force();
    owner_cancels();
    handlers_go_where_they_are_bound();
    waiting_on_the_wrong_thread();
    operation_keeps_what_it_uses();
    dropped_handles_cancel_nothing();
    handle_outlives_the_context();
    readers_do_not_disturb_each_other();
    first_taker_gets_it();
    what_had_come();
    latest_value();
    const auto counting = counts();
    counting.get();
    expect(counting.progress() == 100, "a coroutine's progress");
    return failures;
}
