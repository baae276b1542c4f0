//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_HELD_EXECUTOR_HPP
#define ASYNCINFO_DETAIL_ASIO_HELD_EXECUTOR_HPP

#include <asyncinfo/detail/asio/full_executor.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace asyncinfo::detail {

/// How an operation holds its executor.
enum class held_executor : unsigned char {
    whole,      ///< it is given back when the operation ends; after that, what remains of it
    plain,      ///< it is no more than a pointer, or as good as one, and so may outlive its context
    io_remains, ///< that of an `io_context`, which remains of an `any_io_executor`
    pool_remains ///< the same, of a `thread_pool`
};

/// Makes the `any_io_executor` that says which executor an operation has. What the conversion takes
/// is linked with who asks for that, and not with every operation.
class any_executor_maker {
public:
    virtual boost::asio::any_io_executor
    operator()(const boost::asio::io_context::executor_type& executor) const noexcept = 0;
    virtual boost::asio::any_io_executor
    operator()(const boost::asio::thread_pool::executor_type& executor) const noexcept = 0;

    template <typename Executor>
    boost::asio::any_io_executor operator()(const Executor& executor) const {
        return as_any_io_executor(executor);
    }

protected:
    ~any_executor_maker() = default;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_HELD_EXECUTOR_HPP
