//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_DRIVEN_CONTEXT_HPP
#define ASYNCINFO_DETAIL_ASIO_DRIVEN_CONTEXT_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>

#include <concepts>

namespace asyncinfo {

class completion_queue;

namespace detail {

class queue_core;

/// A context that a thread can run while it waits, as in `op.get(context)`: an `asio::io_context`
/// or a `completion_queue`.
class ASYNCINFO_DECL driven_context {
public:
    driven_context(boost::asio::io_context& context) noexcept : io_context_(&context) {}
    driven_context(completion_queue& queue) noexcept;
    template <std::derived_from<boost::asio::execution_context> Context>
        requires(!std::derived_from<Context, boost::asio::io_context> &&
                 !std::derived_from<Context, completion_queue>)
    driven_context(Context&) = delete; // it has threads of its own: get(), on none of them

    /// One of these two is null.
    boost::asio::io_context* io_context() const noexcept { return io_context_; }
    queue_core* queue() const noexcept { return queue_; }

    bool running_in_this_thread() const noexcept;

private:
    boost::asio::io_context* io_context_ = nullptr;
    queue_core* queue_ = nullptr;
};

} // namespace detail
} // namespace asyncinfo

#endif // ASYNCINFO_DETAIL_ASIO_DRIVEN_CONTEXT_HPP
