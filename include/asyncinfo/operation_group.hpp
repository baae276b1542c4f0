//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_OPERATION_GROUP_HPP
#define ASYNCINFO_OPERATION_GROUP_HPP

#include <asyncinfo/async_info.hpp>
#include <asyncinfo/detail/asio/driven_context.hpp>
#include <asyncinfo/detail/group/group_core.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution_context.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace asyncinfo {

/// An operation that has ended, and what it was tagged with when it was added.
template <typename Tag, typename Handle = IAsyncInfo>
struct group_entry {
    Handle operation;
    Tag tag;
};

template <typename Handle>
struct group_entry<void, Handle> {
    Handle operation;
};

/// How many operations of a group have which status.
struct group_counts {
    std::size_t started = 0;
    std::size_t completed = 0;
    std::size_t canceled = 0;
    std::size_t error = 0;
};

/// A set of operations of all kinds that tells which one has ended, without asking each of them. It
/// may grow and shrink while it runs. `operation_group<>` has no tags; a group of one kind,
/// `operation_group<void, IAsyncOperation<int>>`, gives back handles of that kind.
///
/// Who takes an operation that has ended takes it out of the group: each is given once, in order of
/// ending, to whoever asks first: `try_next`, `wait_next_for`, `drain`, `async_next`, and what
/// `on_next` was given. `async_next` goes first.
///
/// Executor and threads: all members may be called from any thread at any time, also by what they
/// call; no lock is held meanwhile. A group has no thread and no executor.
///
/// Lifetime: destroying a group forgets its operations, which run on; it cancels nothing. Pending
/// `async_next` end with `operation_aborted`. A group holds a handle to each operation in it.
///
/// Errors: `std::bad_alloc`; what was called has then done nothing.
///
/// Example:
///
///     operation_group<std::string> downloads;
///     downloads.add(get(url), url);
///     ...
///     downloads.drain([](auto entry) { show(entry.tag, entry.operation.Status()); }, 2ms);
template <typename Tag = void, typename Handle = IAsyncInfo>
class operation_group {
    static_assert(std::derived_from<Handle, IAsyncInfo>,
                  "asyncinfo: an operation_group<Tag, Handle> gives back handles of the library's");
    static_assert(std::is_void_v<Tag> || std::is_nothrow_move_constructible_v<Tag>,
                  "asyncinfo: the tags of an operation_group move without throwing");

    using cancellation_type_t = boost::asio::cancellation_type_t;

public:
    using entry = group_entry<Tag, Handle>;

    operation_group() : core_(new detail::group_core) {}
    ~operation_group() { core_->close(); }
    operation_group(const operation_group&) = delete;
    operation_group& operator=(const operation_group&) = delete;

    /// Adds an operation by a handle of any kind; one that has ended already is next at once.
    /// Without a tag it gets `Tag()`. False, and nothing is done, if it is in the group: it can be
    /// added again when it has been taken. The time depends on how many are in the group by a
    /// logarithm at most.
    ///
    /// Errors: `errc::empty_handle`; `errc::illegal_method_call` after Close of the operation;
    /// `errc::group_shut_down`. The operation is unharmed.
    bool add(Handle operation)
        requires(std::is_void_v<Tag> || std::default_initializable<Tag>);
    template <typename T = Tag>
        requires(!std::is_void_v<Tag> && std::constructible_from<Tag, T>)
    bool add(Handle operation, T&& tag);

    /// The next operation that has ended, or nothing. Never blocks, and takes no longer for those
    /// that have not ended.
    std::optional<entry> try_next();

    /// Blocks until there is a next operation, or the time is over: nothing. Zero and negative
    /// durations poll; huge ones wait for ever, also in an empty group, to which others may add. At
    /// once nothing if the group is empty and has been shut down.
    ///
    /// Errors: `errc::would_deadlock` at once, if there are operations that run, and all of them
    /// need this thread.
    template <typename Rep, typename Period>
    std::optional<entry> wait_next_for(std::chrono::duration<Rep, Period> duration);

    /// Calls `f(entry)` for each operation that has ended, one at least, until there is none or
    /// `budget` is spent; what is left is there the next time. Returns how many. What `f` throws is
    /// thrown; that operation is taken.
    template <std::invocable<group_entry<Tag, Handle>> F, typename Rep, typename Period>
    std::size_t drain(F&& f, std::chrono::duration<Rep, Period> budget);
    template <std::invocable<group_entry<Tag, Handle>> F>
    std::size_t drain(F&& f);

    /// Waits for the next operation as an asynchronous operation of Asio's, with any completion
    /// token: `void(error_code, std::optional<entry>)`. Any number may be pending; they are served
    /// in order.
    ///
    /// When it completes: once there is a next operation, never within this call; also in an empty
    /// group, to which others may add.
    ///
    /// Cancellation: cancels this wait, with `operation_aborted`, and none of the operations.
    ///
    /// Executor and threads: the token's associated executor, else `asio::system_executor`.
    ///
    /// Lifetime: the context must outlive the wait; destroying the group, or cancelling, ends it. A
    /// handler that is destroyed uncalled takes nothing: the operation is next again.
    ///
    /// Errors: `errc::group_shut_down` when the group is empty and has been shut down,
    /// `operation_aborted` when it is destroyed. Without an error there is an entry.
    ///
    /// Example: `auto [error, next] = co_await group.async_next(as_tuple(asio::use_awaitable));`
    template <typename Token>
    auto async_next(Token&& token);

    /// Calls `f(entry)` for each operation that has ended, and each that will end, on an executor:
    /// one function is submitted for each, so that the budget of a queue's poll holds. Replaces the
    /// one before; null, an empty `std::function` too, takes that away.
    ///
    /// Executor and threads: on a pool `f` is called by several threads at once, unless the
    /// executor is a strand. Nothing is counted as work of the context.
    ///
    /// Lifetime: `f` and the executor are released when they are replaced, or with the group; a
    /// function that is on its way then does nothing. The context must live until then, unless its
    /// executors may be used after it, as a queue's may. An operation whose function was destroyed
    /// uncalled stays in the group, and is next. `f` may destroy the group.
    ///
    /// Errors: what the executor throws is thrown here, and then nothing will be called; and later
    /// by what ends an operation, or adds one that has ended, which is then next.
    ///
    /// Example: `group.on_next(queue, [](auto entry) { show(entry.tag, entry.operation.Status());
    /// });`
    template <typename Executor, std::invocable<group_entry<Tag, Handle>> F>
        requires(!std::convertible_to<Executor&, boost::asio::execution_context&>)
    void on_next(const Executor& executor, F f);
    /// The same on the executor of a context.
    template <typename Context, std::invocable<group_entry<Tag, Handle>> F>
        requires std::convertible_to<Context&, boost::asio::execution_context&>
    void on_next(Context& context, F f) {
        on_next(context.get_executor(), std::move(f));
    }
    void on_next(std::nullptr_t) { core_->feed(nullptr); }

    /// Those in the group: running, or ended and not taken yet.
    std::size_t size() const noexcept { return core_->size(); }
    bool empty() const noexcept { return size() == 0; }

    /// The same by status. One that has just ended may still count as started.
    group_counts counts() const noexcept;

    /// Cancels all that are in the group now. A later call may ask for more types, as with
    /// `Cancel`.
    void cancel_all(cancellation_type_t types = cancellation_type_t::all) noexcept {
        core_->cancel_all(types);
    }

    /// Waits until all in the group have ended, those that are added meanwhile too, or the time is
    /// over, and returns those that have not: `name()` tells which. Cancels nothing. Zero and
    /// negative durations do not wait; huge ones wait for ever. All stay in the group, and are next
    /// when they have ended.
    ///
    /// Errors: `errc::would_deadlock` at once, and nothing is done, if it is to wait and one of the
    /// operations needs this thread.
    template <typename Rep, typename Period>
    std::vector<IAsyncInfo> wait_all_for(std::chrono::duration<Rep, Period> duration) {
        return core_->wait_all(detail::deadline::after(duration));
    }

    /// The same, but runs `context`, an `asio::io_context` or a `completion_queue`, on this thread
    /// meanwhile: for the thread of a loop, on which operations that are bound to it would wait for
    /// their loop in vain. What its handlers throw is thrown.
    template <typename Rep, typename Period>
    std::vector<IAsyncInfo> wait_all_for(detail::driven_context context,
                                         std::chrono::duration<Rep, Period> duration) {
        return core_->wait_all(detail::deadline::after(duration), &context);
    }

    /// Takes no more operations, cancels all, and waits as `wait_all_for` does. May be called
    /// again, to stop gracefully and then by force:
    ///
    ///     if (!group.shutdown(5s, asio::cancellation_type::total).empty())
    ///         group.shutdown(1s); // everything: `terminal` is new
    template <typename Rep, typename Period>
    std::vector<IAsyncInfo> shutdown(std::chrono::duration<Rep, Period> duration,
                                     cancellation_type_t types = cancellation_type_t::all) {
        return core_->shut_down(detail::deadline::after(duration), types);
    }

    template <typename Rep, typename Period>
    std::vector<IAsyncInfo> shutdown(detail::driven_context context,
                                     std::chrono::duration<Rep, Period> duration,
                                     cancellation_type_t types = cancellation_type_t::all) {
        return core_->shut_down(detail::deadline::after(duration), types, &context);
    }

private:
    const detail::group_ptr core_;
};

} // namespace asyncinfo

#include <asyncinfo/impl/operation_group.hpp>

#endif // ASYNCINFO_OPERATION_GROUP_HPP
