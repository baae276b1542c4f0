//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_IMPL_WHEN_ALL_HPP
#define ASYNCINFO_IMPL_WHEN_ALL_HPP

#include <asyncinfo/detail/block/result.hpp>
#include <asyncinfo/when_all.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// `Derived` stores the results in `collect(const operation_base* notifying)`, which may throw.
///
/// The block needs no references for its nodes: it does not end before each node has been notified,
/// and the block of an operation that has not ended is alive.
template <typename Derived, typename T, std::size_t Count>
class all_of : public combination<Derived, T, Count> {
    using base = combination<Derived, T, Count>;

public:
    static constexpr const char* what = "when_all";

protected:
    using typename base::node;

    template <typename... Args>
    explicit all_of(on_failure policy, Args&&... args)
        : base(std::forward<Args>(args)...), left_(this->nodes().size() + 1), policy_(policy) {}

    /// The result of a member that has not failed; does nothing once there is an error.
    /// `notifying`: the member whose notification this thread is making, with a reference of its
    /// own; or null.
    template <typename R>
    static std::optional<value_or_monostate<R>> take(operation_base& member,
                                                     const operation_base* notifying,
                                                     boost::system::error_code& error) {
        if (error)
            return std::nullopt;
        if constexpr (std::is_void_v<R>) {
            return std::monostate();
        } else {
            auto& source = static_cast<operation<R>&>(member);
            if constexpr (is_copyable<R>::value)
                if (&member == notifying && member.notified_all() && member.claim_if_sole(2)) {
                    const reading hold(member);
                    if (source.result())
                        return std::move(source.result());
                }
            auto result = read_result(source, true, error);
            // GetResults does the same for an operation that succeeded without values.
            if (!result && !error) {
                if constexpr (std::is_default_constructible_v<R>)
                    result.emplace();
                else
                    error = errc::illegal_method_call;
            }
            return result;
        }
    }

public:
    /// Registers with the members. The combination does not end before all are registered.
    void begin() {
        this->hold_members();
        for (node& n : this->nodes())
            if (!n.operation().observe_as_heir(n) && !n.operation().observe(n))
                member_ended(n, false);
        if (is_last()) {
            store_outcome(nullptr);
            this->end();
        }
    }

    void member_ended(node& n, bool is_notified) {
        if (policy_ == on_failure::cancel_rest && has_failed(n)) {
            const node* none = nullptr;
            if (first_failure_.compare_exchange_strong(none, &n))
                this->cancel_members(boost::asio::cancellation_type::all, &n);
        }
        // If this notification is not the last one, the block may be gone after `is_last`.
        if (is_last())
            end_by(is_notified && !n.is_heir() ? &n.operation() : nullptr);
    }

    bool runs_here() const noexcept final { return this->members_need_this_thread(false); }

private:
    bool is_last() noexcept { return left_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

    static bool has_failed(const node& n) noexcept {
        return n.operation().status() != AsyncStatus::Completed &&
               !n.operation().error_is_in_result();
    }

    const node* failed() noexcept {
        if (policy_ == on_failure::cancel_rest)
            return first_failure_.load(std::memory_order_relaxed);
        for (const node& n : this->nodes())
            if (has_failed(n))
                return &n;
        return nullptr;
    }

    ASYNCINFO_NOINLINE void end_by(const operation_base* notifying) {
        store_outcome(notifying);
        this->end_on_this_thread();
    }

    void store_outcome(const operation_base* notifying) noexcept {
        if (const node* n = failed())
            return fail_as(*this, n->operation());
        try {
            if (const auto error = static_cast<Derived&>(*this).collect(notifying))
                this->fail(error);
            else
                this->succeed();
        } catch (...) {
            this->fail(std::current_exception());
        }
    }

    std::atomic<std::size_t> left_;
    std::atomic<const node*> first_failure_{nullptr};
    const on_failure policy_;
};

template <typename... Handles>
class all_of_these final
    : public all_of<all_of_these<Handles...>, all_results_t<Handles...>, sizeof...(Handles)> {
    using base = all_of<all_of_these, all_results_t<Handles...>, sizeof...(Handles)>;

public:
    explicit all_of_these(on_failure policy, Handles&... handles) : base(policy, handles...) {}

    /// Leaves the handles empty.
    static auto of(on_failure policy, Handles&... handles) {
        return handle_access::make<handle_t<all_results_t<Handles...>>>(
            all_of_these::start([](auto& made) { made.begin(); }, policy, handles...));
    }

    boost::system::error_code collect(const operation_base* notifying) {
        boost::system::error_code error;
        if constexpr (!std::is_void_v<all_results_t<Handles...>>)
            collect_from(notifying, error);
        static_cast<void>(notifying);
        return error;
    }

private:
    /// Takes the results that follow those taken, in order, and stores them all. (A tuple of
    /// optional results would do, but for false warnings of g++ 12.)
    template <typename... Taken>
    void collect_from(const operation_base* notifying, boost::system::error_code& error,
                      Taken&... taken) {
        constexpr std::size_t i = sizeof...(Taken);
        if constexpr (i == sizeof...(Handles)) {
            this->set_result(std::move(taken)...);
        } else {
            using result = result_of_t<std::tuple_element_t<i, std::tuple<Handles...>>>;
            std::optional<value_or_monostate<result>> next =
                base::template take<result>(this->nodes()[i].operation(), notifying, error);
            if (next)
                collect_from(notifying, error, taken..., *next);
        }
    }
};

template <typename Handle>
class all_of_range final
    : public all_of<all_of_range<Handle>, range_results_t<std::vector<Handle>>, any_number> {
    using base = all_of<all_of_range, range_results_t<std::vector<Handle>>, any_number>;
    using value = result_of_t<Handle>;

public:
    template <typename Range>
    all_of_range(on_failure policy, Range&& range, std::size_t size)
        : base(policy, std::forward<Range>(range), size) {
        // Reserved here, so that the end needs no memory.
        if constexpr (!std::is_void_v<value>)
            results_.reserve(size);
    }

    boost::system::error_code collect(const operation_base* notifying) {
        boost::system::error_code error;
        if constexpr (!std::is_void_v<value>) {
            for (auto& n : this->nodes()) {
                auto result = base::template take<value>(n.operation(), notifying, error);
                if (error)
                    return error;
                results_.push_back(*std::move(result));
            }
            this->set_result(std::move(results_));
        }
        static_cast<void>(notifying);
        return error;
    }

private:
    std::vector<value_or_monostate<value>> results_;
};

} // namespace asyncinfo::detail

namespace asyncinfo {

template <detail::handle... Handles>
detail::handle_t<detail::all_results_t<Handles...>> when_all(on_failure policy,
                                                             Handles... members) {
    return detail::all_of_these<Handles...>::of(detail::checked(policy), members...);
}

template <detail::handle... Handles>
detail::handle_t<detail::all_results_t<Handles...>> when_all(Handles... members) {
    return detail::all_of_these<Handles...>::of(on_failure::wait_for_rest, members...);
}

template <detail::range_of_handles Range>
detail::handle_t<detail::range_results_t<Range>> when_all(on_failure policy, Range&& members) {
    using handle = detail::handle_t<detail::range_results_t<Range>>;
    detail::checked(policy);
    return detail::handle_access::make<handle>(
        detail::with_size(std::forward<Range>(members), [&](auto&& range, std::size_t size) {
            return detail::all_of_range<detail::range_handle_t<Range>>::start(
                [](auto& made) { made.begin(); }, policy, std::forward<decltype(range)>(range),
                size);
        }));
}

} // namespace asyncinfo

#endif // ASYNCINFO_IMPL_WHEN_ALL_HPP
