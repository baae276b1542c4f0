//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_REGISTRY_EXPORT_HPP
#define ASYNCINFO_REGISTRY_EXPORT_HPP

#include <asyncinfo/registry.hpp>

#include <string>

/// What the registry knows, for other programs to read. Link `asyncinfo::console`, which needs
/// Boost.JSON's headers.
namespace asyncinfo::registry {

/// Returns a report as JSON (RFC 8259): one object, in UTF-8, on one line. Bytes of a name that are
/// not UTF-8 become U+FFFD. The guide to the console lists the members.
///
/// Errors: `std::bad_alloc`.
///
/// Example:
///
///     std::ofstream("operations.json") << registry::to_json(registry::snapshot());
std::string to_json(const report& from);

/// Returns a report in Prometheus' text format, version 0.0.4. Each family of operations has the
/// labels `name` and `what`:
/// - `asyncinfo_outstanding`: those that have not ended, a gauge
/// - `asyncinfo_ended_total`: those that have, with the label `status`, a counter
/// - `asyncinfo_errors_unseen_total`: failed, and nobody asked for the error, a counter
/// - `asyncinfo_duration_seconds`: how long they took, a histogram
///
/// Errors: `std::bad_alloc`.
///
/// Example:
///
///     answer.body() = registry::to_prometheus(registry::snapshot());
///     answer.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
std::string to_prometheus(const report& from);

} // namespace asyncinfo::registry

#endif // ASYNCINFO_REGISTRY_EXPORT_HPP
