//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_VERSION_HPP
#define ASYNCINFO_VERSION_HPP

/// The version of the library as one number, to be compared in an `#if`, as `BOOST_VERSION` is:
/// MAJOR * 100000 + MINOR * 100 + PATCH. Version 0.2.0 is 200.
///
/// Until 1.0 a new MINOR may break code of users, and CHANGELOG.md says how; a new PATCH does not.
#define ASYNCINFO_VERSION 200

#endif // ASYNCINFO_VERSION_HPP
