//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_REGISTRY_TRACE_HPP
#define ASYNCINFO_REGISTRY_TRACE_HPP

#include <memory>
#include <string>

namespace asyncinfo::registry {

/// Writes a trace file as long as it lives: a bar for each operation from its start to its end, to
/// be opened in Perfetto (ui.perfetto.dev) or chrome://tracing. Operations of one name share a few
/// lanes. An arrow goes from a coroutine or a combination to what it waited for. Link
/// `asyncinfo::console`, which needs Boost.JSON's headers.
///
/// The constructor turns the registry on; operations that started before it are not in the trace.
/// Those that still run when it is destroyed are, up to then. No operation is left out, however
/// many there are: what the file cannot take at once waits in memory.
///
/// Executor and threads: a thread of its own writes, every 50 milliseconds.
///
/// Lifetime: the destructor writes the rest, closes the file and joins the thread. A program that
/// ends without it leaves a file that Perfetto can read as well.
///
/// Errors: throws `std::system_error` if the file cannot be opened, or another trace is being
/// written: `device_or_resource_busy`. If the disk is full, the file ends there.
///
/// Example:
///
///     registry::trace trace("out.json");
///     context.run();
///
/// Source: the Trace Event Format of Chrome.
class trace {
public:
    /// Begins to write to this file, which is replaced.
    explicit trace(const std::string& path);
    trace(const trace&) = delete;
    trace& operator=(const trace&) = delete;
    ~trace();

    /// Whether everything so far could be written.
    bool good() const noexcept;

private:
    class writer;
    std::unique_ptr<writer> writer_;
};

} // namespace asyncinfo::registry

#endif // ASYNCINFO_REGISTRY_TRACE_HPP
