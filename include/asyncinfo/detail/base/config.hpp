//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BASE_CONFIG_HPP
#define ASYNCINFO_DETAIL_BASE_CONFIG_HPP

// Without /Zc:__cplusplus, MSVC says what it compiles only in a macro of its own.
#if defined(_MSVC_LANG)
#if _MSVC_LANG < 202002L
#error "asyncinfo needs C++20: /std:c++20"
#endif
#elif __cplusplus < 202002L
#error "asyncinfo needs C++20: -std=c++20"
#endif

#include <boost/asio/version.hpp>
#include <boost/config.hpp>
#include <boost/version.hpp>

#include <version>

#if defined(BOOST_NO_EXCEPTIONS)
#error                                                                                             \
    "asyncinfo needs exceptions: compile without -fno-exceptions. Error codes come without a throw from ErrorCode() and asio::as_tuple"
#endif

#if defined(Status)
#error                                                                                             \
    "asyncinfo: Status is a macro here (X11/Xlib.h defines it): #undef Status after the last X11 header"
#endif

#if defined(BOOST_ASIO_USE_TS_EXECUTOR_AS_DEFAULT)
#error                                                                                             \
    "asyncinfo: BOOST_ASIO_USE_TS_EXECUTOR_AS_DEFAULT makes asio::any_io_executor an executor of the Networking TS; without it, those executors work where they are named"
#endif

#if BOOST_VERSION < 108100
#error "asyncinfo needs Boost 1.81 or newer"
#endif

/// With mingw-w64 and libstdc++ Asio takes POSIX threads in a file that has included a header such
/// as <memory> before Asio, and Windows' own in others. Objects of Asio's then differ from file to
/// file. So all of them take POSIX threads.
#if defined(__MINGW32__) && defined(__GLIBCXX__) && !defined(BOOST_ASIO_HAS_PTHREADS)
#if defined(BOOST_ASIO_DETAIL_CONFIG_HPP)
#error                                                                                             \
    "asyncinfo: in this file Asio's threads are others than in files that include the standard library before Asio: define BOOST_ASIO_HAS_PTHREADS for all files, as the CMake target and asyncinfo.pc do"
#endif
#define BOOST_ASIO_HAS_PTHREADS 1
#endif

/// ASYNCINFO_DECL marks what a header declares and src/ defines. ASYNCINFO_VISIBLE marks what may
/// be part of a `typeid` that is compared between modules. A shared library exports these and
/// nothing else of ours. Its users must define ASYNCINFO_DYN_LINK, which the CMake target and
/// asyncinfo.pc do.
#if !defined(ASYNCINFO_DYN_LINK)
#define ASYNCINFO_DECL
#define ASYNCINFO_VISIBLE
#elif defined(_WIN32)
#if defined(ASYNCINFO_SOURCE)
#define ASYNCINFO_DECL __declspec(dllexport)
#else
#define ASYNCINFO_DECL __declspec(dllimport)
#endif
#define ASYNCINFO_VISIBLE
#else
#define ASYNCINFO_DECL [[gnu::visibility("default")]]
#define ASYNCINFO_VISIBLE [[gnu::visibility("default")]]
#endif

/// ASYNCINFO_NOINLINE marks what would make its many callers large, and does too much for the call
/// to matter.
#if defined(__GNUC__)
#define ASYNCINFO_NOINLINE [[gnu::noinline]]
#elif defined(_MSC_VER)
#define ASYNCINFO_NOINLINE __declspec(noinline)
#else
#define ASYNCINFO_NOINLINE
#endif

/// ASYNCINFO_ALWAYS_INLINE marks what each operation goes through, in few places, where a call
/// would cost as much as what it does: an argument that is a lambda is passed through memory. A
/// compiler that does not optimise would compile it twice, inline and not.
#if defined(__GNUC__) && defined(__OPTIMIZE__)
#define ASYNCINFO_ALWAYS_INLINE [[gnu::always_inline]] inline
#elif defined(_MSC_VER)
#define ASYNCINFO_ALWAYS_INLINE __forceinline
#else
#define ASYNCINFO_ALWAYS_INLINE inline
#endif

/// ASYNCINFO_NO_UNIQUE_ADDRESS marks a member that takes no room if it is empty. MSVC ignores the
/// attribute of the standard.
#if defined(_MSC_VER)
#define ASYNCINFO_NO_UNIQUE_ADDRESS [[msvc::no_unique_address]]
#else
#define ASYNCINFO_NO_UNIQUE_ADDRESS [[no_unique_address]]
#endif

/// The features of the installed Boost. This is the only place that compares versions.
#if BOOST_VERSION >= 108200
#define ASYNCINFO_HAS_IMMEDIATE_EXECUTOR
#endif
#if BOOST_VERSION >= 108600
#define ASYNCINFO_HAS_CANCEL_AFTER
#endif
#if BOOST_VERSION >= 108700
#define ASYNCINFO_HAS_DISPOSITION
#endif
#if BOOST_VERSION >= 109000
#define ASYNCINFO_HAS_INLINE_EXECUTOR
#endif

/// A standard library without `std::jthread` lacks `stop_on` and `cancellation_token::stop_token`.
#if defined(__cpp_lib_jthread)
#define ASYNCINFO_HAS_STOP_TOKEN
#endif

/// g++ for Windows emulates thread-local variables, and frees those of a thread before it calls
/// their destructors. So there a thread that ends cannot hand over what such a variable tells.
#if defined(__MINGW32__) && defined(__GLIBCXX__)
#define ASYNCINFO_THREAD_LOCALS_GO_FIRST
#if !defined(ASYNCINFO_DISABLE_BLOCK_RECYCLING)
#define ASYNCINFO_DISABLE_BLOCK_RECYCLING
#endif
#endif

/// The doors in detail/asio know Asio's internals for these versions only. With
/// ASYNCINFO_NO_ASIO_INTERNALS, and on any other version, portable fallbacks are used: they keep
/// every promise but for the corners that the headers there list, and cost more.
#if !defined(ASYNCINFO_NO_ASIO_INTERNALS) && BOOST_VERSION >= 108100 && BOOST_VERSION < 109300
#define ASYNCINFO_USE_ASIO_INTERNALS
#endif

/// Asio's `post`, `dispatch` and `defer` also take a function to be run before the completion,
/// which one of the doors must know.
#if BOOST_VERSION >= 109000
#define ASYNCINFO_POSTS_TAKE_A_FUNCTION
#endif

#endif // ASYNCINFO_DETAIL_BASE_CONFIG_HPP
