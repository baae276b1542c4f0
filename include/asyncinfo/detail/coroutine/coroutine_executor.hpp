//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_COROUTINE_COROUTINE_EXECUTOR_HPP
#define ASYNCINFO_DETAIL_COROUTINE_COROUTINE_EXECUTOR_HPP

#include <asyncinfo/detail/asio/full_executor.hpp>
#include <asyncinfo/detail/coroutine/coroutine_base.hpp>
#include <asyncinfo/detail/start/gated_executor.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/system_executor.hpp>

#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// The gated executor on which the steps of an awaited operation run. It refers to the coroutine
/// and holds no copy of its executor: the awaited operation may run in another context, and keep
/// this object when the coroutine's context is gone. It counts no work, since the coroutine does.
///
/// For a coroutine without an executor it wraps the executor of the awaited operation.
class coroutine_executor {
public:
    template <typename Candidate>
    static coroutine_executor make(coroutine_base& coroutine, const Candidate& candidate) noexcept {
        coroutine_executor made(coroutine);
        if (!coroutine.has_executor()) {
            coroutine.awaits_on(candidate);
            if constexpr (any_kind_of_executor<Candidate>)
                made.other_ = as_any_io_executor(candidate);
            if (!made.other_)
                made.other_ = boost::asio::system_executor();
        }
        return made;
    }

    /// For a coroutine with an executor.
    static coroutine_executor make(coroutine_base& coroutine) noexcept {
        return coroutine_executor(coroutine);
    }

    // Copying an executor must not throw. Copying intrusive_ptr does not, but is not noexcept.
    coroutine_executor(const coroutine_executor&) noexcept = default;
    coroutine_executor(coroutine_executor&&) noexcept = default;
    coroutine_executor& operator=(const coroutine_executor&) noexcept = default;
    coroutine_executor& operator=(coroutine_executor&&) noexcept = default;

    template <typename Function>
    void execute(Function&& function) const {
        gated_function<std::decay_t<Function>> step(operation_, std::forward<Function>(function));
        if (other_)
            other_.execute(std::move(step));
        else
            coroutine_->run_step(std::move(step), never_blocks_);
    }

    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return other_ ? boost::asio::query(other_, boost::asio::execution::context)
                      : coroutine_->context();
    }

    coroutine_executor require(boost::asio::execution::blocking_t::never_t never) const {
        coroutine_executor made(*this);
        made.never_blocks_ = true;
        if (other_)
            made.other_ = boost::asio::require(other_, never);
        return made;
    }

    template <typename Property>
        requires(!std::is_same_v<Property, boost::asio::execution::blocking_t::never_t> &&
                 boost::asio::can_prefer<const boost::asio::any_io_executor&, Property>::value)
    coroutine_executor prefer(const Property& property) const {
        coroutine_executor made(*this);
        if constexpr (std::is_same_v<Property, boost::asio::execution::blocking_t::possibly_t>)
            made.never_blocks_ = false;
        if (other_)
            made.other_ = boost::asio::prefer(other_, property);
        return made;
    }

    friend bool operator==(const coroutine_executor& a, const coroutine_executor& b) noexcept {
        return a.operation_ == b.operation_ && a.never_blocks_ == b.never_blocks_ &&
               a.other_ == b.other_;
    }
    friend bool operator!=(const coroutine_executor& a, const coroutine_executor& b) noexcept {
        return !(a == b);
    }

private:
    explicit coroutine_executor(coroutine_base& coroutine) noexcept
        : operation_(&coroutine.self()), coroutine_(&coroutine) {}

    operation_ptr operation_;
    coroutine_base* coroutine_;
    boost::asio::any_io_executor other_;
    bool never_blocks_ = false;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_COROUTINE_COROUTINE_EXECUTOR_HPP
