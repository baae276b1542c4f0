//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/detail/asio/slot_memory.hpp>

#if defined(ASYNCINFO_USE_ASIO_INTERNALS) && !defined(ASYNCINFO_DISABLE_BLOCK_RECYCLING)

namespace asyncinfo::detail {

void spare_slot_memory::call(boost::asio::cancellation_type_t) {}

std::pair<void*, std::size_t> spare_slot_memory::destroy() noexcept { return {this, size_}; }

} // namespace asyncinfo::detail

#endif
