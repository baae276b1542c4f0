//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_FULL_EXECUTOR_HPP
#define ASYNCINFO_DETAIL_ASIO_FULL_EXECUTOR_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/recycling.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/is_executor.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#if defined(ASYNCINFO_HAS_INLINE_EXECUTOR)
#include <boost/asio/inline_executor.hpp>
#endif

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// True for an executor of the Networking TS, such as `io_context::strand` and `asio::executor`.
template <typename Executor>
inline constexpr bool is_legacy = !boost::asio::execution::is_executor<Executor>::value &&
                                  boost::asio::is_executor<Executor>::value;

template <typename Executor>
concept fits_any_io_executor =
    std::is_constructible_v<boost::asio::any_io_executor, const Executor&>;

/// What may be used as an executor: today's executors and those of the Networking TS.
template <typename Executor>
concept any_kind_of_executor =
    boost::asio::execution::is_executor<Executor>::value || is_legacy<Executor>;

/// Makes an executor that `any_io_executor` can hold of one that it cannot: of a legacy one, or of
/// one that names no context or promises nothing about when it calls.
///
/// An adapted legacy executor keeps all it can do. For the others the context is the
/// `asio::system_context`, and they call when they do.
template <typename Inner>
class adapted_executor {
    static constexpr bool counts_work = is_legacy<Inner>;

public:
    /// Takes nothing that converts to Inner: an `any_completion_executor` can be made of any
    /// executor.
    template <std::same_as<Inner> E>
    explicit adapted_executor(const E& inner) noexcept : adapted_executor(inner, false, false) {}

    adapted_executor(const adapted_executor& other) noexcept
        : adapted_executor(other.inner_, other.never_blocking_, other.tracked_) {}
    adapted_executor& operator=(const adapted_executor& other) noexcept {
        if (this != &other) {
            std::destroy_at(this);
            std::construct_at(this, other);
        }
        return *this;
    }
    ~adapted_executor() {
        if constexpr (counts_work)
            if (tracked_)
                inner_.on_work_finished();
    }

    template <typename Function>
    void execute(Function&& function) const {
        if constexpr (!is_legacy<Inner>)
            inner_.execute(std::forward<Function>(function));
        else if (never_blocking_)
            inner_.post(std::forward<Function>(function), recycling_allocator<void>());
        else
            inner_.dispatch(std::forward<Function>(function), recycling_allocator<void>());
    }

    adapted_executor require(boost::asio::execution::blocking_t::never_t) const noexcept {
        return {inner_, true, tracked_};
    }
    adapted_executor require(boost::asio::execution::blocking_t::possibly_t) const noexcept {
        return {inner_, false, tracked_};
    }
    adapted_executor require(boost::asio::execution::outstanding_work_t::tracked_t) const noexcept
        requires counts_work
    {
        return {inner_, never_blocking_, true};
    }
    adapted_executor require(boost::asio::execution::outstanding_work_t::untracked_t) const noexcept
        requires counts_work
    {
        return {inner_, never_blocking_, false};
    }

    boost::asio::execution_context& query(boost::asio::execution::context_t) const {
        if constexpr (is_legacy<Inner>)
            return inner_.context();
        else
            return boost::asio::query(boost::asio::system_executor(),
                                      boost::asio::execution::context);
    }

    /// The executor under a strand; named as in `asio::strand`.
    auto get_inner_executor() const noexcept
        requires std::is_same_v<Inner, boost::asio::io_context::strand> ||
                 requires(const Inner& inner) { inner.get_inner_executor(); };

    explicit operator bool() const noexcept
        requires std::is_constructible_v<bool, const Inner&>
    {
        return static_cast<bool>(inner_);
    }

    friend bool operator==(const adapted_executor& a, const adapted_executor& b) noexcept {
        return a.inner_ == b.inner_ && a.never_blocking_ == b.never_blocking_;
    }
    friend bool operator!=(const adapted_executor& a, const adapted_executor& b) noexcept {
        return !(a == b);
    }

private:
    adapted_executor(const Inner& inner, bool never_blocking, bool tracked) noexcept
        : inner_(inner), never_blocking_(never_blocking), tracked_(tracked) {
        if constexpr (counts_work)
            if (tracked_)
                inner_.on_work_started();
    }

    Inner inner_;
    bool never_blocking_;
    bool tracked_;
};

/// A legacy executor is adapted, any other is used as it is.
template <typename Executor>
using full_t = std::conditional_t<is_legacy<Executor>, adapted_executor<Executor>, Executor>;

template <typename Executor>
std::conditional_t<is_legacy<Executor>, full_t<Executor>, const Executor&>
full(const Executor& executor) noexcept {
    if constexpr (is_legacy<Executor>)
        return full_t<Executor>(executor);
    else
        return executor;
}

template <typename Inner>
auto adapted_executor<Inner>::get_inner_executor() const noexcept
    requires std::is_same_v<Inner, boost::asio::io_context::strand> ||
             requires(const Inner& inner) { inner.get_inner_executor(); }
{
    if constexpr (std::is_same_v<Inner, boost::asio::io_context::strand>)
        return inner_.context().get_executor();
    else
        return full(inner_.get_inner_executor());
}

/// The executor in an `any_completion_executor`, if it is of an expected kind; else that executor
/// adapted.
///
/// An `any_completion_executor` holds the executor that an erased handler was asked with. It cannot
/// be required to call later, nor queried for its context; what it holds usually can.
ASYNCINFO_DECL boost::asio::any_io_executor
unerased(const boost::asio::any_completion_executor& executor);

/// Compiled once: what `any_io_executor` needs to know of an executor's type costs the compiler more
/// than a small program's own code does.
ASYNCINFO_DECL boost::asio::any_io_executor
as_any_io_executor(const boost::asio::io_context::executor_type& executor);

/// Any executor as an `any_io_executor`; null stays null.
template <any_kind_of_executor Executor>
boost::asio::any_io_executor as_any_io_executor(const Executor& executor) {
    using boost::asio::any_io_executor;
    if constexpr (fits_any_io_executor<Executor>)
        return any_io_executor(executor);
    else if constexpr (std::is_same_v<Executor, boost::asio::any_completion_executor>)
        return unerased(executor);
    else
        return any_io_executor(adapted_executor<Executor>(executor));
}

/// The executors that a handler is asked with where none was given: Asio's default is
/// `inline_executor`, and was `system_executor` before there was the other (Boost 1.90).
template <typename Executor>
inline constexpr bool stands_for_none = false;
template <typename Blocking, typename Relationship, typename Allocator>
inline constexpr bool
    stands_for_none<boost::asio::basic_system_executor<Blocking, Relationship, Allocator>> = true;
#if defined(ASYNCINFO_HAS_INLINE_EXECUTOR)
template <typename InlineExceptionHandling>
inline constexpr bool stands_for_none<boost::asio::basic_inline_executor<InlineExceptionHandling>> =
    true;
#endif

/// True if the executor names a place. A null one does not, nor does one that stands for none.
inline bool names_a_place(const boost::asio::any_io_executor& executor) noexcept {
    using boost::asio::system_executor;
    namespace execution = boost::asio::execution;
    using never = decltype(boost::asio::require(system_executor(), execution::blocking.never));
#if defined(ASYNCINFO_HAS_INLINE_EXECUTOR)
    if (executor.target<adapted_executor<boost::asio::inline_executor>>())
        return false;
#endif
    return executor && !executor.target<system_executor>() && !executor.target<never>();
}

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_FULL_EXECUTOR_HPP
