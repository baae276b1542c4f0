//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_CONTEXT_GUEST_HPP
#define ASYNCINFO_DETAIL_CONTEXT_GUEST_HPP

#include <asyncinfo/detail/context_life.hpp>
#include <asyncinfo/detail/full_executor.hpp>
#include <asyncinfo/detail/queue_executor.hpp>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/system_executor.hpp>

#include <atomic>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

template <typename Executor>
using tracked_t = std::decay_t<typename boost::asio::prefer_result<
    Executor, boost::asio::execution::outstanding_work_t::tracked_t>::type>;

/// An executor whose context lives as long as the program, or as the executor.
template <typename Executor>
inline constexpr bool outlives_nothing =
    std::is_same_v<Executor, boost::asio::system_executor> ||
    std::is_same_v<Executor, tracked_t<boost::asio::system_executor>> ||
    std::is_same_v<Executor, queue_executor<>> ||
    std::is_same_v<Executor, tracked_t<queue_executor<>>>;

/// The context that may end before the executor does. Null if there is none.
template <typename Executor>
boost::asio::execution_context* mortal_context_of(const Executor& executor) {
    namespace asio = boost::asio;
    if constexpr (is_legacy<Executor>) {
        if constexpr (std::is_constructible_v<bool, const Executor&>)
            if (!executor)
                return nullptr;
        return &executor.context();
    } else if constexpr (outlives_nothing<Executor> ||
                         !asio::can_query<const Executor&, asio::execution::context_t>::value) {
        return nullptr;
    } else {
        if constexpr (requires { executor.template target<asio::system_executor>(); }) {
            const auto holds = [&]<typename... E>(std::type_identity<E>...) {
                return (
                    (executor.template target<E>() || executor.template target<tracked_t<E>>()) ||
                    ...);
            };
            if (!executor || holds(std::type_identity<asio::system_executor>(),
                                   std::type_identity<queue_executor<>>()))
                return nullptr;
        }
        return &static_cast<asio::execution_context&>(
            asio::query(executor, asio::execution::context));
    }
}

/// A thing with an executor in it, which others may keep, and use on any thread, for longer than that
/// one's context lives. What is the context's is destroyed when that ends: the derived class is told
/// by `context_ends`.
///
/// Two then let go of the memory, in any order: the context, and the last of those others. Each asks
/// `is_second`, and the second one frees it.
class context_guest : public context_dependent {
protected:
    context_guest() = default;
    ~context_guest() = default;

    /// Before anybody else knows of it.
    template <typename Executor>
    void enter(const Executor& executor) {
        auto* const context = mortal_context_of(executor);
        if (!context)
            return;
        life_ = context_life::of(*context);
        if (!life_->add(*this))
            shared_.store(true, std::memory_order_relaxed); // it will not be told
    }

    /// Calls `function`, which uses the executor. False, and no call, if the context has ended.
    template <typename Function>
    bool use(Function function) {
        if (life_)
            return life_->unless_over(std::move(function));
        function();
        return true;
    }

    /// The same; from there on the context does not know of it. `function` may destroy this.
    template <typename Function>
    bool leave(Function function) {
        const context_life_ptr life = life_;
        if (!life) {
            function();
            return true;
        }
        return life->unless_over([&] {
            life->remove(*this);
            function();
        });
    }

    bool is_second() noexcept { return shared_.exchange(true, std::memory_order_acq_rel); }

private:
    // Whoever uses it does not touch what is the context's once that is over.
    void hold() noexcept override {}
    void let_go() noexcept override {}

    context_life_ptr life_;
    std::atomic<bool> shared_{false};
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_CONTEXT_GUEST_HPP
