//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/base/this_thread.hpp>

namespace asyncinfo::detail {

#if defined(_WIN32) && defined(ASYNCINFO_DYN_LINK)
static constinit thread_local thread_data data_of_this_thread;

thread_data& this_thread() noexcept { return data_of_this_thread; }
#else
constinit thread_local thread_data data_of_this_thread;
#endif

} // namespace asyncinfo::detail
