//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_HANDLER_NODE_HPP
#define ASYNCINFO_DETAIL_HANDLER_NODE_HPP

#include <asyncinfo/detail/context_life.hpp>
#include <asyncinfo/detail/full_executor.hpp>
#include <asyncinfo/detail/memory_for.hpp>
#include <asyncinfo/detail/post_to.hpp>
#include <asyncinfo/detail/recycling.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/system_executor.hpp>

#include <atomic>
#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// A completion handler that waits for something, in memory from its own allocator, until it is
/// submitted to its executor, whose context has work meanwhile. `Executor` is the one for a handler
/// that has none.
///
/// `Node` derives from this. Once submitted, it is told either `complete()`, on the executor, or
/// `lose()`, and has to `take`, which destroys it.
///
/// What it waits for may outlive the executor's context. From `watch` on it ends with that: it is told
/// `lose_with_context()`, unless it has been submitted.
template <typename Node, typename Handler, typename Executor>
class handler_node : context_dependent {
    using own_executor = full_t<boost::asio::associated_executor_t<Handler, Executor>>;
    using tracked_executor = std::decay_t<typename boost::asio::prefer_result<
        own_executor, boost::asio::execution::outstanding_work_t::tracked_t>::type>;
    using own_allocator = boost::asio::associated_allocator_t<Handler, recycling_allocator<void>>;

public:
    /// The function that is submitted, and whoever destroys it uncalled.
    class owner {
    public:
        explicit owner(Node* node) noexcept : node_(node) {}
        owner(owner&& other) noexcept : node_(other.release()) {}
        owner& operator=(owner&&) = delete;
        ~owner() {
            if (node_)
                node_->lose();
        }

        Node& operator*() const noexcept { return *node_; }
        Node* operator->() const noexcept { return node_; }
        Node* release() noexcept { return std::exchange(node_, nullptr); }

        void operator()() { release()->complete(); }

    private:
        Node* node_;
    };

    template <typename... Args>
    static owner make(Handler&& handler, Args&&... args) {
        memory_for<Node, own_allocator> memory(allocator_of(handler));
        return owner(memory.keep(::new (memory.place())
                                     Node(std::move(handler), std::forward<Args>(args)...)));
    }

    auto slot() const noexcept {
        return boost::asio::get_associated_cancellation_slot(kept_->handler);
    }

    /// Before anybody may `post` it.
    void watch() {
        if constexpr (may_end_before) {
            if constexpr (std::is_same_v<tracked_executor, boost::asio::any_io_executor>)
                if (stays<boost::asio::system_executor, queue_executor<>>())
                    return;
            auto life = context_life::of(
                boost::asio::query(kept_->working, boost::asio::execution::context));
            if (life->add(*this))
                life_ = std::move(life);
        }
    }

    /// The node belongs to the executor from here on. If this throws it is gone; also where the context
    /// is being destroyed, sooner or later.
    void post() {
        const context_life_ptr life = life_;
        if (!life)
            return hand_over();
        if (!life->unless_over([&] {
                life->remove(*this);
                hand_over();
            }))
            share();
    }

protected:
    handler_node(Handler&& handler, const Executor& otherwise)
        : kept_(std::in_place,
                boost::asio::prefer(
                    own_executor(full(boost::asio::get_associated_executor(handler, otherwise))),
                    boost::asio::execution::outstanding_work.tracked),
                std::move(handler)) {}
    ~handler_node() = default;

    /// The context takes the handler and the work with it. The node stays for whoever is about to `post`
    /// it, if nobody is any more.
    void leave_to_poster() noexcept {
        allocator_.emplace(allocator_of(kept_->handler));
        kept_.reset();
        share();
    }

    /// What outlives the node: the handler, and the work until that has returned, as with any
    /// operation of Asio's.
    struct remains {
        tracked_executor working;
        Handler handler;
    };

    /// Destroys the node. Its memory is free before the handler is gone, which may be what the
    /// allocator lives in; and which, moved from, may know its allocator no more.
    remains take() noexcept {
        remains result(std::move(*kept_));
        memory_for<Node, own_allocator>::destroy(static_cast<Node*>(this),
                                                 allocator_of(result.handler));
        return result;
    }

private:
    template <typename E>
    using tracked_t = std::decay_t<typename boost::asio::prefer_result<
        E, boost::asio::execution::outstanding_work_t::tracked_t>::type>;

    /// Can its context end, and this be left with an executor that is of no use?
    static constexpr bool may_end_before =
        boost::asio::can_query<const tracked_executor&, boost::asio::execution::context_t>::value &&
        !std::is_same_v<own_executor, boost::asio::system_executor> &&
        !std::is_same_v<own_executor, queue_executor<>>;

    /// Is it one of these, tracked?
    template <typename... Executors>
    bool stays() const noexcept {
        return (kept_->working.template target<tracked_t<Executors>>() || ...);
    }

    void hand_over() {
        const tracked_executor executor(kept_->working);
        const own_allocator allocator(allocator_of(kept_->handler));
        post_to(executor, owner(static_cast<Node*>(this)), allocator);
    }

    /// The context's end and the poster have both come: the second one destroys the node.
    void share() noexcept {
        if (shared_.exchange(true, std::memory_order_acq_rel))
            memory_for<Node, own_allocator>::destroy(static_cast<Node*>(this), *allocator_);
    }

    // The poster does not touch it once its context is over, but by `share`.
    void hold() noexcept override {}
    void let_go() noexcept override {}
    void context_ends(context_life&, bool) noexcept override {
        if constexpr (requires(Node& node) { node.lose_with_context(); })
            static_cast<Node*>(this)->lose_with_context();
    }

    static own_allocator allocator_of(const Handler& handler) noexcept {
        return boost::asio::get_associated_allocator(handler, recycling_allocator<void>());
    }

    std::optional<remains> kept_; ///< until the context takes it
    context_life_ptr life_;
    std::optional<own_allocator> allocator_; ///< once the handler is gone
    std::atomic<bool> shared_{false};
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_HANDLER_NODE_HPP
