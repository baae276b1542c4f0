//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_action.hpp>

#include <asyncinfo/detail/result.hpp>

#include <boost/system/system_error.hpp>

namespace asyncinfo {

void detail::throw_failure(operation_base* operation, const boost::system::error_code& error) {
    boost::system::error_code refused;
    if (operation && operation->status() != AsyncStatus::Started)
        if (const auto thrown = operation->exception(refused))
            std::rethrow_exception(thrown);
    throw boost::system::system_error(refused ? refused : error);
}

template class basic_action<IAsyncAction>;

} // namespace asyncinfo
