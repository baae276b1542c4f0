//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_OPERATION_GROUP_HPP
#define ASYNCINFO_IMPL_OPERATION_GROUP_HPP

#include <asyncinfo/detail/asio/context_guest.hpp>
#include <asyncinfo/detail/asio/post_to.hpp>
#include <asyncinfo/detail/base/memory_for.hpp>
#include <asyncinfo/detail/base/null_callable.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>
#include <asyncinfo/detail/observe/handler_node.hpp>
#include <asyncinfo/operation_group.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/system_executor.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace asyncinfo::detail {

template <typename Tag, typename Handle>
class tagged_member final : public group_member {
public:
    template <typename... Args>
    static group_member_owner make(operation_ptr of, Args&&... tag) {
        memory_for<tagged_member> memory;
        return group_member_owner(memory.keep(
            ::new (memory.place()) tagged_member(std::move(of), std::forward<Args>(tag)...)));
    }

    static group_entry<Tag, Handle> entry(group_member_owner taken) noexcept {
        auto handle = handle_access::make<Handle>(std::move(taken->operation));
        if constexpr (std::is_void_v<Tag>)
            return {std::move(handle)};
        else
            return {std::move(handle), std::move(static_cast<tagged_member&>(*taken).tag_)};
    }

    static std::optional<group_entry<Tag, Handle>>
    optional_entry(group_member_owner taken) noexcept {
        if (taken)
            return entry(std::move(taken));
        return std::nullopt;
    }

private:
    struct none {};

    template <typename... Args>
    explicit tagged_member(operation_ptr of, Args&&... tag)
        : group_member(std::move(of)), tag_(std::forward<Args>(tag)...) {}

    void destroy() noexcept override { memory_for<tagged_member>::destroy(this); }

    [[no_unique_address]] std::conditional_t<std::is_void_v<Tag>, none, Tag> tag_;
};

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

/// Calls F on an executor. F is destroyed with the executor's context at the latest.
template <typename Tag, typename Handle, typename Executor, typename F>
class executor_feed final : public group_feed, context_guest {
public:
    static group_feed_ptr make(const Executor& executor, F&& f) {
        memory_for<executor_feed> memory;
        executor_feed* const made =
            memory.keep(::new (memory.place()) executor_feed(executor, std::move(f)));
        const group_feed_ptr kept(made);
        made->enter(executor);
        return kept;
    }

private:
    struct parts {
        const Executor executor;
        F f;
    };

    executor_feed(const Executor& executor, F&& f)
        : parts_(std::in_place, parts{executor, std::move(f)}) {}

    void submit(group_call call) override {
        use([&] { post_to(Executor(parts_->executor), std::move(call)); });
    }
    void call(group_member_owner next) override {
        std::invoke(parts_->f, tagged_member<Tag, Handle>::entry(std::move(next)));
    }

    void context_ends(context_life&, bool) noexcept override {
        parts_.reset();
        free_if_second();
    }
    void destroy() noexcept override {
        if (leave([this] { parts_.reset(); }))
            memory_for<executor_feed>::destroy(this);
        else
            free_if_second();
    }
    void free_if_second() noexcept {
        if (is_second())
            memory_for<executor_feed>::destroy(this);
    }

    std::optional<parts> parts_;
};

} // namespace asyncinfo::detail

namespace asyncinfo {

template <typename Tag, typename Handle>
bool operation_group<Tag, Handle>::add(Handle operation)
    requires(std::is_void_v<Tag> || std::default_initializable<Tag>)
{
    detail::handle_access::usable(operation, "operation_group::add");
    return core_->add(
        detail::tagged_member<Tag, Handle>::make(detail::handle_access::take(operation)));
}

template <typename Tag, typename Handle>
template <typename T>
    requires(!std::is_void_v<Tag> && std::constructible_from<Tag, T>)
bool operation_group<Tag, Handle>::add(Handle operation, T&& tag) {
    detail::handle_access::usable(operation, "operation_group::add");
    return core_->add(detail::tagged_member<Tag, Handle>::make(
        detail::handle_access::take(operation), std::forward<T>(tag)));
}

template <typename Tag, typename Handle>
auto operation_group<Tag, Handle>::try_next() -> std::optional<entry> {
    return detail::tagged_member<Tag, Handle>::optional_entry(core_->take());
}

template <typename Tag, typename Handle>
template <typename Rep, typename Period>
auto operation_group<Tag, Handle>::wait_next_for(std::chrono::duration<Rep, Period> duration)
    -> std::optional<entry> {
    return detail::tagged_member<Tag, Handle>::optional_entry(
        core_->take(detail::deadline::after(duration)));
}

template <typename Tag, typename Handle>
template <std::invocable<group_entry<Tag, Handle>> F, typename Rep, typename Period>
std::size_t operation_group<Tag, Handle>::drain(F&& f, std::chrono::duration<Rep, Period> budget) {
    const auto until = detail::deadline::after(budget);
    const detail::group_ptr core = core_; // `f` may destroy the group
    std::size_t taken = 0;
    while (auto next = core->take()) {
        ++taken;
        std::invoke(f, detail::tagged_member<Tag, Handle>::entry(std::move(next)));
        if (until.is_over())
            break;
    }
    return taken;
}

template <typename Tag, typename Handle>
template <std::invocable<group_entry<Tag, Handle>> F>
std::size_t operation_group<Tag, Handle>::drain(F&& f) {
    return drain(std::forward<F>(f), std::chrono::steady_clock::duration::max());
}

template <typename Tag, typename Handle>
template <typename Token>
auto operation_group<Tag, Handle>::async_next(Token&& token) {
    return boost::asio::async_initiate<Token,
                                       void(boost::system::error_code, std::optional<entry>)>(
        detail::initiate_next<Tag, Handle>{core_}, token);
}

template <typename Tag, typename Handle>
template <typename Executor, std::invocable<group_entry<Tag, Handle>> F>
    requires(!std::convertible_to<Executor&, boost::asio::execution_context&>)
void operation_group<Tag, Handle>::on_next(const Executor& executor, F f) {
    if (detail::is_null_callable(f))
        return on_next(nullptr);
    core_->feed(detail::executor_feed<Tag, Handle, detail::full_t<Executor>, F>::make(
        detail::full(executor), std::move(f)));
}

template <typename Tag, typename Handle>
group_counts operation_group<Tag, Handle>::counts() const noexcept {
    const auto [started, completed, canceled, error] = core_->counts();
    return {started, completed, canceled, error};
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_OPERATION_GROUP_HPP
