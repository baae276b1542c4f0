// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// What is thrown says which call it was, of which operation, why it was refused and what to do;
/// the code is the same for all reasons.
namespace asyncinfo_test::refusals_say_what_to_do_test {
namespace {

using number = std::unique_ptr<int>;

/// The text of what `call` throws.
template <typename Call>
std::string refusal(error_code expected, Call call) {
    try {
        call();
    } catch (const system_error& e) {
        BOOST_TEST(e.code() == expected);
        return e.what();
    }
    return "nothing was thrown";
}

template <typename Handle>
std::string whose(const Handle& op, const std::string& rest) {
    const std::string name(op.name());
    return "asyncinfo operation " + std::to_string(op.Id()) +
           (name.empty() ? "" : " '" + name + "'") + ": " + rest;
}

bool begins_with(const std::string& text, const std::string& start) {
    BOOST_TEST_INFO(text);
    return text.starts_with(start);
}

} // namespace

BOOST_AUTO_TEST_SUITE(refusals_say_what_to_do)

BOOST_AUTO_TEST_CASE(a_result_asked_for_too_early) {
    const async_source<int> source("login");
    const auto op = source.operation();
    for (const auto& [member, call] :
         std::initializer_list<std::pair<std::string, std::function<void()>>>{
             {"GetResults", [&] { (void)op.GetResults(); }},
             {"outcome", [&] { (void)op.outcome(); }}})
        BOOST_TEST(begins_with(
            refusal(errc::illegal_method_call, call),
            whose(op, member + ": there was no result yet: wait for the end, or use try_get: ")));

    const async_source<> action; // without a name
    BOOST_TEST(
        begins_with(refusal(errc::illegal_method_call, [&] { action.operation().GetResults(); }),
                    whose(action.operation(), "GetResults: there was no result yet: ")));
}

BOOST_AUTO_TEST_CASE(every_member_after_close) {
    const async_source<int, double> source("login");
    const auto op = source.operation();
    const auto expected = whose(op, "");
    source.set_value(1);
    op.Close();
    const std::pair<std::string, std::function<void()>> calls[] = {
        {"Id", [&] { (void)op.Id(); }},
        {"Status", [&] { (void)op.Status(); }},
        {"ErrorCode", [&] { (void)op.ErrorCode(); }},
        {"exception", [&] { (void)op.exception(); }},
        {"cancel_requested", [&] { (void)op.cancel_requested(); }},
        {"get_executor", [&] { (void)op.get_executor(); }},
        {"wait", [&] { op.wait(); }},
        {"wait_for", [&] { op.wait_for(1s); }},
        {"wait_until", [&] { op.wait_until(std::chrono::steady_clock::now()); }},
        {"GetResults", [&] { (void)op.GetResults(); }},
        {"try_get", [&] { (void)op.try_get(); }},
        {"get", [&] { (void)op.get(); }},
        {"outcome", [&] { (void)op.outcome(); }},
        {"Completed", [&] { op.Completed(nullptr); }},
        {"Completed", [&] { (void)op.Completed(); }},
        {"Progress", [&] { op.Progress(nullptr); }},
        {"Progress", [&] { (void)op.Progress(); }},
        {"progress", [&] { (void)op.progress(); }},
        {"async_wait", [&] { op.async_wait([](error_code) {}); }},
        {"to_future", [&] { (void)asyncinfo::to_future(op); }},
        {"operation_group::add", [&] { asyncinfo::operation_group<>().add(op); }},
        {"when_all, when_any", [&] { (void)asyncinfo::when_all(op); }},
    };
    for (const auto& [member, call] : calls)
        BOOST_TEST(
            begins_with(refusal(errc::illegal_method_call, call),
                        expected + member +
                            ": the operation has been closed: read what is needed before Close: "));
}

BOOST_AUTO_TEST_CASE(a_result_that_another_has_taken) {
    const async_source<number> source;
    source.set_value(std::make_unique<int>(1));
    const auto op = source.operation();
    BOOST_TEST(*op.GetResults() == 1);
    for (const auto& [member, call] :
         std::initializer_list<std::pair<std::string, std::function<void()>>>{
             {"GetResults", [&] { (void)op.GetResults(); }},
             {"get", [&] { (void)op.get(); }},
             {"try_get", [&] { (void)op.try_get(); }},
             {"outcome", [&] { (void)op.outcome(); }}})
        BOOST_TEST(begins_with(refusal(errc::illegal_method_call, call),
                               whose(op, member + ": the result has been taken: ")));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_not_taken_for_the_operations_own_failure) {
    // Canceled, but what the second reader gets is no cancellation.
    const auto op = pending<void(error_code, number)>::ended(
        asio::as_tuple(use_async_info), asio::error::operation_aborted, std::make_unique<int>(1));
    BOOST_TEST((op.Status() == AsyncStatus::Canceled));
    BOOST_TEST(*std::get<1>(op.GetResults()) == 1);
    BOOST_TEST(begins_with(refusal(errc::illegal_method_call, [&] { (void)op.GetResults(); }),
                           whose(op, "GetResults: the result has been taken: ")));
}

BOOST_AUTO_TEST_CASE(what_one_code_says_alone_has_its_remedy_in_the_message) {
    asio::io_context context;
    asio::steady_timer timer(context, 1h);
    const auto op = timer.async_wait(use_async_info.named("nap"));

    BOOST_TEST(begins_with(refusal(errc::illegal_state_change, [&] { op.Close(); }),
                           whose(op, "Close: Illegal state change: the operation is still running, "
                                     "Cancel it and wait for its end")));
    op.Completed([](auto&, auto) {});
    BOOST_TEST(begins_with(
        refusal(errc::illegal_delegate_assignment, [&] { op.Completed([](auto&, auto) {}); }),
        whose(op, "Completed: Illegal delegate assignment: Completed has been "
                  "set before, use async_wait or op(token) to tell others")));
    asio::post(context, [&] {
        BOOST_TEST(begins_with(refusal(errc::would_deadlock, [&] { op.get(); }),
                               whose(op, "get: Waiting here would block the thread that is to "
                                         "finish the operation: use Completed, co_await or "
                                         "get(context)")));
        op.Cancel();
    });
    context.run();

    const std::string empty = ": The handle is empty: it was given no operation, or it was moved";
    const IAsyncInfo none;
    BOOST_TEST(
        begins_with(refusal(errc::empty_handle, [&] { (void)none.Status(); }), "Status" + empty));
    BOOST_TEST(begins_with(refusal(errc::empty_handle, [&] { none.Cancel(); }), "Cancel" + empty));
    async_source<> source, moved(std::move(source));
    BOOST_TEST(begins_with(refusal(errc::empty_handle, [&] { (void)source.operation(); }),
                           "async_source::operation" + empty));
}

BOOST_AUTO_TEST_CASE(a_failure_says_of_which_operation) {
    const async_source<int> source("login");
    source.set_error(asio::error::connection_refused);
    const auto op = source.operation();
    BOOST_TEST(begins_with(refusal(asio::error::connection_refused, [&] { (void)op.get(); }),
                           whose(op, "Connection refused")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::refusals_say_what_to_do_test
