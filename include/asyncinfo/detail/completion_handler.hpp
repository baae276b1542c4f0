//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COMPLETION_HANDLER_HPP
#define ASYNCINFO_DETAIL_COMPLETION_HANDLER_HPP

#include <asyncinfo/detail/gated_executor.hpp>
#include <asyncinfo/detail/signature.hpp>
#include <asyncinfo/detail/started_operation.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/executor.hpp>

#include <exception>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#if defined(ASYNCINFO_HAS_IMMEDIATE_EXECUTOR)
#include <boost/asio/associated_immediate_executor.hpp>
#endif

namespace asyncinfo::detail {

/// What Asio invokes, or destroys, when the operation ends: it stores the outcome and ends the
/// operation. `Parameters` are the completion signatures taken apart.
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

    /// Destroyed uninvoked: the operation is abandoned.
    ~completion_handler() {
        if (operation_) {
            operation_->fail(errc::abandoned);
            operation_->end();
        }
    }

    /// Also after it was moved from: Asio asks then if it is refused memory further on.
    allocator_type get_allocator() const noexcept { return allocator_; }
    cancellation_slot_type get_cancellation_slot() const noexcept { return operation_->slot(); }

    Operation& operation() const noexcept { return *operation_; }

    template <typename... Args>
        requires requires { typename select<types<Args...>, Parameters...>::type; }
    void operator()(Args&&... args) {
        Operation& ended = *std::exchange(operation_, nullptr);
        try {
            store(ended, typename select<types<Args...>, Parameters...>::type(),
                  std::forward<Args>(args)...);
        } catch (...) {
            // The result could not be moved into its place.
            ended.fail(std::current_exception());
        }
        ended.end();
    }

private:
    using result_type = typename Operation::result_type;

    template <typename Error, typename... Ts, typename E, typename... Args>
        requires(!std::is_void_v<Error>)
    static void store(Operation& ended, parameters<Error, Ts...>, E&& error, Args&&... args) {
        if constexpr (sizeof...(Ts) != 0)
            ended.set_result(static_cast<Args&&>(args)...);
        store_error(ended, static_cast<const Error&>(Error(std::forward<E>(error))));
    }

    template <typename... Ts, typename... Args>
    static void store(Operation& ended, parameters<void, Ts...>, Args&&... args) {
        ended.set_result(std::forward<Args>(args)...);
        if constexpr (is_tuple_with_error<result_type>) {
            // as_tuple: the error decides the status all the same.
            ended.error_goes_into_result();
            auto& error = std::get<0>(*ended.result());
            if (!store_error(ended, std::as_const(error)))
                set_timed_out(error);
        } else {
            ended.succeed();
        }
    }

    // False if it is stored as `timed_out` instead.

    static bool store_error(Operation& ended, const boost::system::error_code& error) {
        if (error.failed())
            return ended.fail(error);
        ended.succeed();
        return true;
    }

    static bool store_error(Operation& ended, const std::error_code& error) {
        return store_error(ended, boost::system::error_code(error));
    }

    static bool store_error(Operation& ended, const std::exception_ptr& error) {
        if (error)
            return ended.fail(error);
        ended.succeed();
        return true;
    }

#if defined(ASYNCINFO_HAS_DISPOSITION)
    template <boost::asio::disposition Disposition>
    static bool store_error(Operation& ended, const Disposition& disposition) {
        return store_error(ended, disposition != boost::asio::no_error
                                      ? boost::asio::to_exception_ptr(disposition)
                                      : std::exception_ptr());
    }
#endif

    Operation* operation_;
    [[no_unique_address]] allocator_type allocator_;
};

} // namespace asyncinfo::detail

namespace boost::asio {

/// The steps of the operation run on the bound executor, else on the one the operation proposes,
/// and always through the gate.
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
/// An operation that completes at once does so through the gate, too.
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

#endif // ASYNCINFO_DETAIL_COMPLETION_HANDLER_HPP
