//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// The call of a Completed handler.

#include <asyncinfo/detail/block/operation_base.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>

#include <new>
#include <utility>

namespace asyncinfo::detail {

/// The calls of Completed that this thread owes. Together they are one `resumable`, since an
/// operation has no room to be one itself.
class owed_calls final : public resumable {
public:
    static void add(operation_base& operation, completed_ptr handler) noexcept {
        operation.retain();
        operation.completed_ = std::move(handler);
        operation.owes_completed_ = true;
        owed_calls& own = of_this_thread;
        operation_base* const last = std::exchange(own.last_, &operation);
        operation.next_that_owes_ =
            last ? std::exchange(last->next_that_owes_, &operation) : &operation;
        if (!last)
            trampoline::run(own); // later: the queue is full
    }

private:
    void resume() override {
        const operation_ptr first(last_->next_that_owes_, false);
        if (first == last_)
            last_ = nullptr;
        else
            last_->next_that_owes_ = first->next_that_owes_;
        ::new (&first->observers_) observer_list;
        first->owes_completed_ = false;
        if (last_)
            trampoline::run(*this); // the next one's turn comes when others have had theirs
        const completed_ptr handler = std::move(first->completed_);
        handler->run(first, first->status());
    }

    operation_base* last_ = nullptr;

    static constinit thread_local owed_calls of_this_thread;
};

constinit thread_local owed_calls owed_calls::of_this_thread;

void operation_base::call_completed(completed_ptr handler) {
    if (trampoline::is_full())
        return owed_calls::add(*this, std::move(handler));
    struct call final : resumable {
        call(operation_base& s, completed_ptr h) noexcept : self(s), handler(std::move(h)) {}
        void resume() override {
            // Released at this depth of the stack: the handler may own the source of the next
            // operation.
            const completed_ptr called = std::move(handler);
            called->run(operation_ptr(&self), self.status());
        }
        operation_base& self;
        completed_ptr handler;
    } now(*this, std::move(handler));
    trampoline::run(now);
}

} // namespace asyncinfo::detail
