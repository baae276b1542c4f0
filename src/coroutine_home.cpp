//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/coroutine/coroutine_home.hpp>

#include <asyncinfo/detail/asio/executor_storage.hpp>
#include <asyncinfo/detail/block/post_request.hpp>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/thread_pool.hpp>

namespace asyncinfo::detail {
namespace {

namespace asio = boost::asio;

/// The life of the executor's context, or null if it has no context that ends.
context_life_ptr life_of(const asio::any_io_executor& executor) {
    if (!executor || executor.target<asio::system_executor>())
        return nullptr;
    return context_life::of(asio::query(executor, asio::execution::context));
}

} // namespace

/// On a thread of its `io_context`, a coroutine enters the context's list here, when it has
/// suspended, together with its work: one lock does for both.
bool coroutine_home::begin_work() noexcept {
    if (is_io())
        return works_ = life()->add_worker(*this, io_);
    if (has_executor())
        make_work();
    return true;
}

void coroutine_home::make_work() noexcept {
    constexpr auto tracked = asio::execution::outstanding_work.tracked;
    try {
        if (kind_ == executor_kind::other) // which needs no memory
            std::construct_at(&work_, asio::prefer(under_strand(executor_), tracked));
        else
            std::construct_at(&work_, asio::prefer(executor_, tracked));
        works_ = true;
    } catch (...) {
        // The right to resume has been given away already. The next suspension tries again.
    }
}

coroutine_home::executor_kind
coroutine_home::kind_of(const asio::any_io_executor& executor) noexcept {
    if (!executor)
        return executor_kind::none;
    if (executor.target<asio::io_context::executor_type>())
        return executor_kind::io_context;
    if (holds_context_keeper(executor))
        return executor_kind::queue;
    if (executor.target<asio::thread_pool::executor_type>())
        return executor_kind::plain;
    return executor_kind::other;
}

/// Called before the first suspension, and when the executor has changed: the owner of the right to
/// resume reads `life_`. If the context is over, an `io_context`'s coroutine learns of it when it
/// has suspended.
void coroutine_home::watch(context_life_ptr life) noexcept {
    is_watching_ = true;
    is_listed_ = false;
    if (!life)
        return;
    // Elsewhere than on its thread, a context can end as soon as the right to resume is given away.
    if (!is_io() || !runs_here(*life))
        is_listed_ = life->add(*this);
    if (is_io() || is_listed_)
        life_.store(life.detach(), std::memory_order_release);
}

void coroutine_home::watch_context() {
    if (!is_io())
        return watch(has_executor() ? life_of(executor_) : nullptr);
    asio::execution_context& context = asio::query(io_, asio::execution::context);
    context_life* const last = context_life::last_of(context);
    watch(last ? context_life_ptr(last) : context_life::of(context));
}

void coroutine_home::keep(asio::any_io_executor executor) noexcept {
    kind_ = kind_of(executor);
    if (is_io())
        std::construct_at(&io_, *executor.target<io_executor>());
    else if (has_executor())
        std::construct_at(&executor_, std::move(executor));
}

asio::any_io_executor coroutine_home::take_executor() noexcept {
    asio::any_io_executor taken;
    if (holds_erased()) {
        taken.swap(executor_);
        std::destroy_at(&executor_);
    }
    is_captured_ = false;
    return taken;
}

bool coroutine_home::drop_work() noexcept {
    if (!std::exchange(works_, false))
        return false;
    if (!is_io())
        std::destroy_at(&work_);
    return is_io();
}

void coroutine_home::destroy_executor() noexcept {
    drop_work();
    take_executor();
}

void coroutine_home::set_executor(asio::any_io_executor executor) {
    context_life_ptr life = life_of(executor);
    const bool is_worker = drop_work();
    asio::any_io_executor gone;
    context_life_ptr before;
    {
        const executor_lock lock(self_);
        gone = take_executor();
        keep(std::move(executor));
        before = context_life_ptr(life_.exchange(nullptr), false);
    }
    gone = nullptr;
    if (before) // now that there is nothing of it here any more
        is_worker ? before->remove_worker(*this) : before->remove(*this);
    watch(std::move(life));
}

asio::execution_context& coroutine_home::context() const noexcept {
    if (context_life* const known = life())
        return known->context();
    if (is_io())
        return asio::query(io_, asio::execution::context);
    if (!holds_erased()) // see with_copy
        return asio::query(asio::system_executor(), asio::execution::context);
    return asio::query(executor_, asio::execution::context);
}

void coroutine_home::capture(asio::any_io_executor executor) noexcept {
    asio::any_io_executor gone;
    const executor_lock lock(self_);
    if (!executor) {
        gone = take_executor();
    } else if (!is_captured_) {
        std::construct_at(&executor_, std::move(executor));
        is_captured_ = true;
    }
}

void coroutine_home::release_captured() noexcept { capture(nullptr); }

void coroutine_home::submit_request(operation_base::delivery&& request,
                                    const std::atomic<unsigned>& told) {
    context_life_ptr ends; // goes after the executor
    asio::any_io_executor executor;
    bool has_own = true;
    {
        const executor_lock lock(self_);
        has_own = has_executor();
        if (is_io())
            executor = io_;
        else if (holds_erased())
            executor = executor_;
        ends = context_life_ptr(life_.load(std::memory_order_acquire));
    }
    const bool callback_here =
        !has_own && told.load(std::memory_order_relaxed) != lifecycle::requested(self_.load());
    if (request.hops() == 0 && (self_.emits_anywhere() || callback_here)) {
        request.set_last(true);
        request.set_here();
        return std::move(request)();
    }
    if (!executor) {
        request.set_last(true);
        return std::move(request)();
    }
    const auto post = [&] { post_on_the_way(executor, std::move(request)); };
    // A request that the executor does not take stays latched.
    if (!has_own || !ends || holds_context_keeper(executor))
        post();
    else
        ends->unless_over(post);
}

void coroutine_home::drop_executor() noexcept {
    if (is_captured_)
        take_executor();
    const bool is_worker = drop_work();
    if (kind_ == executor_kind::other)
        executor_ = what_remains(executor_);
    if (context_life* const known = life()) // now that there is nothing of it here any more
        is_worker ? known->remove_worker(*this) : known->remove(*this);
}

bool coroutine_home::runs_here() const noexcept {
    return is_io() ? runs_on_this_thread(io_) : has_executor() && runs_on_this_thread(executor_);
}

asio::any_io_executor coroutine_home::any_executor() const {
    const context_life* const known = life_.load(std::memory_order_acquire);
    if (!has_executor() || (known && known->is_over() && kind_ != executor_kind::queue))
        return asio::system_executor();
    return is_io() ? as_any_io_executor(io_) : executor_;
}

} // namespace asyncinfo::detail
