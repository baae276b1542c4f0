//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_action.hpp>

namespace asyncinfo {

template class basic_handle<IAsyncAction>;
template class basic_action<IAsyncAction>;

} // namespace asyncinfo
