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
#include <asyncinfo/detail/group/next_handler.hpp>
#include <asyncinfo/detail/group/tagged_member.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>
#include <asyncinfo/operation_group.hpp>

#include <boost/asio/async_result.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace asyncinfo::detail {

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
    return drain(std::forward<F>(f), (std::chrono::steady_clock::duration::max)());
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
