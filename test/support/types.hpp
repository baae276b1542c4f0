// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_TYPES_HPP
#define ASYNCINFO_TEST_SUPPORT_TYPES_HPP

#include "beside_the_library.hpp"

namespace asyncinfo_test {

/// A result that cannot be made out of nothing.
struct no_default {
    explicit no_default(int v) : value(v) {}
    int value;
};

/// A result that can be moved, and throws when it is copied.
struct throws_when_copied {
    throws_when_copied() = default;
    throws_when_copied(throws_when_copied&&) = default;
    throws_when_copied(const throws_when_copied&) { throw std::range_error("copied"); }
};

/// A completion handler that owns the coroutine it resumes: uninvoked, it destroys the frame.
struct frame_owner {
    explicit frame_owner(std::coroutine_handle<> c) : coroutine(c) {}
    frame_owner(frame_owner&& o) noexcept : coroutine(std::exchange(o.coroutine, nullptr)) {}
    frame_owner& operator=(frame_owner&&) = delete;
    ~frame_owner() {
        if (coroutine)
            coroutine.destroy();
    }
    void operator()() { std::exchange(coroutine, nullptr).resume(); }
    std::coroutine_handle<> coroutine;
};

/// How far apart the frames are that this has been told of. A frame with ASan may be on a stack of
/// its own making, but its address is still below its caller's.
struct stack_use {
    std::uintptr_t lowest = std::numeric_limits<std::uintptr_t>::max();
    std::uintptr_t highest = 0;

    [[gnu::noinline]] void here() {
        const auto address = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
        lowest = std::min(lowest, address);
        highest = std::max(highest, address);
    }
    std::uintptr_t depth() const { return highest - lowest; }
};

/// The code of what the function throws, or success.
boost::system::error_code code_of(const auto& function) {
    try {
        static_cast<void>(function());
    } catch (const boost::system::system_error& e) {
        return e.code();
    }
    return {};
}

/// An executor that has no memory to spare.
struct refusing_executor {
    template <typename Function>
    void execute(Function&&) const {
        throw std::bad_alloc();
    }

    friend bool operator==(refusing_executor, refusing_executor) noexcept { return true; }
};

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_TYPES_HPP
