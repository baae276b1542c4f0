//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PRODUCE_COMBINATION_HPP
#define ASYNCINFO_DETAIL_PRODUCE_COMBINATION_HPP

#include <asyncinfo/detail/base/recycling.hpp>
#include <asyncinfo/detail/block/observer.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>
#include <asyncinfo/detail/handle/result_of.hpp>
#include <asyncinfo/detail/produce/kept_executor.hpp>
#include <asyncinfo/detail/produce/promise_operation.hpp>
#include <asyncinfo/detail/start/initiated_operation.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <exception>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace asyncinfo::detail {

template <typename Range>
using range_handle_t = std::ranges::range_value_t<Range>;

template <typename Range>
concept range_of_handles = std::ranges::input_range<Range> && handle<range_handle_t<Range>>;

/// Means that a range determines the number of members.
inline constexpr std::size_t any_number = static_cast<std::size_t>(-1);

/// Returns `policy` if it is 0 or 1, the policy's enumerators. Throws `invalid_argument` otherwise.
template <typename Policy>
Policy checked(Policy policy) {
    if (policy != Policy{} && policy != Policy{1})
        throw boost::system::system_error(boost::asio::error::invalid_argument);
    return policy;
}

/// Ends `operation` as `failed` has ended: by the same exception or code.
inline void fail_as(operation_base& operation, operation_base& failed) noexcept {
    boost::system::error_code refused; // set if Close has released the exception
    if (auto thrown = failed.exception(refused)) {
        operation.fail(std::move(thrown));
    } else {
        const auto code = failed.code(refused);
        operation.fail(refused ? refused : code);
    }
}

/// An operation that consists of others, its members: what `when_all` and `when_any` have in
/// common.
///
/// It observes each member by a node in its own block, and ends on the thread that notifies it of
/// the end it waits for. `Derived` decides in `member_ended(node&, bool is_notified)`.
///
/// The combination releases its members while it ends: after the last cancellation handler has run,
/// since that uses them, and before the status is published.
template <typename Derived, typename T, std::size_t Count>
class combination : public promise_operation<Derived, T>, resumable {
public:
    static constexpr auto origin = operation_origin::combination;

protected:
    boost::asio::any_io_executor own_executor(const any_executor_maker&) final {
        return executor_.get();
    }
    void give_back_executor() noexcept final { executor_.give_back(); }
    context_dependent* own_dependent(context_life& life) noexcept final {
        context_dependent* found = nullptr;
        visit_running([&](operation_base& member) {
            found = member.dependent_of(life);
            return found != nullptr;
        });
        return found;
    }
    void destroy() noexcept final {
        unused_ = true;
        trampoline::run_quietly(*this);
    }

    /// Notifies the combination that a member has ended.
    class node final : public observer {
    public:
        node() noexcept : observer(rank::submitted) {}
        node(combination& owner, operation_base* taken) noexcept : node() { set(owner, taken); }
        ~node() override { release(); }

        void set(combination& owner, operation_base* taken) noexcept {
            owner_ = &owner;
            operation_ = taken;
            holds_ = true;
            if (taken->is_tracked()) [[unlikely]]
                taken->identity().belongs_to(owner.id(), false);
        }

        /// An observer that is being notified may use it after `release`, unless it is an heir: the
        /// notifying thread holds a reference.
        operation_base& operation() const noexcept { return *operation_; }

        void release() noexcept {
            if (std::exchange(holds_, false))
                intrusive_ptr_release(operation_);
        }

        void ended() override { static_cast<Derived*>(owner_)->member_ended(*this, true); }

    private:
        bool holds_ = false; // first, where there is padding
        operation_base* operation_ = nullptr;
        combination* owner_ = nullptr;
    };

    template <handle... Handles>
    explicit combination(Handles&... handles)
        : promise_operation<Derived, T>(true), nodes_{node(*this, take(handles))...} {
        take_executor();
    }

    /// Moves the handles out of a container that is itself an rvalue. Reads each element once,
    /// since reading a lazy element may start its operation.
    template <typename Range>
        requires(Count == any_number)
    combination(Range&& range, std::size_t size)
        : promise_operation<Derived, T>(true), nodes_(size) {
        auto position = std::ranges::begin(range);
        for (node& n : nodes_) {
            range_handle_t<Range> h = [&]() -> range_handle_t<Range> {
                if constexpr (std::is_lvalue_reference_v<Range> || std::ranges::view<Range> ||
                              std::ranges::borrowed_range<Range>)
                    return *position;
                else
                    return std::ranges::iter_move(position);
            }();
            n.set(*this, take(h));
            ++position;
        }
        take_executor();
    }

    ~combination() = default;

    /// From this call on a request for cancellation is passed on to the members, and the end
    /// releases them.
    void hold_members() { this->slot().template emplace<canceller>(*this); }

    void cancel_members(boost::asio::cancellation_type_t types,
                        const node* except = nullptr) noexcept {
        for (node& n : nodes_)
            if (&n != except)
                n.operation().pass_on_cancel(types, cancel_source::combination);
    }

    /// Ends the combination; its outcome is stored. The depth of the stack is bounded for nested
    /// combinations, however deep, when they end and when they are destroyed.
    void end_on_this_thread() { trampoline::run(*this); }

    /// True if blocking this thread would block running members that the combination needs: every
    /// one of them with `all`, any of them without.
    bool members_need_this_thread(bool all) const noexcept {
        bool needed = false;
        visit_running([&](operation_base& member) {
            needed = member.needs_this_thread();
            return needed != all;
        });
        return needed;
    }

    auto& nodes() noexcept { return nodes_; }

private:
    /// The cancellation handler in the slot. Once the slot is cleared no request can call it, so
    /// its destructor may release the members.
    struct canceller {
        using passes_on = void;

        explicit canceller(combination& c) noexcept : owner(c) {}
        canceller(const canceller&) = delete;
        canceller& operator=(const canceller&) = delete;
        ~canceller() { owner.release_members(); }

        void operator()(boost::asio::cancellation_type_t types) const noexcept {
            owner.cancel_members(types);
        }

        combination& owner;
    };

    /// Calls `visit` for each running member until it returns true.
    template <typename Visit>
    void visit_running(Visit visit) const noexcept {
        // Deeper nesting is not worth the stack.
        constexpr int deepest = 8;
        int& depth = this_thread().combination_depth;
        if (released_ || depth == deepest)
            return;
        ++depth;
        for (const node& n : nodes_)
            if (n.operation().status() == AsyncStatus::Started && visit(n.operation()))
                break;
        --depth;
    }

    /// Leaves the handle empty. The node gets its reference.
    static operation_base* take(IAsyncInfo& handle) {
        handle_access::usable(handle, "when_all, when_any");
        return handle_access::take(handle).detach();
    }

    void release_members() noexcept {
        // Another thread may be in `visit_running`.
        if (this->lock()) {
            released_ = true;
            this->unlock();
        }
        for (node& n : nodes_)
            n.release();
    }

    void take_executor() {
        if (!nodes_.empty())
            executor_.keep(nodes_[0].operation().executor());
    }

    void resume() override {
        if (unused_)
            this->destroy_block();
        else
            this->end();
    }

    std::conditional_t<Count == any_number, std::vector<node, recycling_allocator<node>>,
                       std::array<node, Count == any_number ? 0 : Count>>
        nodes_;
    kept_executor executor_{*this};
    bool released_ = false;
    bool unused_ = false;
};

/// Calls `make(range, size)`. Counts a range without a size only if its elements exist already:
/// counting others, through a filter, may make them and so start their operations.
template <typename Range, typename Make>
auto with_size(Range&& range, Make make) {
    if constexpr (std::ranges::sized_range<Range>) {
        const auto size = static_cast<std::size_t>(std::ranges::size(range));
        return make(std::forward<Range>(range), size);
    } else if constexpr (std::ranges::forward_range<Range> &&
                         std::is_lvalue_reference_v<std::ranges::range_reference_t<Range>>) {
        const auto size = static_cast<std::size_t>(std::ranges::distance(range));
        return make(std::forward<Range>(range), size);
    } else {
        std::vector<range_handle_t<Range>> collected;
        for (auto&& h : range)
            collected.push_back(std::forward<decltype(h)>(h));
        const auto size = collected.size();
        return make(std::move(collected), size);
    }
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PRODUCE_COMBINATION_HPP
