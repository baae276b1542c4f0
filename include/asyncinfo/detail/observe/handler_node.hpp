//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_OBSERVE_HANDLER_NODE_HPP
#define ASYNCINFO_DETAIL_OBSERVE_HANDLER_NODE_HPP

#include <asyncinfo/detail/asio/context_guest.hpp>
#include <asyncinfo/detail/asio/full_executor.hpp>
#include <asyncinfo/detail/asio/post_to.hpp>
#include <asyncinfo/detail/base/memory_for.hpp>
#include <asyncinfo/detail/base/recycling.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// Owns a completion handler that waits for something, until it is posted to the handler's
/// executor, on which it counts as outstanding work. The memory is from the handler's associated
/// allocator. `Executor` is the type of the executor for a handler that has none.
///
/// `Node` derives from this. Once the node is posted, the executor calls `complete()`, or `lose()`
/// is called if it destroys the function. Both must call `take`, which destroys the node.
///
/// What the handler waits for may outlive the executor's context. From `watch` on the node ends
/// with that context: its `context_ends` is called, unless the node has been posted.
template <typename Node, typename Handler, typename Executor>
class handler_node : context_guest {
    using own_executor = full_t<boost::asio::associated_executor_t<Handler, Executor>>;
    using tracked_executor = tracked_t<own_executor>;
    using own_allocator = boost::asio::associated_allocator_t<Handler, recycling_allocator<void>>;

public:
    /// Owns the node, and is the function that is posted. Destroyed uncalled, it calls `lose`.
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

    /// Called before another thread may `post` the node.
    void watch() { enter(kept_->working); }

    /// Posts the node, which belongs to the executor from here on. Returns false if the context has
    /// ended: `lose` has not been called, and the node must not be used any more. If this throws
    /// the node is gone.
    bool post() {
        if (leave([this] { hand_over(); }))
            return true;
        free_if_second();
        return false;
    }

protected:
    handler_node(Handler&& handler, const Executor& otherwise)
        : kept_(std::in_place,
                boost::asio::prefer(
                    own_executor(full(boost::asio::get_associated_executor(handler, otherwise))),
                    boost::asio::execution::outstanding_work.tracked),
                std::move(handler)) {}
    ~handler_node() = default;

    /// For `context_ends`: destroys the handler and its work. The node's memory stays for the
    /// thread that is about to `post` it, unless that has let go of it already.
    void leave_to_poster() noexcept {
        allocator_.emplace(allocator_of(kept_->handler));
        kept_.reset();
        free_if_second();
    }

    /// What outlives the node: the handler, and the work until the handler has returned, as with
    /// any Asio operation.
    struct remains {
        tracked_executor working;
        Handler handler;
    };

    /// Destroys the node. Its memory is deallocated before the handler is destroyed, in which the
    /// allocator's resource may live. The allocator is asked of the moved-to handler, since the one
    /// moved from may have none any more.
    remains take() noexcept {
        remains result(std::move(*kept_));
        memory_for<Node, own_allocator>::destroy(static_cast<Node*>(this),
                                                 allocator_of(result.handler));
        return result;
    }

private:
    void hand_over() {
        const tracked_executor executor(kept_->working);
        const own_allocator allocator(allocator_of(kept_->handler));
        post_to(executor, owner(static_cast<Node*>(this)), allocator);
    }

    /// The context and the posting thread call this to let go of the node; the second one frees it.
    void free_if_second() noexcept {
        if (!is_second())
            return;
        memory_for<Node, own_allocator>::destroy(
            static_cast<Node*>(this), kept_ ? allocator_of(kept_->handler) : *allocator_);
    }

    static own_allocator allocator_of(const Handler& handler) noexcept {
        return boost::asio::get_associated_allocator(handler, recycling_allocator<void>());
    }

    std::optional<remains> kept_;            ///< until the context takes it
    std::optional<own_allocator> allocator_; ///< once the handler is gone
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_OBSERVE_HANDLER_NODE_HPP
