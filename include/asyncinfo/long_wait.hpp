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

/// A `get()` or `wait()` that has taken long, and may never end.
struct long_wait {
    /// Which one: by its Id and its name. It runs, or has just ended.
    IAsyncInfo operation;

    /// The time that was set.
    std::chrono::steady_clock::duration time{};

    /// Whether any thread has run the operation's context since the wait began; nothing if that is
    /// not known, as of an `async_source`, which its producer ends.
    std::optional<bool> context_has_run;
};

/// One sentence that says all this.
ASYNCINFO_DECL std::string to_string(const long_wait& wait);

/// Sets what is called when a thread has waited for `time` in `get()` or `wait()` without a time
/// limit, with a context to run or without: once for each such wait. Null, the default, writes
/// `to_string` to the standard error. Concerns waits that begin from now on. A time of zero or less
/// turns it off, as it is when the program starts; then a wait costs one relaxed load more.
///
/// Executor and threads: may be called from any thread at any time. The handler is called on the
/// thread that waits, by several at once maybe. To learn whether the context is run, each wait that
/// is watched posts a function to it, which does nothing; where nobody runs it that stays until the
/// context goes.
///
/// Errors: what the handler throws is thrown by the wait, and so ends it.
///
/// Example:
/// `asyncinfo::set_long_wait_handler(10s); // says which get() hangs, and that nobody runs it`
ASYNCINFO_DECL void set_long_wait_handler(std::chrono::steady_clock::duration time,
                                          std::function<void(const long_wait&)> handler = nullptr);

} // namespace asyncinfo

#endif // ASYNCINFO_LONG_WAIT_HPP
