//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_CONTEXT_GUEST_HPP
#define ASYNCINFO_DETAIL_ASIO_CONTEXT_GUEST_HPP

#include <asyncinfo/detail/asio/context_keeper.hpp>
#include <asyncinfo/detail/asio/context_life.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
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

/// True for an executor whose context lives as long as the program, or as the executor.
template <typename Executor>
inline constexpr bool has_lasting_context =
    std::is_same_v<Executor, boost::asio::system_executor> ||
    std::is_same_v<Executor, tracked_t<boost::asio::system_executor>> || keeps_context<Executor> ||
    keeps_context_busy<Executor>;

inline bool holds_lasting_context(const boost::asio::any_io_executor& executor) noexcept {
    using system = boost::asio::system_executor;
    return executor.target<system>() || executor.target<tracked_t<system>>() ||
           holds_context_keeper(executor) || holds_busy_context_keeper(executor);
}

/// Returns the context of an executor that may outlive it; null for an executor without one.
template <typename Executor>
boost::asio::execution_context* mortal_context_of(const Executor& executor) {
    namespace asio = boost::asio;
    if constexpr (has_lasting_context<Executor> ||
                  !asio::can_query<const Executor&, asio::execution::context_t>::value) {
        return nullptr;
    } else {
        if constexpr (std::is_constructible_v<bool, const Executor&>)
            if (!executor)
                return nullptr;
        if constexpr (std::is_same_v<Executor, asio::any_io_executor>) {
            // The commonest ones first.
            using io = asio::io_context::executor_type;
            if (auto* of_io = executor.template target<io>())
                return &of_io->context();
            if (auto* tracked = executor.template target<tracked_t<io>>())
                return &tracked->context();
            if (holds_lasting_context(executor))
                return nullptr;
        }
        return &static_cast<asio::execution_context&>(
            asio::query(executor, asio::execution::context));
    }
}

/// An object with an executor in it, which others may keep, and use on any thread, for longer than
/// the executor's context lives. When the context ends it calls `context_ends`, and the derived
/// class destroys there what belongs to the context.
///
/// The memory is then shared by two: the context, and the last of those others. They let go in any
/// order; each asks `is_second`, and the second one frees it.
class context_guest : public context_dependent {
protected:
    context_guest() = default;
    ~context_guest() = default;

    /// Registers with the executor's context. Called before any other thread knows of the guest.
    template <typename Executor>
    void enter(const Executor& executor) {
        auto* const context = mortal_context_of(executor);
        if (!context)
            return;
        life_ = context_life::of(*context);
        if (!life_->add(*this))
            shared_.store(true, std::memory_order_relaxed); // `context_ends` will not be called
    }

    /// Calls `function`, which uses the executor and may destroy this guest and the context.
    /// Returns false without the call if the context has ended.
    template <typename Function>
    bool use(Function function) {
        const context_life_ptr life = life_;
        if (life)
            return life->unless_over(std::move(function));
        function();
        return true;
    }

    /// The same; the context does not know of the guest from there on.
    template <typename Function>
    bool leave(Function function) {
        return use([this, &function] {
            if (life_)
                life_->remove(*this);
            function();
        });
    }

    bool is_second() noexcept { return shared_.exchange(true, std::memory_order_acq_rel); }

private:
    // Nothing to hold: who uses the guest does not touch what belongs to the context once that is
    // over.
    void hold() noexcept override {}
    void let_go() noexcept override {}

    context_life_ptr life_;
    std::atomic<bool> shared_{false};
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_CONTEXT_GUEST_HPP
