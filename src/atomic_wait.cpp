//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/base/atomic_wait.hpp>

#if defined(ASYNCINFO_WAITS_BY_ADDRESS)

#include <boost/asio/detail/socket_types.hpp> // <windows.h>, in Asio's order

#if _WIN32_WINNT < 0x0602
#error "asyncinfo needs Windows 8 or newer: -D_WIN32_WINNT=0x0602"
#endif

namespace asyncinfo::detail {

void wait_on_address(const void* address, const void* old, std::size_t size) noexcept {
    ::WaitOnAddress(const_cast<void*>(address), const_cast<void*>(old), size, INFINITE);
}

void wake_by_address(const void* address) noexcept {
    ::WakeByAddressAll(const_cast<void*>(address));
}

} // namespace asyncinfo::detail

#endif
