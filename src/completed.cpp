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
    static void add(operation_base& operation, delegate_target<AsyncStatus>* handler) noexcept {
        operation.completed_ = completed_ptr(handler, false);
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

void operation_base::call_completed(delegate_target<AsyncStatus>* handler) {
    if (trampoline::is_full())
        return owed_calls::add(*this, handler);
    trampoline::run_as_level([&] {
        // Released at this depth of the stack: the handler may own the source of the next
        // operation.
        const struct guard {
            delegate_target<AsyncStatus>* called;
            ~guard() { delegate_target<AsyncStatus>::release_here(called); }
        } releasing{handler};
        handler->run(operation_ptr(this, false), status());
    });
}

} // namespace asyncinfo::detail
