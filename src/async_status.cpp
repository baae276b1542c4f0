//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/async_status.hpp>

#include <ostream>

namespace asyncinfo {

std::string_view to_string(AsyncStatus status) noexcept {
    switch (status) {
    case AsyncStatus::Started:
        return "Started";
    case AsyncStatus::Completed:
        return "Completed";
    case AsyncStatus::Canceled:
        return "Canceled";
    case AsyncStatus::Error:
        return "Error";
    }
    return "(unknown)";
}

std::ostream& operator<<(std::ostream& out, AsyncStatus status) { return out << to_string(status); }

} // namespace asyncinfo
