//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_ASYNCINFO_HPP
#define ASYNCINFO_ASYNCINFO_HPP

/// Includes all of asyncinfo: asynchronous operations of Boost.Asio as objects in the shape of the
/// Windows Runtime's IAsyncInfo.
///
/// Example:
///
///     IAsyncAction wait = timer.async_wait(use_async_info); // starts at once
///     std::thread other([&] { context.run(); });
///     while (wait.Status() == AsyncStatus::Started)
///         std::this_thread::sleep_for(16ms); // or draw a frame
///     wait.GetResults();                     // throws what went wrong
///
/// | header                              | what it has                                                  |
/// |-------------------------------------|--------------------------------------------------------------|
/// | `use_async_info.hpp`                | the completion token                                         |
/// | `async_info.hpp`                    | `IAsyncInfo`: identity, status, cancellation, waiting        |
/// | `async_action.hpp`                  | `IAsyncAction`, without a result                             |
/// | `async_operation.hpp`               | `IAsyncOperation<T>`, with a result                          |
/// | `async_action_with_progress.hpp`    | `IAsyncActionWithProgress<P>`                                |
/// | `async_operation_with_progress.hpp` | `IAsyncOperationWithProgress<T, P>`                          |
/// | `async_source.hpp`                  | `async_source<T, P>`: your own producer of an operation      |
/// | `async_completed_handler.hpp`       | the delegates for `Completed`                                |
/// | `async_progress_handler.hpp`        | the delegates for `Progress`, and the members that take them |
/// | `with_progress.hpp`                 | progress of Asio's composed operations                       |
/// | `progress_stream.hpp`               | a stream that counts the bytes that pass                     |
/// | `transfer_progress.hpp`             | what those two report                                        |
/// | `every.hpp`                         | a Progress handler that is not called too often              |
/// | `async_status.hpp`                  | `AsyncStatus`                                                |
/// | `cancel_on_destroy.hpp`             | a scoped owner                                               |
/// | `abandon_on_cancel.hpp`             | for operations that cannot be stopped                        |
/// | `to_future.hpp`                     | a `std::future` of the result                                |
/// | `stop_on.hpp`                       | a `std::stop_token` that cancels                             |
/// | `co_await.hpp`                      | awaiting a handle in any coroutine                           |
/// | `coroutine.hpp`                     | coroutines that return handles                               |
/// | `fire_and_forget.hpp`               | coroutines without a handle                                  |
/// | `resume_on.hpp`                     | moves a coroutine to another executor                        |
/// | `resume_after.hpp`                  | makes a coroutine wait for a time                            |
/// | `cancellation_token.hpp`            | tells a coroutine that it has been asked to stop             |
/// | `progress_token.hpp`                | reports the progress of a coroutine                          |
/// | `completion_queue.hpp`              | an execution context for a loop that is not Asio's           |
/// | `when_all.hpp`, `when_any.hpp`      | combinations of operations                                   |
/// | `operation_group.hpp`               | a set of operations: which one has ended?                    |
/// | `long_wait.hpp`                     | says which `get()` never ends                                |
/// | `token_adapter.hpp`                 | makes an adapter of completion tokens known                  |
/// | `error.hpp`                         | `errc` and its category, `operation_canceled`                |
/// | `condition.hpp`                     | what an error code means: cancelled, timed out               |
/// | `version.hpp`                       | `ASYNCINFO_VERSION`                                          |
///
/// `impl/` has the template bodies of the header of the same name. `detail/` is the machinery;
/// doc/internals.md is its map. Neither is for users.
///
/// It does not include `beast.hpp` (WebSocket over a `progress_stream`), `windows.hpp` (COM), nor
/// `src.hpp`, which compiles the library where it is included, nor `loop/glib.hpp`, `qt.hpp`,
/// `sdl.hpp`, `uv.hpp` and `win32.hpp`, which poll a queue in the loops of these libraries.
#include <asyncinfo/abandon_on_cancel.hpp>
#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_action_with_progress.hpp>
#include <asyncinfo/async_completed_handler.hpp>
#include <asyncinfo/async_info.hpp>
#include <asyncinfo/async_operation.hpp>
#include <asyncinfo/async_operation_with_progress.hpp>
#include <asyncinfo/async_progress_handler.hpp>
#include <asyncinfo/async_source.hpp>
#include <asyncinfo/async_status.hpp>
#include <asyncinfo/cancel_on_destroy.hpp>
#include <asyncinfo/cancellation_token.hpp>
#include <asyncinfo/co_await.hpp>
#include <asyncinfo/completion_queue.hpp>
#include <asyncinfo/condition.hpp>
#include <asyncinfo/coroutine.hpp>
#include <asyncinfo/error.hpp>
#include <asyncinfo/every.hpp>
#include <asyncinfo/fire_and_forget.hpp>
#include <asyncinfo/long_wait.hpp>
#include <asyncinfo/operation_group.hpp>
#include <asyncinfo/progress_stream.hpp>
#include <asyncinfo/progress_token.hpp>
#include <asyncinfo/resume_after.hpp>
#include <asyncinfo/resume_on.hpp>
#include <asyncinfo/stop_on.hpp>
#include <asyncinfo/to_future.hpp>
#include <asyncinfo/token_adapter.hpp>
#include <asyncinfo/transfer_progress.hpp>
#include <asyncinfo/use_async_info.hpp>
#include <asyncinfo/version.hpp>
#include <asyncinfo/when_all.hpp>
#include <asyncinfo/when_any.hpp>
#include <asyncinfo/with_progress.hpp>

#endif // ASYNCINFO_ASYNCINFO_HPP
