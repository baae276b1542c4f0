//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_POLLING_FRAME_HPP
#define ASYNCINFO_DETAIL_ASIO_POLLING_FRAME_HPP

#include <asyncinfo/detail/base/this_thread.hpp>

#include <boost/asio/execution_context.hpp>

#include <exception>
#include <utility>

namespace asyncinfo::detail {

/// An object on the stack of a thread that polls a `completion_queue`, one for each poll.
class polling_frame {
public:
    explicit polling_frame(const boost::asio::execution_context& context) noexcept
        : context_(&context), below_(this_thread().polling) {
        this_thread().polling = this;
    }
    polling_frame(const polling_frame&) = delete;
    polling_frame& operator=(const polling_frame&) = delete;
    ~polling_frame() { this_thread().polling = below_; }

    /// This thread's innermost frame for this context, or null. The context need not be a queue.
    static polling_frame* of(const boost::asio::execution_context& context) noexcept {
        polling_frame* frame = this_thread().polling;
        while (frame && frame->context_ != &context)
            frame = frame->below_;
        return frame;
    }

    /// Keeps what a function called inline threw: the exception goes to the caller of the poll, not
    /// to the caller of dispatch.
    void capture(std::exception_ptr exception) noexcept {
        if (!thrown_)
            thrown_ = std::move(exception);
    }

    void rethrow_captured() {
        if (thrown_)
            std::rethrow_exception(std::exchange(thrown_, nullptr));
    }

private:
    const boost::asio::execution_context* context_;
    polling_frame* below_;
    std::exception_ptr thrown_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_POLLING_FRAME_HPP
