//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BASE_THIS_THREAD_HPP
#define ASYNCINFO_DETAIL_BASE_THIS_THREAD_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>

namespace asyncinfo::detail {

class activity;
class context_life;
struct context_use;
class polling_frame;
class resumable;
class spare_slot_memory;

/// All thread-local data of the headers; each member's meaning is documented where it is used. The
/// variable is defined in src/, never in a header: a header's variable exists once more in every
/// module (a shared library, a program) that is built with hidden visibility.
struct thread_data {
    struct block {
        block* next;
    };
    struct list {
        block* first;
        unsigned count;
    };
    static constexpr std::size_t lists = 128;

    const activity* innermost = nullptr;
    std::uint64_t next_id = 0;
    std::uint64_t end_of_ids = 0;
    polling_frame* polling = nullptr;
    resumable* last_resumed = nullptr; ///< the last element of a circular list
    unsigned resume_depth = 0;
    std::exception_ptr* resume_thrown = nullptr; ///< what the innermost level has caught so far
    int combination_depth = 0;
    context_life* last_life = nullptr; ///< owns a reference
    const context_use* innermost_use = nullptr;
    spare_slot_memory* spare_slots = nullptr;
    unsigned spare_slots_count = 0;
    unsigned char recycling = 0;
    list recycled[lists] = {};
};

#if defined(_WIN32) && defined(ASYNCINFO_DYN_LINK)
/// A DLL cannot export thread-local variables.
ASYNCINFO_DECL thread_data& this_thread() noexcept;
#else
ASYNCINFO_DECL extern constinit thread_local thread_data data_of_this_thread;

inline thread_data& this_thread() noexcept { return data_of_this_thread; }
#endif

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BASE_THIS_THREAD_HPP
