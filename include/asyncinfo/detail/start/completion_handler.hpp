//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_START_COMPLETION_HANDLER_HPP
#define ASYNCINFO_DETAIL_START_COMPLETION_HANDLER_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/block/outcome.hpp>
#include <asyncinfo/detail/block/signature.hpp>
#include <asyncinfo/detail/start/gated_executor.hpp>
#include <asyncinfo/detail/start/initiated_operation.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/executor.hpp>

#include <memory>
#include <type_traits>
#include <utility>

#if defined(ASYNCINFO_HAS_IMMEDIATE_EXECUTOR)
#include <boost/asio/associated_immediate_executor.hpp>
#endif

namespace asyncinfo::detail {

/// Asio invokes or destroys this handler when the operation ends. It stores the outcome and ends
/// the operation. `Parameters` are the completion signatures taken apart.
template <typename Operation, typename... Parameters>
class completion_handler {
public:
    using operation_type = Operation;
    using allocator_type = typename Operation::allocator_type;
    using cancellation_slot_type = operation_slot;

    /// Takes over the reference that the operation was born with.
    explicit completion_handler(Operation& operation) noexcept
        : operation_(&operation), allocator_(operation.get_allocator()) {}

    completion_handler(completion_handler&& other) noexcept
        : operation_(std::exchange(other.operation_, nullptr)), allocator_(other.allocator_) {}

    completion_handler& operator=(completion_handler&& other) noexcept {
        if (this != &other) {
            std::destroy_at(this);
            std::construct_at(this, std::move(other));
        }
        return *this;
    }

    /// Destroyed without having been invoked, it abandons the operation.
    ~completion_handler() {
        if (operation_)
            operation_->abandon();
    }

    /// Valid also after a move: Asio asks again if a later allocation fails.
    allocator_type get_allocator() const noexcept { return allocator_; }
    cancellation_slot_type get_cancellation_slot() const noexcept { return operation_->slot(); }

    Operation& operation() const noexcept { return *operation_; }

    template <typename... Args>
        requires requires { typename select<types<Args...>, Parameters...>::type; }
    void operator()(Args&&... args) {
        Operation& ended = *std::exchange(operation_, nullptr);
        ended.called();
        outcome<Operation>::template store<Parameters...>(ended, std::forward<Args>(args)...);
        ended.end();
    }

private:
    Operation* operation_;
    ASYNCINFO_NO_UNIQUE_ADDRESS allocator_type allocator_;
};

} // namespace asyncinfo::detail

namespace boost::asio {

/// The operation's steps run on the bound executor, else on the candidate that the operation
/// proposes, and always through the gate.
template <typename Operation, typename... Parameters, typename Candidate>
struct associated_executor<asyncinfo::detail::completion_handler<Operation, Parameters...>,
                           Candidate> {
    using handler = asyncinfo::detail::completion_handler<Operation, Parameters...>;
    using type = asyncinfo::detail::gated_t<std::conditional_t<
        Operation::has_bound_executor, typename Operation::executor_type, Candidate>>;

    static type get(const handler& h, const Candidate& candidate = Candidate()) noexcept {
        if constexpr (Operation::has_bound_executor) {
            return asyncinfo::detail::through_gate(h.operation().get_bound_executor(),
                                                   h.operation());
        } else {
            h.operation().capture(candidate);
            return asyncinfo::detail::through_gate(candidate, h.operation());
        }
    }
};

template <typename Operation, typename... Parameters, typename Executor>
    requires(!Operation::has_bound_executor)
struct associated_executor<asyncinfo::detail::completion_handler<Operation, Parameters...>,
                           asyncinfo::detail::candidate_probe<Executor>> {
    using type = asyncinfo::detail::probed_operation;

    static type get(const asyncinfo::detail::completion_handler<Operation, Parameters...>& h,
                    const asyncinfo::detail::candidate_probe<Executor>& probe = {}) noexcept {
        if (probe.executor)
            h.operation().capture(*probe.executor);
        return {&h.operation()};
    }
};

#if defined(ASYNCINFO_HAS_IMMEDIATE_EXECUTOR)
/// An operation that completes immediately does so through the gate, too.
template <typename Operation, typename... Parameters, typename Candidate>
struct associated_immediate_executor<
    asyncinfo::detail::completion_handler<Operation, Parameters...>, Candidate> {
    using handler = asyncinfo::detail::completion_handler<Operation, Parameters...>;

    using immediate = typename Operation::immediate_executor_type;
    static constexpr bool has_bound = asyncinfo::detail::is_bound<immediate>;
    using gated = asyncinfo::detail::gated_t<std::conditional_t<has_bound, immediate, Candidate>>;
    using type = typename std::conditional_t<
        has_bound, std::type_identity<gated>,
        std::decay<typename require_result<gated, execution::blocking_t::never_t>::type>>::type;

    static type get(const handler& h, const Candidate& candidate) noexcept {
        if constexpr (has_bound)
            return asyncinfo::detail::through_gate(h.operation().get_immediate_executor(),
                                                   h.operation());
        else
            return boost::asio::require(asyncinfo::detail::through_gate(candidate, h.operation()),
                                        execution::blocking.never);
    }
};
#endif

} // namespace boost::asio

#endif // ASYNCINFO_DETAIL_START_COMPLETION_HANDLER_HPP
