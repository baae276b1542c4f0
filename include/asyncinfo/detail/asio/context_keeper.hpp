//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_CONTEXT_KEEPER_HPP
#define ASYNCINFO_DETAIL_ASIO_CONTEXT_KEEPER_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <boost/asio/any_io_executor.hpp>

namespace asyncinfo::detail {

/// True for an executor that keeps what it needs of its context alive, so it may be stored and used
/// after the context's end. The executor of a `completion_queue` does; its header specialises this.
template <typename Executor>
inline constexpr bool keeps_context = false;

/// True for such an executor that also counts as work. It may be used after the context's end, too,
/// but must not be stored for long.
template <typename Executor>
inline constexpr bool keeps_context_busy = false;

// The type that an `any_io_executor` holds must be known to ask for it. So the queue makes its
// executors known when it is made, and a program without a queue links none of it.

struct context_keepers {
    bool (*holds)(const boost::asio::any_io_executor&) noexcept;
    bool (*holds_busy)(const boost::asio::any_io_executor&) noexcept;
    boost::asio::any_io_executor (*under_strand)(const boost::asio::any_io_executor&) noexcept;
};

/// `keepers` must be a constant of the program.
void make_known(const context_keepers& keepers) noexcept;

/// True if it holds such an executor: the first one that does not count as work, the second one
/// that does.
ASYNCINFO_DECL bool holds_context_keeper(const boost::asio::any_io_executor& executor) noexcept;
ASYNCINFO_DECL bool
holds_busy_context_keeper(const boost::asio::any_io_executor& executor) noexcept;

/// The executor under a strand, if that keeps its context; else empty.
ASYNCINFO_DECL boost::asio::any_io_executor
context_keeper_under_strand(const boost::asio::any_io_executor& executor) noexcept;

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_CONTEXT_KEEPER_HPP
