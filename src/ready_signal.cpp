//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/loop/ready_signal.hpp>

#include <boost/system/system_category.hpp>

#include <utility>

#if defined(_WIN32)
#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#else
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <unistd.h>
#if defined(__linux__) && !defined(ASYNCINFO_NO_EVENTFD)
#define ASYNCINFO_HAS_EVENTFD
#include <sys/eventfd.h>
#endif
#endif

namespace asyncinfo::detail {

using boost::system::error_code;

#if defined(_WIN32)

namespace {

error_code result(BOOL succeeded) noexcept {
    return succeeded
               ? error_code()
               : error_code(static_cast<int>(GetLastError()), boost::system::system_category());
}

} // namespace

error_code ready_signal::open() noexcept {
    read_ = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    return result(read_ != none);
}

void ready_signal::close() noexcept {
    if (is_open())
        CloseHandle(std::exchange(read_, none));
}

void ready_signal::forget() noexcept { read_ = none; }

error_code ready_signal::set() noexcept { return result(SetEvent(read_)); }

error_code ready_signal::set_again() noexcept { return set(); }

error_code ready_signal::reset() noexcept { return result(ResetEvent(read_)); }

#else

namespace {

error_code last_error() noexcept { return {errno, boost::system::system_category()}; }

/// Repeats a call that a signal has interrupted.
template <typename Call>
auto retry(Call call) noexcept {
    for (;;)
        if (const auto result = call(); result >= 0 || errno != EINTR)
            return result;
}

/// Success also if there is nothing to read, or no room to write: the signal is as it should be.
error_code result(ssize_t size) noexcept {
    return size >= 0 || errno == EAGAIN || errno == EWOULDBLOCK ? error_code() : last_error();
}

} // namespace

void ready_signal::close() noexcept {
    if (!is_open())
        return;
    if (write_ != read_)
        ::close(write_);
    ::close(read_);
    read_ = write_ = none;
}

void ready_signal::forget() noexcept {
    if (write_ != read_)
        ::close(write_);
    read_ = write_ = none;
}

#if defined(ASYNCINFO_HAS_EVENTFD)

error_code ready_signal::open() noexcept {
    read_ = write_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return is_open() ? error_code() : last_error();
}

error_code ready_signal::set() noexcept {
    const std::uint64_t one = 1;
    return result(retry([&] { return ::write(write_, &one, sizeof one); }));
}

error_code ready_signal::set_again() noexcept { return set(); }

error_code ready_signal::reset() noexcept {
    std::uint64_t count = 0;
    return result(retry([&] { return ::read(read_, &count, sizeof count); }));
}

#else

error_code ready_signal::open() noexcept {
    int ends[2];
    if (::pipe(ends) != 0)
        return last_error();
    read_ = ends[0];
    write_ = ends[1];
    for (const int end : ends)
        if (::fcntl(end, F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(end, F_SETFL, O_NONBLOCK) != 0) {
            const error_code error = last_error();
            close();
            return error;
        }
    return {};
}

error_code ready_signal::set() noexcept {
    return result(retry([&] { return ::write(write_, "", 1); }));
}

error_code ready_signal::set_again() noexcept {
    // Not every system reports a second byte in the pipe as a change.
    const error_code error = reset();
    return error ? error : set();
}

error_code ready_signal::reset() noexcept {
    char bytes[16];
    ssize_t size = 0;
    do
        size = retry([&] { return ::read(read_, bytes, sizeof bytes); });
    while (size == static_cast<ssize_t>(sizeof bytes));
    return result(size);
}

#endif
#endif

} // namespace asyncinfo::detail
