// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

namespace asyncinfo_test::reading_disturbs_no_other_reader_test {
namespace {

using values = std::vector<int>;
using handle = IAsyncOperation<values>;

/// Every way to read a result.
const std::pair<const char*, std::function<std::optional<values>(handle&)>> readers[] = {
    {"GetResults()", [](handle& h) { return h.GetResults(); }},
    {"GetResults() const", [](handle& h) { return std::as_const(h).GetResults(); }},
    {"GetResults(error)",
     [](handle& h) {
         error_code error;
         return h.GetResults(error);
     }},
    {"GetResults() && of a copy", [](handle& h) { return handle(h).GetResults(); }},
    {"GetResults(error) && of a copy",
     [](handle& h) {
         error_code error;
         return handle(h).GetResults(error);
     }},
    {"try_get()", [](handle& h) { return h.try_get(); }},
    {"try_get(error)",
     [](handle& h) {
         error_code error;
         return h.try_get(error);
     }},
    {"get()", [](handle& h) { return h.get(); }},
    {"get(error)",
     [](handle& h) {
         error_code error;
         return h.get(error);
     }},
    {"get(context)",
     [](handle& h) {
         asio::io_context context;
         return h.get(context);
     }},
    {"get(context, error)",
     [](handle& h) {
         asio::io_context context;
         error_code error;
         return h.get(context, error);
     }},
    {"outcome()", [](handle& h) { return std::get<1>(h.outcome()); }},
    {"outcome(error)",
     [](handle& h) {
         error_code error;
         return std::get<1>(h.outcome(error));
     }},
};

/// An operation that ended with a result, whose storage tells a move from a copy.
struct ended {
    ended() {
        pending<void(error_code, values)> pending;
        operation = pending.start(use_async_info);
        values delivered{1, 2, 3};
        storage = delivered.data();
        pending.complete({}, std::move(delivered));
    }

    handle operation;
    const int* storage;
};

const values expected{1, 2, 3};

template <typename Function>
bool is_refused(Function function) {
    try {
        function();
    } catch (const system_error& e) {
        return e.code() == errc::illegal_method_call;
    }
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reading_disturbs_no_other_reader)

// §2: "every reader gets a copy, and reading never disturbs another reader".
BOOST_AUTO_TEST_CASE(every_reader_gets_a_copy) {
    for (const auto& [first, read_first] : readers)
        for (const auto& [second, read_second] : readers)
            BOOST_TEST_CONTEXT(first << ", then " << second) {
                ended e;
                BOOST_TEST((read_first(e.operation) == expected));
                BOOST_TEST((read_second(e.operation) == expected));
            }
}

// §2: "the rvalue form moves only when this handle is the sole reference".
BOOST_AUTO_TEST_CASE(an_rvalue_that_is_the_only_handle_takes_the_result) {
    ended e;
    const values taken = std::move(e.operation).GetResults();
    BOOST_TEST((taken == expected));
    BOOST_TEST(taken.data() == e.storage);

    ended f;
    error_code error;
    const auto taken_too = std::move(f.operation).GetResults(error);
    BOOST_TEST((taken_too == expected));
    BOOST_TEST(taken_too->data() == f.storage);
}

BOOST_AUTO_TEST_CASE(an_rvalue_beside_another_handle_copies) {
    ended e;
    IAsyncInfo other = e.operation;
    const values copied = std::move(e.operation).GetResults();
    BOOST_TEST((copied == expected));
    BOOST_TEST(copied.data() != e.storage);
    BOOST_TEST((other.try_as<handle>().GetResults() == expected));

    // Sole again.
    other = nullptr;
    const values taken = std::move(e.operation).GetResults();
    BOOST_TEST(taken.data() == e.storage);
}

// §2: "never a moved-from value".
BOOST_AUTO_TEST_CASE(a_result_that_was_taken_is_refused) {
    for (const auto& [name, read] : readers)
        BOOST_TEST_CONTEXT(name) {
            ended e;
            BOOST_TEST((std::move(e.operation).GetResults() == expected));
            const std::optional<values> nothing;
            BOOST_TEST(is_refused([&] {
                if (read(e.operation) == nothing)
                    throw system_error(errc::illegal_method_call);
            }));
            BOOST_TEST(e.operation.Status() == AsyncStatus::Completed);
        }

    ended e;
    BOOST_TEST((std::move(e.operation).GetResults() == expected));
    BOOST_TEST(is_refused([&] { e.operation.GetResults(); }));
    BOOST_TEST(is_refused([&] { std::move(e.operation).GetResults(); }));
    BOOST_TEST(is_refused([&] { static_cast<void>(e.operation.outcome()); }));
}

// The same for a T that is so cheap that the library might not bother.
BOOST_AUTO_TEST_CASE(a_trivial_result_behaves_alike) {
    auto operation = pending<void(error_code, int)>::ended(use_async_info, {}, 7);
    {
        const auto other = operation;
        BOOST_TEST(std::move(operation).GetResults() == 7);
        BOOST_TEST(other.GetResults() == 7);
        BOOST_TEST((operation.try_get() == 7));
    }
    BOOST_TEST(std::move(operation).GetResults() == 7);
    BOOST_TEST(is_refused([&] { operation.GetResults(); }));
}

// A failed operation has its partial result only in outcome(), which disturbs nobody either.
BOOST_AUTO_TEST_CASE(a_partial_result_can_be_read_again) {
    auto operation =
        pending<void(error_code, values)>::ended(use_async_info, asio::error::eof, {1, 2, 3});
    for (int i = 0; i != 2; ++i) {
        BOOST_CHECK_THROW(operation.GetResults(), system_error);
        BOOST_CHECK_THROW(std::move(operation).GetResults(), system_error);
        const auto [code, partial] = operation.outcome();
        BOOST_TEST(code == error_code(asio::error::eof));
        BOOST_TEST((partial == expected));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::reading_disturbs_no_other_reader_test
