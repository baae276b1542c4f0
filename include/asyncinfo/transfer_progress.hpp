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

/// How far a transfer is: what `with_progress` and `progress_stream` report.
struct transfer_progress {
    std::uint64_t bytes = 0;            ///< so far
    std::optional<std::uint64_t> total; ///< what was expected, if anything
    std::chrono::nanoseconds elapsed{}; ///< from the start to these bytes

    /// Bytes per second from the start; 0 before any time has passed.
    double rate() const noexcept {
        const std::chrono::duration<double> seconds = elapsed;
        return seconds.count() > 0 ? static_cast<double>(bytes) / seconds.count() : 0;
    }

    /// From 0 to 1, and never more, whatever the total was said to be: 0 if it is not known, also
    /// when the transfer is Completed, and 1 if it is nothing.
    double fraction() const noexcept {
        if (!total)
            return 0;
        return bytes >= *total ? 1 : static_cast<double>(bytes) / static_cast<double>(*total);
    }

    friend bool operator==(const transfer_progress&, const transfer_progress&) = default;
};

/// Which of the bytes that pass a `progress_stream` count.
enum class traffic : unsigned char {
    read,    ///< those that come
    written, ///< those that go
    both     ///< all of them: what is counted unless you say otherwise
};

} // namespace asyncinfo

#endif // ASYNCINFO_TRANSFER_PROGRESS_HPP
