// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/resume_queue.hpp>

#include <utility>

namespace asyncinfo::detail {

void resume_queue::state::push(resumable& r) noexcept {
    if (last) {
        r.next_ = last->next_;
        last->next_ = &r;
    } else {
        r.next_ = &r;
    }
    last = &r;
}

resumable* resume_queue::state::pop() noexcept {
    if (!last)
        return nullptr;
    resumable* const first = last->next_;
    if (first == last)
        last = nullptr;
    else
        last->next_ = first->next_;
    return first;
}

void resume_queue::remove(resumable& r) noexcept {
    state& own = this_thread;
    if (!own.last)
        return;
    resumable* before = own.last;
    do {
        if (before->next_ == &r) {
            before->next_ = r.next_;
            if (own.last == &r)
                own.last = before == &r ? nullptr : before;
            return;
        }
        before = before->next_;
    } while (before != own.last);
}

void resume_queue::run_quietly(resumable& r) noexcept {
    try {
        run(r);
    } catch (...) {
        std::exception_ptr* const above = this_thread.thrown;
        if (!above)
            std::terminate();
        if (!*above)
            *above = std::current_exception();
    }
}

void resume_queue::run_level(resumable* r) {
    state& own = this_thread;
    std::exception_ptr thrown;
    std::exception_ptr* const above = std::exchange(own.thrown, &thrown);
    own.depth += r != nullptr;
    for (resumable* next = r ? r : own.pop(); next;
         next = own.depth == limit ? own.pop() : nullptr) {
        try {
            next->resume();
        } catch (...) {
            if (!thrown)
                thrown = std::current_exception();
        }
    }
    own.depth -= r != nullptr;
    own.thrown = above;
    if (thrown)
        std::rethrow_exception(std::move(thrown));
}

} // namespace asyncinfo::detail
