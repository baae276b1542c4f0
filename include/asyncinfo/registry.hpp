//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_REGISTRY_HPP
#define ASYNCINFO_REGISTRY_HPP

#include <asyncinfo/async_status.hpp>
#include <asyncinfo/ending.hpp>
#include <asyncinfo/operation_origin.hpp>

#include <boost/system/error_code.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A list of the operations that run, for whoever wants to know what a program waits for.
///
/// It is off until a program turns it on: then each operation that starts costs one load of a
/// variable. While it is on, an operation has a row of 96 bytes, which its own threads write
/// without a lock.
///
/// Executor and threads: call everything here from any thread.
///
/// Lifetime: the texts in these structures stay valid until the program ends.
namespace asyncinfo::registry {

/// The clock of all times here.
using clock = std::chrono::steady_clock;

/// Puts operations that start from now on in the registry. The environment variable
/// ASYNCINFO_REGISTRY=1 does so when the program starts.
ASYNCINFO_DECL void enable() noexcept;
/// Stops that. Operations that are in the registry stay in it until they are gone.
ASYNCINFO_DECL void disable() noexcept;
/// Whether operations that start are put in the registry.
ASYNCINFO_DECL bool is_enabled() noexcept;

/// A place in the source.
struct location {
    std::string_view file; ///< empty if the place is not known
    unsigned line = 0;     ///< the first is 1
};

/// A request to stop.
struct request {
    cancel_source by = cancel_source::none; ///< who made the first one
    clock::time_point at;                   ///< when that was
};

/// How far an operation has come. The numbers are rounded to some seven digits.
struct progress {
    double value = 0;            ///< the last value that was reported, or the bytes transferred
    std::optional<double> total; ///< the bytes in all, where they are known
    clock::time_point at;        ///< when it was reported
};

/// What a coroutine waits for at a `co_await`.
struct awaited {
    /// The Id of the operation; zero if it is not an operation of the library's.
    std::uint64_t id = 0;
    /// What is awaited, where it is not an operation of the library's: "async_receive".
    std::string_view what;
    /// Where the `co_await` is.
    location at;
};

/// An operation that has not ended.
struct outstanding {
    std::uint64_t id = 0;  ///< its Id
    std::string_view name; ///< by `use_async_info.named("login")`
    /// The initiating function, the coroutine's function, the combination: "async_receive".
    std::string_view what;
    std::string_view result; ///< the type of the result: "unsigned long"
    operation_origin origin = operation_origin::initiated; ///< what made it
    clock::time_point started;                             ///< when it started
    /// Where it was started, by `named` or `here`.
    location at;
    /// What it belongs to, by its Id: a coroutine that awaits it, a combination, or a group. Zero
    /// if it belongs to nothing.
    std::uint64_t parent = 0;
    bool parent_is_group = false;               ///< whether that is a group
    std::optional<registry::request> request;   ///< nothing if nobody has asked it to stop
    std::optional<clock::time_point> deadline;  ///< the next one
    std::optional<registry::progress> progress; ///< the last that was reported
    std::optional<registry::awaited> awaits;    ///< for coroutines
    /// The execution context of its executor, or null if there is none. It can be gone.
    const void* context = nullptr;
    /// How often `Status` has been asked for.
    std::uint64_t polls = 0;
};

/// An operation that has ended. The members that `outstanding` has as well mean the same.
struct ended {
    std::uint64_t id = 0;                                  ///< its Id
    std::string_view name;                                 ///< its name
    std::string_view what;                                 ///< what was started
    operation_origin origin = operation_origin::initiated; ///< what made it
    clock::time_point started;                             ///< when it started
    clock::time_point at;                                  ///< when it ended
    location started_at;                                   ///< where it was started
    std::uint64_t parent = 0;                              ///< what it belonged to
    bool parent_is_group = false;                          ///< whether that was a group
    AsyncStatus status = AsyncStatus::Completed;           ///< as what it ended
    boost::system::error_code code;                        ///< by which error
    async_ending ending;                                   ///< why
};

/// How many operations took how long.
struct histogram {
    /// The number of buckets. Bucket 0 has what took less than a microsecond, bucket n what took
    /// less than two to the power of n microseconds, the last one everything else.
    static constexpr std::size_t buckets = 36;
    std::array<std::uint64_t, buckets> counts{}; ///< of each bucket
    clock::duration sum{};                       ///< of all durations

    /// The limit of bucket n.
    static constexpr clock::duration upper(std::size_t n) noexcept {
        return std::chrono::microseconds(std::int64_t(1) << n);
    }
    /// The duration that this share of the operations stayed below, as far as the buckets tell:
    /// 0.99.
    ASYNCINFO_DECL clock::duration quantile(double share) const noexcept;
};

/// All operations of one name, or without a name of one initiating function.
struct family {
    std::string_view name;       ///< empty if they have none
    std::string_view what;       ///< what was started first
    std::uint64_t started = 0;   ///< how many
    std::uint64_t completed = 0; ///< how many ended so
    std::uint64_t canceled = 0;  ///< how many ended so
    std::uint64_t failed = 0;    ///< how many ended as Error
    /// Failed, and gone before anybody asked for the error.
    std::uint64_t unseen = 0;
    registry::histogram took; ///< how long those took that have ended
};

/// A context that `watch` has been called for.
struct watched {
    const void* context = nullptr; ///< the execution context
    std::string name;              ///< the one given to `watch`
    /// Since when a function waits there for a thread that runs it. Nothing if none waits.
    std::optional<clock::time_point> waits_since;
    /// Whether it has ever been run since `watch`.
    bool has_run = false;
    /// Whether its `run()` has returned, and will not run anything before `restart()`.
    bool is_stopped = false;
};

/// What the registry knows at one moment.
struct report {
    clock::time_point taken;           ///< when
    std::vector<outstanding> running;  ///< the oldest first
    std::vector<registry::ended> gone; ///< the last ones that ended, the latest first
    std::vector<family> families;      ///< counts, by name
    std::vector<watched> contexts;     ///< those that are watched
};

/// Returns what the registry knows. It takes no lock that an operation takes, but for a
/// post to each context that is watched, and no operation waits for it. An operation that runs
/// throughout the call is in the report. One that starts or ends meanwhile is in it or not.
///
/// Errors: `std::bad_alloc`.
///
/// Example:
///
///     for (const auto& op : registry::snapshot().running)
///         std::clog << op.id << ' ' << op.name << ' ' << op.what << '\n';
ASYNCINFO_DECL report snapshot();

/// Writes the operations that run as a tree, from what waits down to what it waits for.
///
/// Example:
///
///     registry::dump(std::cerr);
ASYNCINFO_DECL void dump(std::ostream& stream);
/// The same of a report.
ASYNCINFO_DECL void dump(std::ostream& stream, const report& from);

/// Asks the operation with this Id to stop, as `Cancel` of a handle does. Returns false if no such
/// operation is running, or it is not in the registry.
ASYNCINFO_DECL bool
cancel(std::uint64_t id,
       boost::asio::cancellation_type_t types = boost::asio::cancellation_type::all);

/// Dumps to standard error at each such signal. A thread of its own does it, so that it works in a
/// program that hangs.
///
/// Errors: throws `boost::system::system_error` if the signal cannot be handled.
///
/// Example:
///
///     registry::dump_on_signal(SIGUSR1);
ASYNCINFO_DECL void dump_on_signal(int signal);

} // namespace asyncinfo::registry

#endif // ASYNCINFO_REGISTRY_HPP
