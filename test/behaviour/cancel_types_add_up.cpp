// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// §4.5: the default type is all. A later call may add types; each emission carries the union of
/// all types requested so far, since in Asio a weaker later emission can undo an earlier one.
namespace asyncinfo_test::cancel_types_add_up_test {
namespace {

using types = asio::cancellation_type_t;

constexpr auto none = types(asio::cancellation_type::none);
constexpr auto terminal = types(asio::cancellation_type::terminal);
constexpr auto partial = types(asio::cancellation_type::partial);
constexpr auto total = types(asio::cancellation_type::total);
constexpr auto all = types(asio::cancellation_type::all);

struct fixture : played_on_context {
    std::vector<unsigned> emitted;
    IAsyncAction op = played.start(use_async_info, [this] { place(); });

    void place() {
        played.place([this](types t) { emitted.push_back(static_cast<unsigned>(t)); });
    }
    ~fixture() {
        played.post([this] { played.complete(); });
        run();
    }
};

/// Has read one of two bytes.
struct reading : conversation {
    std::array<char, 2> bytes{};
    IAsyncOperation<std::size_t> op =
        asio::async_read(near_end, asio::buffer(bytes), use_async_info);

    reading() {
        asio::write(far_end, asio::buffer("a", 1));
        context.poll();
    }
};

struct request_row {
    std::vector<types> requested;
    std::vector<types> expected;
};

const request_row rows[] = {
    {{terminal}, {terminal}},
    {{partial}, {partial}},
    {{total}, {total}},
    {{all}, {all}},
    {{total, partial}, {total, total | partial}},
    {{terminal, partial, total}, {terminal, terminal | partial, terminal | partial | total}},
    {{terminal, total, terminal}, {terminal, terminal | total}},
    {{all, terminal, partial, total}, {all}},
    {{total, all}, {total, all}},
    {{terminal | partial | total, all}, {terminal | partial | total, all}},
    {{none}, {}},
    {{none, total, none}, {total}},
};

std::vector<unsigned> numbers(const std::vector<types>& list) {
    std::vector<unsigned> result;
    for (auto t : list)
        result.push_back(static_cast<unsigned>(t));
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cancel_types_add_up)

BOOST_AUTO_TEST_CASE(to_one_handler) {
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT("row " << &row - rows) {
            fixture f;
            for (auto t : row.requested) {
                f.op.Cancel(t);
                f.run();
            }
            BOOST_TEST(f.emitted == numbers(row.expected), per_element());
            BOOST_TEST(f.op.cancel_requested() == !row.expected.empty());
        }
}

BOOST_AUTO_TEST_CASE(to_a_handler_placed_later) {
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT("row " << &row - rows) {
            fixture f;
            for (auto t : row.requested) {
                f.op.Cancel(t);
                f.run();
            }
            f.emitted.clear();
            f.played.post([&] { f.place(); });
            f.run();
            const auto last = row.expected.empty() ? std::vector<types>()
                                                   : std::vector<types>{row.expected.back()};
            BOOST_TEST(f.emitted == numbers(last), per_element());
        }
}

BOOST_FIXTURE_TEST_CASE(without_an_argument_it_is_all, fixture) {
    op.Cancel();
    run();
    BOOST_TEST(emitted == numbers({all}), per_element());
}

BOOST_FIXTURE_TEST_CASE(the_overload_with_an_error_code, fixture) {
    error_code error;
    op.Cancel(total, error);
    BOOST_TEST(!error);
    run();
    op.Cancel(error);
    BOOST_TEST(!error);
    run();
    BOOST_TEST(emitted == numbers({total, all}), per_element());
}

BOOST_FIXTURE_TEST_CASE(a_weaker_request_does_not_undo_a_stronger_one, reading) {
    // asio::async_read keeps the last types that its state let through, and total is not among
    // them: emitted alone after terminal it would let the read go on.
    op.Cancel(terminal);
    op.Cancel(total);
    run_again(context);
    BOOST_TEST(op.Status() == AsyncStatus::Canceled);
    BOOST_TEST(std::get<1>(op.outcome()).value() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_type_that_the_operation_does_not_support_does_not_cancel_it, reading) {
    op.Cancel(total);
    context.poll();
    BOOST_TEST(op.Status() == AsyncStatus::Started);
    BOOST_TEST(op.cancel_requested());
    asio::write(far_end, asio::buffer("b", 1));
    run_again(context);
    BOOST_TEST(op.GetResults() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::cancel_types_add_up_test
