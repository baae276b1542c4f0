//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_WHEN_ANY_HPP
#define ASYNCINFO_IMPL_WHEN_ANY_HPP

#include <asyncinfo/when_any.hpp>

#include <boost/system/system_error.hpp>

#include <atomic>
#include <cstddef>
#include <utility>

namespace asyncinfo::detail {

/// The block holds a reference to itself until each node has been notified or unobserved: without
/// joining, it may end while another thread is about to notify the node of a loser.
template <typename Handle, std::size_t Count>
class any_of final : public combination<any_of<Handle, Count>, when_any_result<Handle>, Count> {
    using base = combination<any_of, when_any_result<Handle>, Count>;
    using typename base::node;

public:
    static constexpr const char* what = "when_any";

    template <typename... Args>
    any_of(winner who, losers rest, Args&&... args)
        : base(std::forward<Args>(args)...), left_(this->nodes().size() + 1), who_(who),
          joins_(rest == losers::cancel_and_join) {}

    /// Registers with the members. The combination does not end before all are registered.
    void begin() {
        this->hold_members();
        this->retain();
        for (node& n : this->nodes()) {
            if (!joins_ && winner_.load(std::memory_order_relaxed))
                break;
            ++registered_;
            if (!n.operation().observe_as_owner(n))
                member_ended(n, false);
        }
        const bool due = !joins_ && is_second() && decide();
        if (leave(due))
            this->end();
    }

    void member_ended(node& n, bool) {
        bool due = false;
        node* none = nullptr;
        if ((who_ == winner::first_to_end || n.operation().status() == AsyncStatus::Completed) &&
            winner_.compare_exchange_strong(none, &n)) {
            if (joins_)
                this->cancel_members(boost::asio::cancellation_type::all, &n);
            else
                due = is_second() && decide();
        }
        if (leave(due))
            this->end_on_this_thread();
    }

    bool runs_here() const noexcept override { return this->members_need_this_thread(!joins_); }

private:
    /// True for the second call. Without joining, the combination ends when both have called: the
    /// winner's thread, and the thread that registers with the members.
    bool is_second() noexcept { return come_.exchange(true, std::memory_order_acq_rel); }

    /// Unobserves the losers. The caller has not called `leave` yet, so the block stays.
    bool decide() noexcept {
        std::size_t gone = this->nodes().size() - registered_;
        for (std::size_t i = 0; i != registered_; ++i) {
            node& n = this->nodes()[i];
            // If the member has ended, its node has been notified or is about to be.
            if (&n != winner_ && n.operation().unobserve(n))
                ++gone;
        }
        left_.fetch_sub(gone, std::memory_order_relaxed);
        store_outcome();
        return true;
    }

    /// Called when a node has been notified, or all are registered. `due`: this thread is to end
    /// the combination; returns whether it must do so now. If not, the block may be gone.
    bool leave(bool due) noexcept {
        const bool last = left_.fetch_sub(1, std::memory_order_acq_rel) == 1;
        if (last && (joins_ || !winner_)) {
            store_outcome();
            due = true;
        }
        if (last)
            this->release();
        return due;
    }

    void store_outcome() noexcept {
        node* const first = winner_;
        if (!first)
            return fail_as(*this, this->nodes()[0].operation());
        const auto index = static_cast<std::size_t>(first - this->nodes().data());
        this->set_result(when_any_result<Handle>{
            index, handle_access::make<Handle>(operation_ptr(&first->operation()))});
        this->succeed();
    }

    std::atomic<std::size_t> left_;
    std::atomic<node*> winner_{nullptr};
    std::size_t registered_ = 0;
    std::atomic<bool> come_{false};
    const winner who_;
    const bool joins_;
};

} // namespace asyncinfo::detail

namespace asyncinfo {

template <detail::handle... Handles>
IAsyncOperation<detail::any_result_t<Handles...>> when_any(winner who, losers rest,
                                                           Handles... members) {
    using handle = typename detail::common_handle<Handles...>::type;
    if (sizeof...(members) == 0)
        throw boost::system::system_error(errc::empty_set);
    return detail::handle_access::make<IAsyncOperation<detail::any_result_t<Handles...>>>(
        detail::any_of<handle, sizeof...(Handles)>::start([](auto& made) { made.begin(); },
                                                          detail::checked(who),
                                                          detail::checked(rest), members...));
}

template <detail::range_of_handles Range>
IAsyncOperation<detail::range_any_result_t<Range>> when_any(winner who, losers rest,
                                                            Range&& members) {
    detail::checked(who);
    detail::checked(rest);
    using handle = IAsyncOperation<detail::range_any_result_t<Range>>;
    return detail::handle_access::make<handle>(
        detail::with_size(std::forward<Range>(members), [&](auto&& range, std::size_t size) {
            if (size == 0)
                throw boost::system::system_error(errc::empty_set);
            return detail::any_of<detail::range_handle_t<Range>, detail::any_number>::start(
                [](auto& made) { made.begin(); }, who, rest, std::forward<decltype(range)>(range),
                size);
        }));
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_WHEN_ANY_HPP
