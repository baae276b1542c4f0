// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "support/test.hpp"

#include <memory_resource>

/// §8: one block, for operation and frame, from the associated allocator; it is given as to Asio's
/// own coroutines, after `std::allocator_arg`. What fails at the call reaches the caller, and
/// nothing leaks. (What comes from the heap otherwise is counted in
/// standalone/coroutine_allocations.cpp.)
namespace asyncinfo_test::coroutine_frames_come_from_the_allocator_test {
namespace {

using allocator = counting_allocator<char>;

IAsyncOperation<int> first(std::allocator_arg_t, allocator, pending<void()>* source) {
    std::array<char, 3000> large{};
    co_await source->start(asio::deferred);
    co_return large[0];
}

IAsyncAction after_others(int, std::allocator_arg_t, const allocator&, asio::io_context& context) {
    co_await asio::post(context, use_async_info);
}

asyncinfo::fire_and_forget forgotten(std::allocator_arg_t, allocator, pending<void()>* source) {
    co_await source->start(asio::deferred);
}

struct object {
    IAsyncAction member(std::allocator_arg_t, allocator, pending<void()>* source) const {
        co_await source->start(asio::deferred);
    }
};

IAsyncAction resource(std::allocator_arg_t, std::pmr::polymorphic_allocator<> a,
                      pending<void()>* source) {
    static_cast<void>(a);
    co_await source->start(asio::deferred);
}

/// The n-th copy of a parameter throws.
struct refused {};
struct fragile {
    explicit fragile(int* copies) : copies_(copies) {}
    fragile(const fragile& other) : copies_(other.copies_), alive_(other.alive_) {
        if (--*copies_ < 0)
            throw refused();
    }
    fragile& operator=(const fragile&) = delete;

    int* copies_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

IAsyncAction copied(std::allocator_arg_t, allocator, std::shared_ptr<int>, fragile, fragile) {
    co_return;
}
IAsyncAction copied_without(std::shared_ptr<int>, fragile, fragile) { co_return; }

/// The promise asks a parameter for its executor.
struct no_executor_today {
    asio::any_io_executor get_executor() const { throw refused(); }
    std::shared_ptr<int> alive = std::make_shared<int>();
};
IAsyncAction asked(std::allocator_arg_t, allocator, no_executor_today) { co_return; }
IAsyncAction asked_without(no_executor_today) { co_return; }

} // namespace

BOOST_AUTO_TEST_SUITE(coroutine_frames_come_from_the_allocator)

BOOST_AUTO_TEST_CASE(one_block_for_the_frame_and_the_operation) {
    allocations counted;
    pending<void()> source;
    asio::io_context context;
    {
        auto op = first(std::allocator_arg, allocator(counted), &source);
        BOOST_TEST(counted.made == 1);
        source.complete();
        BOOST_TEST(op.GetResults() == 0);
        // Until the last handle goes.
        BOOST_TEST(counted.alive == 1);
        op = nullptr;
        BOOST_TEST(counted.alive == 0);
    }
    {
        const auto op = after_others(1, std::allocator_arg, allocator(counted), context);
        op.Cancel();
        context.run();
        BOOST_TEST(op.Status() == AsyncStatus::Completed);
        const auto member = object().member(std::allocator_arg, allocator(counted), &source);
        source.complete();
        BOOST_TEST(member.Status() == AsyncStatus::Completed);
    }
    BOOST_TEST(counted.made == 3);
    BOOST_TEST(counted.alive == 0);
    forgotten(std::allocator_arg, allocator(counted), &source);
    BOOST_TEST(counted.alive == 1);
    source.complete();
    BOOST_TEST(counted.made == 4);
    BOOST_TEST(counted.alive == 0);
}

BOOST_AUTO_TEST_CASE(also_when_it_is_abandoned) {
    allocations counted;
    pending<void()> source;
    {
        const auto op = first(std::allocator_arg, allocator(counted), &source);
        source.drop();
        BOOST_TEST(op.Status() == AsyncStatus::Error);
        BOOST_TEST(counted.alive == 1);
    }
    BOOST_TEST(counted.alive == 0);
}

BOOST_AUTO_TEST_CASE(polymorphic_allocators_are_allocators) {
    std::array<std::byte, 4096> memory;
    std::pmr::monotonic_buffer_resource buffer(memory.data(), memory.size(),
                                               std::pmr::null_memory_resource());
    pending<void()> source;
    const auto op = resource(std::allocator_arg, &buffer, &source);
    source.complete();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(no_memory_reaches_the_caller) {
    allocations counted;
    counted.budget = 0;
    pending<void()> source;
    BOOST_CHECK_THROW(static_cast<void>(first(std::allocator_arg, allocator(counted), &source)),
                      std::bad_alloc);
    BOOST_CHECK_THROW(forgotten(std::allocator_arg, allocator(counted), &source), std::bad_alloc);
    BOOST_TEST(counted.alive == 0);
    // For the run of the loop that follows, too: a refusal is not remembered.
    counted.budget = 1;
    const auto op = first(std::allocator_arg, allocator(counted), &source);
    source.complete();
    BOOST_TEST(op.Status() == AsyncStatus::Completed);
}

BOOST_AUTO_TEST_CASE(a_parameter_that_cannot_be_copied_leaks_nothing) {
    for (int good = 0;; ++good) {
        allocations counted;
        int copies = 100;
        const fragile f(&copies);
        auto other = std::make_shared<int>();
        bool through = true;
        for (const bool with_allocator : {true, false}) {
            copies = good;
            try {
                const auto op = with_allocator
                                    ? copied(std::allocator_arg, allocator(counted), other, f, f)
                                    : copied_without(other, f, f);
                BOOST_TEST(op.Status() == AsyncStatus::Completed);
            } catch (const refused&) {
                through = false;
            }
            BOOST_TEST(counted.alive == 0);
            BOOST_TEST(f.alive_.use_count() == 1);
            BOOST_TEST(other.use_count() == 1);
        }
        if (through)
            break;
    }
}

BOOST_AUTO_TEST_CASE(nor_does_one_whose_executor_cannot_be_had) {
    allocations counted;
    no_executor_today parameter;
    BOOST_CHECK_THROW(static_cast<void>(asked(std::allocator_arg, allocator(counted), parameter)),
                      refused);
    BOOST_CHECK_THROW(static_cast<void>(asked_without(parameter)), refused);
    BOOST_TEST(counted.made == 1);
    BOOST_TEST(counted.alive == 0);
    BOOST_TEST(parameter.alive.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asyncinfo_test::coroutine_frames_come_from_the_allocator_test
