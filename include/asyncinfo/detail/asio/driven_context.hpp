//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_DRIVEN_CONTEXT_HPP
#define ASYNCINFO_DETAIL_ASIO_DRIVEN_CONTEXT_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/core/deadline.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>

#include <concepts>

namespace asyncinfo {

class completion_queue;

namespace detail {

class operation_base;

/// A context that a thread can run while it waits, as in `op.get(context)`: an `asio::io_context`
/// or a `completion_queue`.
///
/// It says how its kind of context is driven, so a program links only what drives a context that it
/// has given to a member.
class ASYNCINFO_DECL driven_context {
public:
    driven_context(boost::asio::io_context& context) noexcept;
    driven_context(completion_queue& queue) noexcept;
    template <std::derived_from<boost::asio::execution_context> Context>
        requires(!std::derived_from<Context, boost::asio::io_context> &&
                 !std::derived_from<Context, completion_queue>)
    driven_context(Context&) = delete; // it has threads of its own: get(), on none of them

    bool running_in_this_thread() const noexcept { return methods_->runs_here(context_); }

    /// Runs the context on this thread until the operation has ended or the time is over. Once it
    /// has no work left it waits, as `operation_base::wait` does.
    void run_until_ended(operation_base& operation, deadline until) const {
        methods_->run(context_, operation, until);
    }

    struct methods {
        bool (*runs_here)(const void* context) noexcept;
        void (*run)(void* context, operation_base&, deadline);
    };

private:
    void* context_;
    const methods* methods_;
};

} // namespace detail
} // namespace asyncinfo

#endif // ASYNCINFO_DETAIL_ASIO_DRIVEN_CONTEXT_HPP
