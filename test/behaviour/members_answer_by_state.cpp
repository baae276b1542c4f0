// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::members_answer_by_state_test {
namespace {

enum class state {
    started,
    cancel_requested,
    completed,
    canceled,
    failed,
    closed_completed,
    closed_canceled,
    closed_failed,
    empty
};

const std::pair<state, const char*> states[] = {
    {state::started, "Started"},
    {state::cancel_requested, "Started, cancel requested"},
    {state::completed, "Completed"},
    {state::canceled, "Canceled"},
    {state::failed, "Error"},
    {state::closed_completed, "Completed, closed"},
    {state::closed_canceled, "Canceled, closed"},
    {state::closed_failed, "Error, closed"},
    {state::empty, "empty"},
};

error_code code_of(state s) {
    switch (s) {
    case state::canceled:
    case state::closed_canceled:
        return asio::error::operation_aborted;
    case state::failed:
    case state::closed_failed:
        return asio::error::connection_refused;
    default:
        return {};
    }
}

bool is_started(state s) { return s == state::started || s == state::cancel_requested; }
bool is_closed(state s) {
    return s == state::closed_completed || s == state::closed_canceled || s == state::closed_failed;
}

/// An operation of each kind, brought into a state.
template <typename... Values>
struct in_state {
    using handle_type =
        decltype(std::declval<pending<void(error_code, Values...)>&>().start(use_async_info));

    explicit in_state(state s) {
        if (s == state::empty)
            return;
        handle = operation.start(use_async_info);
        if (s == state::cancel_requested)
            handle.Cancel();
        if (!is_started(s))
            finish(code_of(s));
        if (is_closed(s))
            handle.Close();
    }

    void finish(error_code code = {}) { operation.complete(code, Values()...); }

    pending<void(error_code, Values...)> operation;
    handle_type handle;
};

/// The same with progress; what has been reported stays readable.
template <typename T>
struct in_state_with_progress {
    using handle_type = typename async_source<T, int>::handle_type;

    explicit in_state_with_progress(state s) {
        if (s == state::empty)
            return;
        handle = source.operation();
        source.report(1);
        if (s == state::cancel_requested)
            handle.Cancel();
        if (!is_started(s))
            finish(code_of(s));
        if (is_closed(s))
            handle.Close();
    }

    void finish(error_code code = {}) {
        if (code)
            source.set_error(code);
        else
            source.set_value();
    }

    async_source<T, int> source;
    handle_type handle;
};

using kinds_with_progress = std::tuple<in_state_with_progress<void>, in_state_with_progress<int>,
                                       in_state_with_progress<std::unique_ptr<int>>>;
using kinds = decltype(std::tuple_cat(
    std::declval<std::tuple<in_state<>, in_state<int>, in_state<std::unique_ptr<int>>>>(),
    std::declval<kinds_with_progress>()));

/// What a member does: `ok`; IMC, ISC and IDA of the contract; `own` throws the operation's code;
/// `blocks` is the subject of other tests.
enum expectation { ok, imc, isc, ida, own, blocks };

struct expectations {
    expectation started, completed, canceled, failed, closed;

    expectation in(state s) const {
        switch (s) {
        case state::started:
        case state::cancel_requested:
            return started;
        case state::completed:
            return completed;
        case state::canceled:
            return canceled;
        case state::failed:
            return failed;
        default:
            return closed;
        }
    }
};

error_code expected_code(expectation e, state s) {
    if (s == state::empty)
        return errc::empty_handle;
    switch (e) {
    case imc:
        return errc::illegal_method_call;
    case isc:
        return errc::illegal_state_change;
    case ida:
        return errc::illegal_delegate_assignment;
    case own:
        return code_of(s);
    default:
        return {};
    }
}

/// A call of a member: with an error code the overload that sets it. A handle has many members, so
/// `check_calls` is compiled once for all of them.
template <typename Handle>
class call {
public:
    call() = default;
    template <typename Member>
    call(Member& member)
        : member_(&member), call_([](void* m, Handle& handle, error_code* set) {
              auto& called = *static_cast<Member*>(m);
              if (set)
                  called(handle, *set);
              else
                  called(handle);
          }) {}

    void operator()(Handle& handle, error_code* set = nullptr) const {
        if (call_)
            call_(member_, handle, set);
    }

private:
    void* member_ = nullptr;
    void (*call_)(void*, Handle&, error_code*) = nullptr;
};

/// Calls a member in every state: the overload that throws, and the one that sets an error code.
/// `prepare` is called before, and may be refused.
template <typename Kind>
void check_calls(std::string_view name, expectations expected,
                 const call<typename Kind::handle_type>& member,
                 const call<typename Kind::handle_type>& prepare) {
    for (const auto& [s, state_name] : states) {
        if (expected.in(s) == blocks && s != state::empty)
            continue;
        BOOST_TEST_CONTEXT(name << " in state " << state_name) {
            const error_code code = expected_code(expected.in(s), s);

            Kind throwing(s);
            error_code ignored;
            prepare(throwing.handle, &ignored);
            BOOST_TEST(asyncinfo_test::code_of([&] { member(throwing.handle); }) == code);

            Kind setting(s);
            prepare(setting.handle, &ignored);
            error_code set = asio::error::fault; // must be cleared on success
            BOOST_CHECK_NO_THROW(member(setting.handle, &set));
            BOOST_TEST(set == code);

            // A refusal leaves the operation unharmed.
            if (is_started(s))
                for (Kind* each : {&throwing, &setting}) {
                    const typename Kind::handle_type handle = each->handle;
                    BOOST_TEST(handle.Status() == AsyncStatus::Started);
                    if (code)
                        BOOST_TEST(handle.cancel_requested() == (s == state::cancel_requested));
                    each->finish();
                    BOOST_TEST(handle.Status() == AsyncStatus::Completed);
                    BOOST_CHECK_NO_THROW(static_cast<void>(handle.GetResults()));
                }
        }
    }
}

/// `member(handle, error_code&...)` and `prepare(handle, error_code&...)` make the calls.
template <typename Kind, typename Member, typename Prepare>
void check(std::string_view name, expectations expected, Member member, Prepare prepare) {
    check_calls<Kind>(name, expected, member, prepare);
}

template <typename Kind, typename Member>
void check(std::string_view name, expectations expected, Member member) {
    check_calls<Kind>(name, expected, member, {});
}

const auto ignore_end = [](const auto&, AsyncStatus) {};

} // namespace

BOOST_AUTO_TEST_SUITE(members_answer_by_state)

// §2, the whole matrix, and: any member on an empty handle throws empty_handle; every throwing
// member has an overload that sets an error code; the operation is unharmed by what is refused.
BOOST_AUTO_TEST_CASE_TEMPLATE(matrix, Kind, kinds) {
    check<Kind>("Id()", {ok, ok, ok, ok, imc}, [](auto& h, auto&... e) { h.Id(e...); });
    check<Kind>("Status()", {ok, ok, ok, ok, imc}, [](auto& h, auto&... e) { h.Status(e...); });
    check<Kind>("ErrorCode()", {ok, ok, ok, ok, imc},
                [](auto& h, auto&... e) { h.ErrorCode(e...); });
    check<Kind>("exception()", {ok, ok, ok, ok, imc},
                [](auto& h, auto&... e) { h.exception(e...); });
    check<Kind>("cancel_requested()", {ok, ok, ok, ok, imc},
                [](auto& h, auto&... e) { h.cancel_requested(e...); });
    check<Kind>("Cancel()", {ok, ok, ok, ok, ok}, [](auto& h, auto&... e) { h.Cancel(e...); });
    check<Kind>("Cancel(types)", {ok, ok, ok, ok, ok},
                [](auto& h, auto&... e) { h.Cancel(asio::cancellation_type::terminal, e...); });
    check<Kind>("Close()", {isc, ok, ok, ok, ok}, [](auto& h, auto&... e) { h.Close(e...); });

    check<Kind>("Completed(handler)", {ok, ok, ok, ok, imc},
                [](auto& h, auto&... e) { h.Completed(ignore_end, e...); });
    check<Kind>("Completed(nullptr)", {ok, ok, ok, ok, imc},
                [](auto& h, auto&... e) { h.Completed(nullptr, e...); });
    check<Kind>(
        "Completed(handler), again", {ida, ida, ida, ida, imc},
        [](auto& h, auto&... e) { h.Completed(ignore_end, e...); },
        [](auto& h, auto&... e) { h.Completed(ignore_end, e...); });
    check<Kind>(
        "Completed(handler), after a null one", {ida, ida, ida, ida, imc},
        [](auto& h, auto&... e) { h.Completed(ignore_end, e...); },
        [](auto& h, auto&... e) { h.Completed(nullptr, e...); });
    check<Kind>(
        "Completed(nullptr), again", {ida, ida, ida, ida, imc},
        [](auto& h, auto&... e) { h.Completed(nullptr, e...); },
        [](auto& h, auto&... e) { h.Completed(ignore_end, e...); });
    check<Kind>("Completed()", {ok, ok, ok, ok, imc},
                [](auto& h, auto&... e) { h.Completed(e...); });

    check<Kind>("GetResults()", {imc, ok, own, own, imc},
                [](auto& h, auto&... e) { static_cast<void>(h.GetResults(e...)); });
    check<Kind>("GetResults() &&", {imc, ok, own, own, imc},
                [](auto& h, auto&... e) { static_cast<void>(std::move(h).GetResults(e...)); });
    check<Kind>("try_get()", {ok, ok, own, own, imc},
                [](auto& h, auto&... e) { static_cast<void>(h.try_get(e...)); });
    check<Kind>("outcome()", {imc, ok, ok, ok, imc},
                [](auto& h, auto&... e) { static_cast<void>(h.outcome(e...)); });

    check<Kind>("get()", {blocks, ok, own, own, imc},
                [](auto& h, auto&... e) { static_cast<void>(h.get(e...)); });
    check<Kind>("wait()", {blocks, ok, ok, ok, imc}, [](auto& h, auto&... e) { h.wait(e...); });
    check<Kind>("wait_for(0s)", {ok, ok, ok, ok, imc},
                [](auto& h, auto&... e) { h.wait_for(0s, e...); });
    check<Kind>("wait_for(1us)", {ok, ok, ok, ok, imc},
                [](auto& h, auto&... e) { h.wait_for(1us, e...); });
    check<Kind>("wait_until(now)", {ok, ok, ok, ok, imc},
                [](auto& h, auto&... e) { h.wait_until(std::chrono::steady_clock::now(), e...); });

    asio::io_context context;
    check<Kind>("get(context)", {blocks, ok, own, own, imc},
                [&](auto& h, auto&... e) { static_cast<void>(h.get(context, e...)); });
    check<Kind>("wait_for(context, 0s)", {ok, ok, ok, ok, imc},
                [&](auto& h, auto&... e) { h.wait_for(context, 0s, e...); });
    check<Kind>("wait_for(context, 1us)", {ok, ok, ok, ok, imc},
                [&](auto& h, auto&... e) { h.wait_for(context, 1us, e...); });
}

// §2: what the members that do not throw then answer.
BOOST_AUTO_TEST_CASE_TEMPLATE(values, Kind, kinds) {
    const std::pair<state, AsyncStatus> table[] = {
        {state::started, AsyncStatus::Started},     {state::cancel_requested, AsyncStatus::Started},
        {state::completed, AsyncStatus::Completed}, {state::canceled, AsyncStatus::Canceled},
        {state::failed, AsyncStatus::Error},
    };
    for (const auto& [s, status] : table)
        BOOST_TEST_CONTEXT("in state " << status) {
            Kind each(s);
            const typename Kind::handle_type& handle = each.handle;
            BOOST_TEST(handle.Status() == status);
            BOOST_TEST(handle.ErrorCode() == code_of(s));
            BOOST_TEST(!handle.exception());
            BOOST_TEST(handle.Id() != 0u);
            BOOST_TEST(handle.cancel_requested() == (s == state::cancel_requested));
            BOOST_TEST(!handle.Completed());

            error_code error;
            BOOST_TEST(handle.Status(error) == status);
            BOOST_TEST(handle.ErrorCode(error) == code_of(s));
            BOOST_TEST(handle.Id(error) == handle.Id());
            BOOST_TEST(handle.cancel_requested(error) == handle.cancel_requested());

            BOOST_TEST(handle.wait_for(1us) == status);
            BOOST_TEST(handle.wait_until(std::chrono::system_clock::now()) == status);
            if (status == AsyncStatus::Started) {
                BOOST_TEST(!handle.try_get());
                continue;
            }
            BOOST_TEST(handle.wait() == status);
            BOOST_TEST(std::get<0>(handle.outcome()) == code_of(s));
            error_code own;
            BOOST_TEST(!!handle.try_get(own) ==
                       (status == AsyncStatus::Completed &&
                        !std::is_same_v<Kind, in_state<std::unique_ptr<int>>> &&
                        !std::is_same_v<Kind, in_state_with_progress<std::unique_ptr<int>>>));
        }
}

// §5: Progress "can be replaced or cleared at any time. [...] Set after the end it is accepted".
BOOST_AUTO_TEST_CASE_TEMPLATE(matrix_of_progress, Kind, kinds_with_progress) {
    const auto ignore = [](const auto&, int) {};
    check<Kind>("Progress(handler)", {ok, ok, ok, ok, imc},
                [&](auto& h, auto&... e) { h.Progress(ignore, e...); });
    check<Kind>("Progress(nullptr)", {ok, ok, ok, ok, imc},
                [](auto& h, auto&... e) { h.Progress(nullptr, e...); });
    check<Kind>(
        "Progress(handler), again", {ok, ok, ok, ok, imc},
        [&](auto& h, auto&... e) { h.Progress(ignore, e...); },
        [&](auto& h, auto&... e) { h.Progress(ignore, e...); });
    check<Kind>("Progress()", {ok, ok, ok, ok, imc}, [](auto& h, auto&... e) { h.Progress(e...); });
    check<Kind>("progress()", {ok, ok, ok, ok, imc}, [](auto& h, auto&... e) {
        const auto latest = h.progress(e...);
        error_code refused;
        h.Id(refused);
        BOOST_TEST((latest == (refused ? std::optional<int>() : 1)));
    });
}

// §2: cancel_requested() says "whether", in every state.
BOOST_AUTO_TEST_CASE(cancel_requested_is_remembered_after_the_end) {
    for (const bool cancel : {false, true})
        for (const error_code& code : {error_code(), error_code(asio::error::operation_aborted),
                                       error_code(asio::error::eof)}) {
            in_state<> each(state::started);
            if (cancel)
                each.handle.Cancel();
            BOOST_TEST(each.handle.cancel_requested() == cancel);
            each.finish(code);
            BOOST_TEST(each.handle.cancel_requested() == cancel);
            each.handle.Cancel(); // a no-op now
            BOOST_TEST(each.handle.cancel_requested() == cancel);
        }
}

// §2: Id is the same in every state, for every copy, and no other operation's.
BOOST_AUTO_TEST_CASE(the_id_stays) {
    in_state<int> first(state::started);
    in_state<int> second(state::started);
    const auto id = first.handle.Id();
    BOOST_TEST(id != second.handle.Id());
    const IAsyncInfo copy = first.handle;
    BOOST_TEST(copy.Id() == id);
    first.finish();
    BOOST_TEST(first.handle.Id() == id);
    BOOST_TEST(copy.Id() == id);
}

// §2: "releases result and handlers", while the handles live on.
BOOST_AUTO_TEST_CASE(close_releases_the_result_and_the_handler) {
    pending<void(error_code, std::shared_ptr<int>)> operation;
    const auto handle = operation.start(use_async_info);
    auto result = std::make_shared<int>(1);
    auto captured = std::make_shared<int>(2);
    const std::weak_ptr<int> result_alive = result, handler_alive = captured;
    handle.Completed([captured = std::move(captured)](const auto&, AsyncStatus) {});
    BOOST_TEST(!handler_alive.expired());
    operation.complete({}, std::move(result));
    BOOST_TEST(!result_alive.expired());
    BOOST_TEST(handler_alive.expired());
    handle.Close();
    BOOST_TEST(result_alive.expired());
}

// §2: the same for a result that came with an error, and for the exception that was the error.
BOOST_AUTO_TEST_CASE(close_releases_a_partial_result_and_the_exception) {
    pending<void(std::exception_ptr, std::shared_ptr<int>)> operation;
    const auto handle = operation.start(use_async_info);
    struct failure {
        std::shared_ptr<int> held;
    };
    auto result = std::make_shared<int>(1);
    auto held = std::make_shared<int>(2);
    const std::weak_ptr<int> result_alive = result, exception_alive = held;
    operation.complete(std::make_exception_ptr(failure{std::move(held)}), std::move(result));
    BOOST_TEST(!result_alive.expired());
    BOOST_TEST(!exception_alive.expired());
    handle.Close();
    BOOST_TEST(result_alive.expired());
    BOOST_TEST(exception_alive.expired());
}

// §2: Completed's getter gives the handler until its call, then null.
BOOST_AUTO_TEST_CASE(the_completed_getter_gives_the_handler_until_it_is_called) {
    in_state<int> each(state::started);
    BOOST_TEST(!each.handle.Completed());
    int calls = 0;
    bool null_inside = false;
    const asyncinfo::AsyncOperationCompletedHandler<int> handler =
        [&](const IAsyncOperation<int>& sender, AsyncStatus) {
            ++calls;
            null_inside = !sender.Completed();
        };
    each.handle.Completed(handler);
    BOOST_TEST((each.handle.Completed() == handler));
    each.finish();
    BOOST_TEST(calls == 1);
    BOOST_TEST(null_inside);
    BOOST_TEST(!each.handle.Completed());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::members_answer_by_state_test
