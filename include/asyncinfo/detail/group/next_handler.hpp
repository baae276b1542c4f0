//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_GROUP_NEXT_HANDLER_HPP
#define ASYNCINFO_DETAIL_GROUP_NEXT_HANDLER_HPP

#include <asyncinfo/detail/group/group_core.hpp>
#include <asyncinfo/detail/group/tagged_member.hpp>
#include <asyncinfo/detail/observe/handler_node.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// A completion handler that waits for the next operation of a group.
template <typename Handler, typename Tag, typename Handle>
class next_handler final : public group_waiter,
                           public handler_node<next_handler<Handler, Tag, Handle>, Handler,
                                               boost::asio::system_executor> {
    using node = handler_node<next_handler, Handler, boost::asio::system_executor>;
    friend node;

public:
    static void start(Handler handler, const group_ptr& group) {
        auto made = node::make(std::move(handler), group);
        if (auto slot = made->slot(); slot.is_connected())
            slot.template emplace<cancel_wait>(group, made->ticket);
        made->watch();
        // The handler may be gone as soon as it is registered.
        group->wait(*made.release());
    }

    bool submit() override { return node::post(); }

private:
    /// The cancellation handler in the waiter's slot. It finds the wait by its ticket, since the
    /// waiter may be gone.
    struct cancel_wait {
        cancel_wait(const group_ptr& g, std::uint64_t t) noexcept : group(g), ticket(t) {}

        void operator()(boost::asio::cancellation_type_t types) const {
            if (types != boost::asio::cancellation_type::none)
                group_ptr(group)->cancel_wait(ticket);
        }

        const group_ptr group;
        const std::uint64_t ticket;
    };

    next_handler(Handler&& handler, const group_ptr& group)
        : group_waiter(group->new_ticket()), node(std::move(handler), {}), group_(group) {}

    void complete() {
        if (auto slot = node::slot(); slot.is_connected())
            slot.clear();
        const group_ptr group = std::move(group_);
        const boost::system::error_code code = error;
        auto entry = tagged_member<Tag, Handle>::optional_entry(member ? group->delivered(*member)
                                                                       : nullptr);
        auto taken = node::take();
        std::move(taken.handler)(code, std::move(entry));
    }

    void lose() noexcept {
        const group_ptr group = std::move(group_);
        group_member* const untaken = member;
        node::take();
        if (untaken)
            group->put_back(*untaken);
    }

    void context_ends(context_life&, bool) noexcept override {
        const group_ptr group = group_;
        if (group->forget(ticket))
            lose();
        else
            node::leave_to_poster();
    }

    group_ptr group_;
};

template <typename Tag, typename Handle>
struct initiate_next {
    group_ptr group;

    template <typename Handler>
    void operator()(Handler&& handler) const {
        next_handler<std::decay_t<Handler>, Tag, Handle>::start(std::forward<Handler>(handler),
                                                                group);
    }
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_GROUP_NEXT_HANDLER_HPP
