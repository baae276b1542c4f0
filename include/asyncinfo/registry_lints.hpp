//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_REGISTRY_LINTS_HPP
#define ASYNCINFO_REGISTRY_LINTS_HPP

#include <asyncinfo/registry.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asyncinfo::detail {

ASYNCINFO_DECL void watch_context(const boost::asio::any_io_executor& executor,
                                  std::string_view name, std::function<bool()> is_stopped);

} // namespace asyncinfo::detail

namespace asyncinfo::registry {

/// A suspicion: what is often a mistake in a program.
enum class lint : unsigned char {
    not_stopped,     ///< an operation was asked to stop, and runs on
    no_progress,     ///< an operation that reports progress has not done so for long
    hot_poll,        ///< a loop asks for a status all the time
    growing,         ///< there are many operations of one name, and more all the time
    unseen_error,    ///< operations have failed, and nobody asked for the error
    context_not_run, ///< no thread runs a context that is watched
    context_blocked, ///< a handler keeps a context that is watched from running others
};

/// The enumerator's name: "not_stopped".
ASYNCINFO_DECL std::string_view to_string(lint lint) noexcept;
/// What to do about it: a sentence.
ASYNCINFO_DECL std::string_view remedy(lint lint) noexcept;

/// From when on something is suspicious.
struct lint_limits {
    /// The time that an operation takes to stop.
    clock::duration not_stopped = std::chrono::seconds(5);
    /// The time between two reports of progress.
    clock::duration no_progress = std::chrono::seconds(30);
    /// How often a second a status is asked for.
    double polls = 50'000;
    /// How many operations of one name are outstanding.
    std::uint64_t outstanding = 1'000;
    /// The time that a context is not run.
    clock::duration not_run = std::chrono::seconds(5);
    /// The time that a handler takes.
    clock::duration blocked = std::chrono::milliseconds(100);
};

/// A suspicion about something in a report.
struct finding {
    registry::lint lint{};       ///< which one
    std::uint64_t operation = 0; ///< its Id, or zero if it is about no operation
    std::string what;            ///< the name of the operation, of its family, or of the context
    std::string text;            ///< a sentence with the figures: "It was asked to stop 7 s ago."
};

/// Returns what is suspicious in a report, in the order of `lint`. `before` is an earlier report:
/// of what grows it finds only what has grown since then. Without one, it is an empty report.
///
/// Errors: `std::bad_alloc`.
///
/// Example:
///
///     for (const auto& found : registry::find_lints(registry::snapshot()))
///         std::clog << found.what << ": " << found.text << ' ' << remedy(found.lint) << '\n';
ASYNCINFO_DECL std::vector<finding> find_lints(const report& now, const report& before = {},
                                               const lint_limits& limits = {});

/// Calls `handler` for each operation that failed, and was gone before anybody asked for the
/// error. Null, the default, calls nobody. The registry must be on when the operation starts.
///
/// Executor and threads: call this from any thread. The handler is called on the thread that
/// dropped the last handle; several threads can call it at once. It must not throw.
///
/// Example:
///
///     registry::on_unseen_error([](const registry::ended& lost) {
///         std::clog << lost.name << " failed unseen: " << lost.code.message() << '\n';
///     });
ASYNCINFO_DECL void on_unseen_error(std::function<void(const ended&)> handler);

/// Has reports tell whether `context` is run: an `io_context`, a `thread_pool`, or whatever has
/// `get_executor()`. Each `snapshot` posts a function that does nothing to it, unless the one
/// before still waits there. So `run_one` of the context returns for that function, too.
///
/// Lifetime: until the context is destroyed.
///
/// Errors: `std::bad_alloc`.
///
/// Example:
///
///     registry::watch(context, "network");
template <typename ExecutionContext>
void watch(ExecutionContext& context, std::string_view name) {
    std::function<bool()> stopped;
    if constexpr (requires { context.stopped(); })
        stopped = [&context] { return context.stopped(); };
    detail::watch_context(context.get_executor(), name, std::move(stopped));
}

} // namespace asyncinfo::registry

#endif // ASYNCINFO_REGISTRY_LINTS_HPP
