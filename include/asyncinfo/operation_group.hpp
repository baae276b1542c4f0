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

/// An operation of a group that has ended, and its tag.
template <typename Tag, typename Handle = IAsyncInfo>
struct group_entry {
    /// The operation, which has ended.
    Handle operation;
    /// What was given to `add` with it.
    Tag tag;
};

/// The same in a group without tags.
template <typename Handle>
struct group_entry<void, Handle> {
    Handle operation; ///< the operation, which has ended
};

/// How many operations of a group have which status.
struct group_counts {
    /// Those that run.
    std::size_t started = 0;
    /// Those that succeeded, and were not taken yet.
    std::size_t completed = 0;
    /// Those that were stopped, and were not taken yet.
    std::size_t canceled = 0;
    /// Those that failed, and were not taken yet.
    std::size_t error = 0;
};

/// A set of operations that tells which one has ended, without a look at each of them. You can add
/// operations of all kinds at any time, each with a tag. `operation_group<>` has no tags. A group
/// such as `operation_group<void, IAsyncOperation<int>>` gives back handles of this one kind.
///
/// Whoever asks for an operation that has ended takes it out of the group. So each is given once,
/// in the order of their ends. There are five ways to ask: `try_next`, `wait_next_for`, `drain`,
/// `async_next`, and `on_next`. If several ask at the same time, `async_next` goes first.
///
/// Executor and threads: call all members from any thread at any time, also in what they call. No
/// lock is held meanwhile. A group has no thread and no executor.
///
/// Lifetime: a group holds a handle to each operation in it. Destroying the group cancels nothing:
/// its operations run on. An `async_next` that waits then ends with `operation_aborted`.
///
/// Errors: `std::bad_alloc`; the member has then done nothing.
///
/// Example:
///
///     operation_group<std::string> downloads;
///     downloads.add(get(url), url);
///
///     // In every frame:
///     downloads.drain([&](auto entry) { show(entry.tag, entry.operation.Status()); }, 2ms);
template <typename Tag = void, typename Handle = IAsyncInfo>
class operation_group {
    static_assert(std::derived_from<Handle, IAsyncInfo>,
                  "asyncinfo: an operation_group<Tag, Handle> gives back handles of the library's");
    static_assert(std::is_void_v<Tag> || std::is_nothrow_move_constructible_v<Tag>,
                  "asyncinfo: the tags of an operation_group move without throwing");

    using cancellation_type_t = boost::asio::cancellation_type_t;

public:
    /// What the group gives.
    using entry = group_entry<Tag, Handle>;

    /// Makes an empty group.
    operation_group() : core_(new detail::group_core) {}
    /// Forgets the operations, which run on.
    ~operation_group() { core_->close(); }
    operation_group(const operation_group&) = delete;
    operation_group& operator=(const operation_group&) = delete;

    /// Adds an operation by a handle of any kind, with the tag `Tag()`. If it has ended already, it
    /// can be taken at once. Returns false, and does nothing, if the operation is in the group;
    /// when it has been taken you can add it again. The time is logarithmic in the group's size.
    ///
    /// Errors: `errc::empty_handle`; `errc::illegal_method_call` after Close of the operation;
    /// `errc::group_shut_down`. The operation is unharmed.
    bool add(Handle operation)
        requires(std::is_void_v<Tag> || std::default_initializable<Tag>);
    /// The same with a tag.
    template <typename T = Tag>
        requires(!std::is_void_v<Tag> && std::constructible_from<Tag, T>)
    bool add(Handle operation, T&& tag);

    /// Takes the next operation that has ended; nothing if there is none. It never blocks, and
    /// operations that run cost it no time.
    ///
    /// Example:
    ///
    ///     while (auto next = group.try_next())
    ///         std::cout << next->operation.Id() << " has ended\n";
    std::optional<entry> try_next();

    /// Blocks until an operation has ended and takes it; gives nothing when the time is over. Zero
    /// and negative durations poll. Huge ones wait for ever, also in an empty group, because others
    /// can add to it. If the group is empty and has been shut down, it gives nothing at once.
    ///
    /// Errors: `errc::would_deadlock` at once, if operations run and all of them need this thread.
    template <typename Rep, typename Period>
    std::optional<entry> wait_next_for(std::chrono::duration<Rep, Period> duration);

    /// Takes the operations that have ended and calls `f(entry)` with each, until there are no more
    /// or `budget` is spent. If there is one, it takes one in any case. The rest is there the next
    /// time. Returns how many it has taken.
    ///
    /// Errors: what `f` throws; that operation has been taken.
    template <std::invocable<group_entry<Tag, Handle>> F, typename Rep, typename Period>
    std::size_t drain(F&& f, std::chrono::duration<Rep, Period> budget);
    template <std::invocable<group_entry<Tag, Handle>> F>
    std::size_t drain(F&& f);

    /// Waits for the next operation that ends, as an asynchronous operation with any completion
    /// token and the signature `void(error_code, std::optional<entry>)`. Any number can wait; they
    /// are served in the order of their calls.
    ///
    /// When it completes: when an operation has ended, never within this call. In an empty group it
    /// waits for one that others add.
    ///
    /// Cancellation: ends this wait with `operation_aborted`, and cancels none of the operations.
    ///
    /// Executor and threads: the token's associated executor, else `asio::system_executor`.
    ///
    /// Lifetime: the executor's context must outlive the wait, which ends when it is cancelled or
    /// the group is destroyed. If its handler is destroyed uncalled, the operation is next again.
    ///
    /// Errors: `errc::group_shut_down` if the group is empty and has been shut down;
    /// `operation_aborted` if the group is destroyed. Without an error there is an entry.
    ///
    /// Example:
    ///
    ///     auto [error, next] = co_await group.async_next(asio::as_tuple(asio::use_awaitable));
    template <typename Token>
    auto async_next(Token&& token);

    /// Takes each operation that has ended, and each that will end, and calls `f(entry)` with it on
    /// an executor. It submits one function for each, so a queue's poll can stop between them. It
    /// replaces the function before; null, or an empty `std::function`, removes that.
    ///
    /// Executor and threads: on a pool several threads call `f` at once, unless the executor is a
    /// strand. It does not count as work of the context.
    ///
    /// Lifetime: `f` and the executor are released when they are replaced, or with the group. A
    /// function that was submitted before then does nothing. The context must live until then,
    /// unless its executors can be used after it, as a queue's can. If a function is destroyed
    /// uncalled, its operation stays in the group, and is next. `f` may destroy the group.
    ///
    /// Errors: what the executor throws here; then nothing will be called. What it throws later
    /// comes out of what ends an operation or adds one that has ended; that one is next.
    ///
    /// Example:
    ///
    ///     group.on_next(queue, [&](auto entry) { show(entry.tag, entry.operation.Status()); });
    template <typename Executor, std::invocable<group_entry<Tag, Handle>> F>
        requires(!std::convertible_to<Executor&, boost::asio::execution_context&>)
    void on_next(const Executor& executor, F f);
    /// The same on the executor of a context, such as a queue.
    template <typename Context, std::invocable<group_entry<Tag, Handle>> F>
        requires std::convertible_to<Context&, boost::asio::execution_context&>
    void on_next(Context& context, F f) {
        on_next(context.get_executor(), std::move(f));
    }
    /// Removes the function.
    void on_next(std::nullptr_t) { core_->feed(nullptr); }

    /// How many are in the group: they run, or have ended and were not taken yet.
    std::size_t size() const noexcept { return core_->size(); }
    /// Whether none is in the group.
    bool empty() const noexcept { return size() == 0; }

    /// How many are in the group, by status. One that has just ended can still count as started.
    group_counts counts() const noexcept;

    /// Cancels all that are in the group now. A later call can add types, as with `Cancel`.
    void cancel_all(cancellation_type_t types = cancellation_type_t::all) noexcept {
        core_->cancel_all(types, cancel_source::group);
    }

    /// Blocks until all in the group have ended, also those that are added meanwhile, or until the
    /// time is over. Returns those that have not ended; their `name()` tells which they are. Takes
    /// and cancels nothing. Zero and negative durations do not wait; huge ones wait for ever.
    ///
    /// Errors: `errc::would_deadlock` at once, if it would wait and one of the operations needs
    /// this thread.
    template <typename Rep, typename Period>
    std::vector<IAsyncInfo> wait_all_for(std::chrono::duration<Rep, Period> duration) {
        return core_->wait_all(detail::deadline::after(duration));
    }

    /// The same, and runs `context`, an `asio::io_context` or a `completion_queue`, on this thread
    /// meanwhile. Use it on a loop's thread, which operations that are bound to the loop need. What
    /// the context's handlers throw is thrown.
    template <typename Rep, typename Period>
    std::vector<IAsyncInfo> wait_all_for(detail::driven_context context,
                                         std::chrono::duration<Rep, Period> duration) {
        return core_->wait_all(detail::deadline::after(duration), &context);
    }

    /// Takes no more operations from now on, cancels all, and waits as `wait_all_for` does. Call it
    /// again to stop first gracefully and then by force.
    ///
    /// Example:
    ///
    ///     if (!group.shutdown(500ms, asio::cancellation_type::total).empty())
    ///         group.shutdown(1s); // of all types: `terminal` is new
    template <typename Rep, typename Period>
    std::vector<IAsyncInfo> shutdown(std::chrono::duration<Rep, Period> duration,
                                     cancellation_type_t types = cancellation_type_t::all) {
        return core_->shut_down(detail::deadline::after(duration), types);
    }

    /// The same, and runs `context` on this thread meanwhile.
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
