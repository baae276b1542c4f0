//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_LOOP_READY_SIGNAL_HPP
#define ASYNCINFO_DETAIL_LOOP_READY_SIGNAL_HPP

#include <asyncinfo/detail/base/config.hpp>

#include <boost/system/error_code.hpp>

namespace asyncinfo::detail {

/// A descriptor or event that a foreign loop can wait for: an eventfd on Linux, a pipe on other
/// POSIX systems (and with `ASYNCINFO_NO_EVENTFD`), a manual-reset event on Windows.
class ready_signal {
public:
#if defined(_WIN32)
    using native_handle_type = void*;
#else
    using native_handle_type = int;
#endif

    ready_signal() = default;
    ready_signal(const ready_signal&) = delete;
    ready_signal& operator=(const ready_signal&) = delete;
    ~ready_signal() { close(); }

    bool is_open() const noexcept { return read_ != none; }
    native_handle_type native_handle() const noexcept { return read_; }

    boost::system::error_code open() noexcept;
    ASYNCINFO_DECL void close() noexcept; // called by the destructor of the queue, which is inline
    /// Called when the descriptor has been closed elsewhere. Its number may be another file's by
    /// now, so it is not closed.
    void forget() noexcept;

    boost::system::error_code set() noexcept;
    /// Sets a signal that is set already, so that edge-triggered waits see a change.
    boost::system::error_code set_again() noexcept;
    boost::system::error_code reset() noexcept;

private:
#if defined(_WIN32)
    static constexpr native_handle_type none = nullptr;
#else
    static constexpr native_handle_type none = -1;
    native_handle_type write_ = none; ///< the same as `read_` for an eventfd
#endif
    native_handle_type read_ = none;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_LOOP_READY_SIGNAL_HPP
