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

void coroutine_home::make_work() noexcept {
    constexpr auto tracked = asio::execution::outstanding_work.tracked;
    try {
        if (kind_ == executor_kind::other)
            work_ = asio::prefer(under_strand(executor_), tracked); // which needs no memory
        else
            work_ = asio::prefer(executor_, tracked);
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
/// resume reads `life_`.
void coroutine_home::watch(context_life_ptr life) noexcept {
    is_watching_ = true;
    if (!life)
        return;
    if (life->add(*this))
        life_.store(life.detach(), std::memory_order_release);
}

void coroutine_home::watch_context() { watch(life_of(executor_)); }

void coroutine_home::set_executor(asio::any_io_executor executor) {
    context_life_ptr life = life_of(executor);
    work_ = nullptr;
    context_life_ptr before;
    {
        const executor_lock lock(self_);
        executor_.swap(executor);
        before = context_life_ptr(life_.exchange(nullptr), false);
    }
    executor = nullptr;
    if (before)
        before->remove(*this); // now that there is nothing of it here any more
    kind_ = kind_of(executor_);
    watch(std::move(life));
}

asio::execution_context& coroutine_home::context() const noexcept {
    if (context_life* const known = life())
        return known->context();
    return asio::query(executor_, asio::execution::context);
}

void coroutine_home::capture(asio::any_io_executor executor) noexcept {
    const executor_lock lock(self_);
    if (!executor || !captured_)
        captured_.swap(executor);
}

void coroutine_home::release_captured() noexcept { capture(nullptr); }

void coroutine_home::submit_request(operation_base::delivery&& request,
                                    const std::atomic<unsigned>& told) {
    context_life_ptr ends; // goes after the executor
    asio::any_io_executor executor;
    bool has_own = true;
    {
        const executor_lock lock(self_);
        has_own = executor_ != nullptr;
        executor = has_own ? executor_ : captured_;
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
    captured_ = nullptr;
    work_ = nullptr;
    if (kind_ == executor_kind::other)
        executor_ = what_remains(executor_);
    if (context_life* const known = life())
        known->remove(*this); // now that there is nothing of it here any more
}

bool coroutine_home::runs_here() const noexcept {
    return executor_ && runs_on_this_thread(executor_);
}

asio::any_io_executor coroutine_home::any_executor() const {
    const context_life* const known = life_.load(std::memory_order_acquire);
    if (known && known->is_over() && kind_ != executor_kind::queue)
        return asio::system_executor();
    return or_system_executor(executor_);
}

} // namespace asyncinfo::detail
