//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_START_GATED_EXECUTOR_HPP
#define ASYNCINFO_DETAIL_START_GATED_EXECUTOR_HPP

#include <asyncinfo/detail/asio/full_executor.hpp>
#include <asyncinfo/detail/block/operation.hpp>

#include <boost/asio/execution/executor.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// A function on its way through an executor, which runs it as a step.
template <typename Function>
class gated_function {
public:
    template <typename F>
    gated_function(operation_ptr operation, F&& function)
        : operation_(std::move(operation)), function_(std::forward<F>(function)) {}

    void operator()() { operation_->run(std::move(function_)); }

private:
    operation_ptr operation_;
    Function function_;
};

/// The executor that an operation's steps see: `Executor`, with the gate around all it runs.
///
/// It is a full executor. Requiring and preferring properties keeps the gate; querying asks the
/// executor inside.
template <typename Executor>
class gated_executor {
public:
    gated_executor(const Executor& inner, operation_ptr operation) noexcept
        : inner_(inner), operation_(std::move(operation)) {}

    // An executor's copies may not throw. Those of intrusive_ptr do not, but are not declared so.
    gated_executor(const gated_executor&) noexcept = default;
    gated_executor(gated_executor&&) noexcept = default;
    gated_executor& operator=(const gated_executor&) noexcept = default;
    gated_executor& operator=(gated_executor&&) noexcept = default;

    const Executor& inner() const noexcept { return inner_; }

    template <typename Function>
    void execute(Function&& function) const {
        inner_.execute(
            gated_function<std::decay_t<Function>>(operation_, std::forward<Function>(function)));
    }

    template <typename Property>
        requires(boost::asio::can_query<const Executor&, Property>::value)
    decltype(auto) query(const Property& property) const
        noexcept(boost::asio::is_nothrow_query<const Executor&, Property>::value) {
        return boost::asio::query(inner_, property);
    }

    template <typename Property>
        requires(boost::asio::can_require<const Executor&, Property>::value)
    auto require(const Property& property) const {
        return regate(boost::asio::require(inner_, property));
    }

    template <typename Property>
        requires(boost::asio::can_prefer<const Executor&, Property>::value)
    auto prefer(const Property& property) const {
        return regate(boost::asio::prefer(inner_, property));
    }

    friend bool operator==(const gated_executor& a, const gated_executor& b) noexcept {
        return a.operation_ == b.operation_ && a.inner_ == b.inner_;
    }
    friend bool operator!=(const gated_executor& a, const gated_executor& b) noexcept {
        return !(a == b);
    }

private:
    template <typename Inner>
    gated_executor<std::decay_t<Inner>> regate(Inner&& inner) const {
        return {inner, operation_};
    }

    Executor inner_;
    operation_ptr operation_;
};

/// The gated executor. A candidate that is no executor, such as one that only probes whether there
/// is an associated executor, stays itself.
template <typename Executor>
using gated_t =
    std::conditional_t<any_kind_of_executor<Executor>, gated_executor<full_t<Executor>>, Executor>;

template <typename Executor>
gated_t<Executor> through_gate(const Executor& executor, operation_base& operation) noexcept {
    if constexpr (any_kind_of_executor<Executor>)
        return {full(executor), operation_ptr(&operation)};
    else
        return executor;
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_START_GATED_EXECUTOR_HPP
