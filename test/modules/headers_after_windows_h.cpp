// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// Windows' headers define macros with names that anybody may want to use. A program can include
// them before ours. This compiles then, and that is the test.

#if defined(_WIN32)
// Not <windows.h> first: that alone brings the sockets of old, which Asio refuses.
#include <winsock2.h>

#include <windows.h>

#include <asyncinfo.h>
#include <objbase.h>
#endif

// What is not ours is left alone by the macros below.
#include <boost/asio.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <boost/type_index.hpp>
#if __has_include(<boost/asio/cancel_at.hpp>)
#include <boost/asio/cancel_at.hpp>
#endif

#include <algorithm>
#include <complex>
#include <functional>
#include <future>
#include <ranges>
#include <thread>
#include <variant>

// As the headers of Microsoft's SDK have them; those of mingw-w64 leave some out.
#undef min
#undef max
#undef near
#undef far
#undef small
#undef hyper
#undef interface
#undef ERROR
#undef IN
#undef OUT
#undef OPTIONAL
#undef CONST
#undef VOID
#undef DELETE
#undef NO_ERROR
#undef STRICT
#undef PASCAL
#undef THIS
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define near
#define far
#define small char
#define hyper __int64
#define interface struct
#define ERROR 0
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define VOID void
#define DELETE (0x00010000L)
#define NO_ERROR 0L
#define STRICT 1
#define PASCAL
#define THIS void

#include <asyncinfo/asyncinfo.hpp>
#include <asyncinfo/beast.hpp>
#if defined(_WIN32)
#include <asyncinfo/loop/win32.hpp>
#include <asyncinfo/windows.hpp>
#endif
