//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_TRANSFER_PROGRESS_HPP
#define ASYNCINFO_TRANSFER_PROGRESS_HPP

#include <chrono>
#include <cstdint>
#include <optional>

namespace asyncinfo {

/// How far a transfer is. `with_progress` and `progress_stream` report it.
///
/// Example:
///
///     download.Progress([](auto&, const transfer_progress& p) {
///         std::cout << int(p.fraction() * 100) << " %, " << p.rate() / 1e6 << " MB/s\n";
///     });
struct transfer_progress {
    std::uint64_t bytes = 0;            ///< how many have been transferred so far
    std::optional<std::uint64_t> total; ///< how many were expected, if that was said
    std::chrono::nanoseconds elapsed{}; ///< the time from the start to these bytes

    /// Bytes per second since the start; 0 as long as no time has passed.
    double rate() const noexcept {
        const std::chrono::duration<double> seconds = elapsed;
        return seconds.count() > 0 ? static_cast<double>(bytes) / seconds.count() : 0;
    }

    /// Which part of the total has been transferred, from 0 to 1. It is never more than 1, also if
    /// more came than was expected. Without a total it is 0, also at the end; with a total of 0 it
    /// is 1.
    double fraction() const noexcept {
        if (!total)
            return 0;
        return bytes >= *total ? 1 : static_cast<double>(bytes) / static_cast<double>(*total);
    }

    /// Whether all three are equal.
    friend bool operator==(const transfer_progress&, const transfer_progress&) = default;
};

/// Which of the bytes that pass a `progress_stream` are counted.
enum class traffic : unsigned char {
    read,    ///< those that are read
    written, ///< those that are written
    both     ///< all of them, which is the default
};

} // namespace asyncinfo

#endif // ASYNCINFO_TRANSFER_PROGRESS_HPP
