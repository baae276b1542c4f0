//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/block/trampoline.hpp>

#include <utility>

namespace asyncinfo::detail {

void trampoline::push(resumable& r) noexcept {
    resumable*& last = this_thread().last_resumed;
    if (last) {
        r.next_ = last->next_;
        last->next_ = &r;
    } else {
        r.next_ = &r;
    }
    last = &r;
}

resumable* trampoline::pop() noexcept {
    resumable*& last = this_thread().last_resumed;
    if (!last)
        return nullptr;
    resumable* const first = last->next_;
    if (first == last)
        last = nullptr;
    else
        last->next_ = first->next_;
    return first;
}

void trampoline::remove(resumable& r) noexcept {
    resumable*& last = this_thread().last_resumed;
    if (!last)
        return;
    resumable* before = last;
    do {
        if (before->next_ == &r) {
            before->next_ = r.next_;
            if (last == &r)
                last = before == &r ? nullptr : before;
            return;
        }
        before = before->next_;
    } while (before != last);
}

void trampoline::keep_for_level_above() noexcept {
    std::exception_ptr* const above = this_thread().resume_thrown;
    if (!above)
        std::terminate();
    if (!*above)
        *above = std::current_exception();
}

void trampoline::level::run_queue() noexcept {
    while (resumable* const next = pop()) {
        try {
            next->resume();
        } catch (...) {
            keep_thrown();
        }
    }
}

} // namespace asyncinfo::detail
