//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_LONG_WAIT_HPP
#define ASYNCINFO_LONG_WAIT_HPP

#include <asyncinfo/async_info.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace asyncinfo {

/// Describes a `get()` or `wait()` that has taken long, and perhaps never ends.
struct long_wait {
    /// The operation that is waited for. It runs, or has just ended.
    IAsyncInfo operation;

    /// The time that was given to `set_long_wait_handler`.
    std::chrono::steady_clock::duration time{};

    /// Whether any thread has run the operation's context since the wait began. Nothing if that
    /// cannot be known, as with an `async_source`, which its producer ends.
    std::optional<bool> context_has_run;
};

/// Says all this in one sentence.
ASYNCINFO_DECL std::string to_string(const long_wait& wait);

/// Sets the function that is called when a thread has waited for `time` in a `get()` or `wait()`
/// without a time limit, also in those that run a context. It is called once for each such wait.
/// Null, the default, writes `to_string` to the standard error. It holds for waits that begin from
/// now on. A time of zero or less turns it off, and so it is when the program starts; a wait then
/// costs one relaxed load more.
///
/// Executor and threads: call this from any thread at any time. The handler is called on the thread
/// that waits; several threads can call it at once. To learn whether the context is run, each wait
/// that is watched posts a function to it that does nothing. If nobody runs the context, the
/// function stays there until the context is destroyed.
///
/// Errors: what the handler throws is thrown by the wait, which it ends.
///
/// Example:
///
///     set_long_wait_handler(10s); // says which get() hangs, and whether anybody runs its context
ASYNCINFO_DECL void set_long_wait_handler(std::chrono::steady_clock::duration time,
                                          std::function<void(const long_wait&)> handler = nullptr);

} // namespace asyncinfo

#endif // ASYNCINFO_LONG_WAIT_HPP
