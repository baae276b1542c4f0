// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

/// Whatever a user's type asks for as its alignment, it gets: in the block of an operation, of a
/// coroutine, of a value on its way, and in a coroutine's frame up to a line of the cache. (The
/// allocator of an address sanitizer aligns more than it must: this is for a plain build.)
namespace asyncinfo_test::blocks_are_aligned_test {
namespace {

int made = 0;
int misaligned = 0;

template <std::size_t Alignment>
struct alignas(Alignment) wide {
    explicit wide(int) noexcept { look(); }
    wide(const wide&) noexcept { look(); }
    wide& operator=(const wide&) = default;

    void look() const noexcept {
        ++made;
        // Hidden from the optimiser, which would know the answer.
        const volatile auto address = reinterpret_cast<std::uintptr_t>(this);
        misaligned += address % Alignment != 0;
    }
    unsigned char bytes[Alignment] = {};
};

constexpr std::size_t line = 64;
constexpr std::size_t page = 4096;

template <std::size_t Alignment>
IAsyncOperation<wide<Alignment>> gives(asio::io_context& io) {
    co_await asio::post(io, asio::deferred);
    co_return 5;
}

template <std::size_t Alignment>
IAsyncOperation<wide<Alignment>> gives_from(std::allocator_arg_t, std::allocator<char>,
                                            asio::io_context& io) {
    co_await asio::post(io, asio::deferred);
    co_return 5;
}

IAsyncOperationWithProgress<wide<line>, wide<line / 2>> reports(asio::io_context& io) {
    const auto progress = co_await asyncinfo::get_progress_token();
    progress(wide<line / 2>(1));
    progress.set_result(1);
    co_await asio::post(io, asio::deferred);
    co_return 5;
}

IAsyncAction holds(asio::io_context& io, wide<line> parameter, char) {
    const wide<line> local(1);
    co_await asio::post(io, asio::deferred);
    local.look();
    parameter.look();
}

IAsyncAction holds_less(asio::io_context& io, wide<line / 2> parameter, char) {
    const wide<line / 2> local(1);
    co_await asio::post(io, asio::deferred);
    local.look();
    parameter.look();
}

template <typename Start>
void check(Start start) {
    made = misaligned = 0;
    asio::io_context io;
    std::vector<std::shared_ptr<void>> kept;
    std::vector<std::unique_ptr<char[]>> gaps; // so that blocks do not lie side by side
    for (std::size_t i = 0; i != 50; ++i) {
        kept.push_back(std::make_shared<decltype(start(io))>(start(io)));
        gaps.push_back(std::make_unique<char[]>(16 * (i % 5) + 8));
    }
    io.run();
    BOOST_TEST(made >= 50);
    BOOST_TEST(misaligned == 0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(blocks_are_aligned)

BOOST_AUTO_TEST_CASE(of_coroutines_with_results) {
    check([](auto& io) { return gives<line>(io); });
    check([](auto& io) { return gives<page>(io); });
    check([](auto& io) { return gives_from<line>(std::allocator_arg, {}, io); });
}

BOOST_AUTO_TEST_CASE(of_progress_and_partial_results) {
    check(reports);
    check([](auto& io) {
        async_source<wide<line>, wide<line>> source;
        source.report(wide<line>(1));
        asio::post(
            io, [s = std::make_shared<decltype(source)>(std::move(source))] { s->set_value(1); });
        return 0;
    });
}

BOOST_AUTO_TEST_CASE(of_operations_and_combinations) {
    check([](auto& io) { return when_all(gives<line>(io), gives<2 * line>(io)); });
    check([](auto& io) { return asyncinfo::abandon_on_cancel(gives<line>(io)); });
    check([](auto& io) {
        async_source<wide<line>> source;
        auto op = source.operation();
        asio::post(
            io, [s = std::make_shared<decltype(source)>(std::move(source))] { s->set_value(1); });
        return op;
    });
}

BOOST_AUTO_TEST_CASE(of_members_of_a_group) {
    check([](auto& io) {
        auto group = std::make_shared<operation_group<wide<line>>>();
        group->add(gives<line>(io), wide<line>(1));
        return group;
    });
}

BOOST_AUTO_TEST_CASE(of_frames_up_to_a_line_of_the_cache) {
    check([](auto& io) { return holds(io, wide<line>(1), 'a'); });
    check([](auto& io) { return holds_less(io, wide<line / 2>(1), 'a'); });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::blocks_are_aligned_test
