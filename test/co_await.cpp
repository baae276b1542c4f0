// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

// Coroutines that are functions, and refer to what they are given by pointer: with g++ 12 the
// captures of a lambda that is a coroutine go with the lambda, and its temporaries at times twice.
namespace asyncinfo_test::co_await_test {
namespace {

/// What a coroutine has come to.
struct note {
    std::vector<int> values{};
    std::thread::id thread{};
};

foreign_coroutine by_lvalue(IAsyncOperation<int> op, note* n) {
    const int value = co_await op;
    n->values.push_back(value);
    n->thread = std::this_thread::get_id();
}

foreign_coroutine by_const(const IAsyncOperation<int> op, note* n) {
    const int value = co_await op;
    n->values.push_back(value);
}

foreign_coroutine by_rvalue(IAsyncOperation<int> op, note* n) {
    const int value = co_await std::move(op);
    n->values.push_back(value);
}

foreign_coroutine by_pointer(const IAsyncOperation<int>* op, note* n) {
    const int value = co_await *op;
    n->values.push_back(value);
}

foreign_coroutine of_action(IAsyncAction op, note* n) {
    co_await op;
    n->values.push_back(1);
}

template <typename T>
foreign_coroutine keep(IAsyncOperation<T> op, std::unique_ptr<T>* kept) {
    *kept = std::make_unique<T>(co_await op);
}

/// Notes when its frame goes.
struct token {
    std::shared_ptr<int> alive;
};

foreign_coroutine hold(IAsyncAction op, token, note* n) {
    co_await op;
    n->values.push_back(1);
}

foreign_coroutine destroy_other(IAsyncAction op, foreign_coroutine* other) {
    co_await op;
    other->destroy();
}

error_code code_of(const foreign_coroutine& c) {
    BOOST_TEST(c.done());
    try {
        c.rethrow();
    } catch (const system_error& e) {
        return e.code();
    }
    return {};
}

/// Says how often it was copied.
struct counted {
    explicit counted(int* copies) : copies_(copies) {}
    counted(const counted& other) : copies_(other.copies_) { ++*copies_; }
    counted(counted&&) = default;
    counted& operator=(const counted&) = delete;
    counted& operator=(counted&&) = delete;
    ~counted() = default;

private:
    int* copies_;
};

} // namespace

// The suite's name has to be the file's, which is a keyword: BOOST_AUTO_TEST_SUITE, spelled out.
namespace co_await_ {
BOOST_AUTO_TU_REGISTRAR(co_await_)
("co_await", __FILE__, __LINE__, boost::unit_test::decorator::collector_t::instance());

// §7: "co_await op works [...] for lvalues, consts and rvalues".
BOOST_AUTO_TEST_CASE(gives_the_result) {
    for (const auto start : {by_lvalue, by_const, by_rvalue})
        for (const bool late : {false, true}) {
            pending<void(error_code, int)> source;
            note n;
            const auto op = source.start(use_async_info);
            if (late)
                source.complete({}, 7);
            auto coroutine = start(op, &n);
            BOOST_TEST(coroutine.done() == late);
            if (!late)
                source.complete({}, 7);
            BOOST_TEST(coroutine.done());
            BOOST_TEST(n.values == std::vector{7});
        }
}

BOOST_AUTO_TEST_CASE(waits_for_an_action) {
    pending<void(error_code)> source;
    note n;
    auto coroutine = of_action(source.start(use_async_info), &n);
    BOOST_TEST(n.values.empty());
    source.complete({});
    BOOST_TEST(n.values == std::vector{1});
}

// "resuming on the finishing thread"
BOOST_AUTO_TEST_CASE(resumes_on_the_finishing_thread) {
    pending<void(error_code, int)> source;
    note n;
    auto coroutine = by_lvalue(source.start(use_async_info), &n);
    const auto finishing = on_another_thread([&] { source.complete({}, 7); });
    BOOST_TEST(coroutine.done());
    BOOST_TEST((n.thread == finishing));
}

// "an already finished operation does not suspend"
BOOST_AUTO_TEST_CASE(does_not_suspend_for_what_has_ended) {
    pending<void(error_code, int)> source;
    const auto op = source.start(use_async_info);
    BOOST_TEST(!operator co_await(op).await_ready());
    source.complete({}, 7);
    BOOST_TEST(operator co_await(op).await_ready());
    note n;
    auto coroutine = by_lvalue(op, &n);
    BOOST_TEST((n.thread == std::this_thread::get_id()));
}

// ... nor does it if the end comes between the question and the suspension; whoever is resumed and
// whoever goes on by itself, does so once. Coroutines begin while another thread ends.
BOOST_AUTO_TEST_CASE(racing_with_the_end_it_goes_on_once) {
    for (int round = 0; round != race_rounds(3000); ++round) {
        pending<void(error_code, int)> source;
        const auto op = source.start(use_async_info);
        note n[3];
        foreign_coroutine coroutines[3];
        const auto await = [&] {
            coroutines[0] = by_lvalue(op, &n[0]);
            coroutines[1] = by_const(op, &n[1]);
            coroutines[2] = by_rvalue(op, &n[2]);
        };
        at_once({await, [&] { source.complete({}, 7); }});
        for (int i = 0; i != 3; ++i)
            if (!coroutines[i].done() || n[i].values != std::vector{7})
                BOOST_ERROR("lost or doubled");
    }
}

// "a cancelled operation throws its code", and so does every other ending without a result.
BOOST_AUTO_TEST_CASE(throws_what_GetResults_throws) {
    for (const bool late : {false, true}) {
        const auto ended_by = [&](auto end) {
            pending<void(error_code, int)> source;
            note n;
            const auto op = source.start(use_async_info);
            if (late)
                end(source);
            auto coroutine = by_lvalue(op, &n);
            if (!late)
                end(source);
            BOOST_TEST(n.values.empty());
            return code_of(coroutine);
        };
        using asio::error::operation_aborted;
        BOOST_TEST(
            (ended_by([](auto& s) { s.complete(asio::error::eof, 3); }) == asio::error::eof));
        BOOST_TEST(
            (ended_by([](auto& s) { s.complete(operation_aborted, 0); }) == operation_aborted));
        BOOST_TEST((ended_by([](auto& s) { s.drop(); }) == errc::abandoned));

        pending<void(std::exception_ptr, int)> source;
        const auto op = source.start(use_async_info);
        note n;
        const auto thrown = std::make_exception_ptr(std::runtime_error("as it was"));
        if (late)
            source.complete(thrown, 0);
        auto coroutine = by_lvalue(op, &n);
        if (!late)
            source.complete(thrown, 0);
        BOOST_CHECK_EXCEPTION(coroutine.rethrow(), std::runtime_error,
                              [](auto& e) { return e.what() == std::string("as it was"); });
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_empty_or_closed) {
    note n;
    BOOST_TEST((code_of(by_lvalue(nullptr, &n)) == errc::empty_handle));
    BOOST_TEST((code_of(of_action(nullptr, &n)) == errc::empty_handle));
    const auto op = pending<void(error_code, int)>::ended(use_async_info, {}, 7);
    op.Close();
    BOOST_TEST((code_of(by_lvalue(op, &n)) == errc::illegal_method_call));
    BOOST_TEST(n.values.empty());
}

// "Any number of awaiters", of one handle object or of several.
BOOST_AUTO_TEST_CASE(any_number_may_await) {
    pending<void(error_code, int)> source;
    const auto op = source.start(use_async_info);
    note n;
    std::vector<foreign_coroutine> all;
    for (int i = 0; i != 10; ++i)
        all.push_back(i % 2 ? by_lvalue(op, &n) : by_pointer(&op, &n));
    source.complete({}, 7);
    all.push_back(by_pointer(&op, &n));
    BOOST_TEST(n.values == std::vector<int>(11, 7));
}

// T may be move-only and need have no default constructor; such a one goes to the first taker.
BOOST_AUTO_TEST_CASE(gives_every_kind_of_result) {
    pending<void(error_code, no_default)> first;
    std::unique_ptr<no_default> kept;
    auto plain = keep(first.start(use_async_info), &kept);
    first.complete({}, no_default(7));
    BOOST_TEST_REQUIRE(kept);
    BOOST_TEST(kept->value == 7);

    pending<void(error_code, std::unique_ptr<int>)> second;
    const auto op = second.start(use_async_info);
    std::unique_ptr<std::unique_ptr<int>> taken, left;
    auto taker = keep(op, &taken);
    auto late = keep(op, &left);
    second.complete({}, std::make_unique<int>(7));
    BOOST_TEST_REQUIRE(taken);
    BOOST_TEST(**taken == 7);
    BOOST_TEST((code_of(late) == errc::illegal_method_call));
}

// "Awaiting an rvalue takes the result out of the operation" if that is over, and nobody else has
// a handle.
BOOST_AUTO_TEST_CASE(an_rvalue_that_has_ended_is_not_copied) {
    pending<void(error_code, counted)> source;
    int copies = 0;
    auto op = source.start(use_async_info);
    source.complete({}, counted(&copies));
    const auto before = copies;
    {
        [[maybe_unused]] const counted other = operator co_await(op).await_resume();
    }
    BOOST_TEST(copies == before + 1);
    [[maybe_unused]] const counted taken = operator co_await(std::move(op)).await_resume();
    BOOST_TEST(copies == before + 1);
}

// "If the coroutine is destroyed while it is suspended the operation forgets it".
BOOST_AUTO_TEST_CASE(a_destroyed_coroutine_is_forgotten) {
    pending<void(error_code)> source;
    const auto op = source.start(use_async_info);
    note n;
    const auto alive = std::make_shared<int>();
    std::vector<foreign_coroutine> all;
    for (int i = 0; i != 5; ++i)
        all.push_back(hold(op, token{alive}, &n));
    for (const std::size_t gone : {0u, 2u, 4u})
        all[gone].destroy();
    BOOST_TEST(alive.use_count() == 3);
    source.complete({});
    BOOST_TEST(n.values == std::vector<int>(2, 1));
    all.clear();
    BOOST_TEST(alive.use_count() == 1);
}

// ... also by one that is resumed before it, while the operation tells one after the other.
BOOST_AUTO_TEST_CASE(a_coroutine_may_destroy_another_that_awaits_the_same) {
    for (const bool last : {false, true})
        for (const bool next : {false, true}) {
            pending<void(error_code)> source;
            const auto op = source.start(use_async_info);
            note n;
            const auto alive = std::make_shared<int>();
            foreign_coroutine victim, bystander, after;
            auto destroying = destroy_other(op, &victim);
            if (!next)
                bystander = hold(op, token{alive}, &n);
            victim = hold(op, token{alive}, &n);
            if (!last)
                after = hold(op, token{alive}, &n);
            source.complete({});
            BOOST_TEST(destroying.done());
            BOOST_TEST(n.values.size() == std::size_t{!next} + std::size_t{!last});
            bystander.destroy();
            after.destroy();
            BOOST_TEST(alive.use_count() == 1);
        }
}

// It holds a handle: dropping all others takes nothing away.
BOOST_AUTO_TEST_CASE(keeps_the_operation) {
    pending<void(error_code, int)> source;
    note n;
    auto op = source.start(use_async_info);
    auto coroutine = by_rvalue(std::move(op), &n);
    op = nullptr;
    source.complete({}, 7);
    BOOST_TEST(n.values == std::vector{7});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::co_await_test
