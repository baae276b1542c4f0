//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_START_INITIATED_OPERATION_HPP
#define ASYNCINFO_DETAIL_START_INITIATED_OPERATION_HPP

#include <asyncinfo/detail/asio/bound_token.hpp>
#include <asyncinfo/detail/asio/executor_storage.hpp>
#include <asyncinfo/detail/asio/post_to.hpp>
#include <asyncinfo/detail/asio/published_executor.hpp>
#include <asyncinfo/detail/asio/runs_here.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/memory_for.hpp>
#include <asyncinfo/detail/base/recycling.hpp>
#include <asyncinfo/detail/block/operation.hpp>
#include <asyncinfo/detail/block/post_request.hpp>
#include <asyncinfo/detail/start/handler_work.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/system_executor.hpp>

#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// The context of an executor; null if it has none.
template <typename Executor>
const void* context_of(const Executor& executor) noexcept {
    if constexpr (boost::asio::can_query_v<const Executor&, boost::asio::execution::context_t>) {
        try {
            return &boost::asio::query(executor, boost::asio::execution::context);
        } catch (...) {
        }
    }
    return nullptr;
}

/// An operation's name, in memory from the operation's allocator; empty for an operation without
/// one.
template <typename Name, typename Allocator>
class name_keeper {
public:
    name_keeper(const Name& name, const Allocator& allocator)
        : name_(name.data(), name.size(), char_allocator(allocator)) {}

    std::string_view get() const noexcept { return name_; }

private:
    using char_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<char>;

    const std::basic_string<char, std::char_traits<char>, char_allocator> name_;
};

template <typename Allocator>
class name_keeper<unbound, Allocator> {
public:
    name_keeper(const unbound&, const Allocator&) noexcept {}
    std::string_view get() const noexcept { return {}; }
};

/// Where redirect_error puts the error, which must be `timed_out` for an abort after the
/// operation's own deadline.
template <typename Where>
struct redirected_error {
    Where where;
    void mend(const operation_base& ended) const noexcept { ended.mend_if_timed_out(*where); }
};
template <>
struct redirected_error<unbound> {
    explicit redirected_error(const unbound&) noexcept {}
    void mend(const operation_base&) const noexcept {}
};

/// The type of progress that an operation reports, void for none, and the part of its block that
/// does so.
template <typename Reporter>
struct reporter_traits {
    using value_type = typename Reporter::value_type;
    using tracker = typename Reporter::tracker;
};
template <>
struct reporter_traits<unbound> {
    using value_type = void;
    struct tracker {
        explicit tracker(const unbound&) noexcept {}
    };
};

/// An operation and the room behind it, see `small_executor_storage`.
template <typename Operation>
struct operation_with_room {
    Operation operation;
    small_executor_storage::room room;
};

/// The whole block, which `use_async_info` allocates once for each operation.
///
/// `Executor` is where a request for cancellation is delivered: the bound executor, else the one
/// that the initiation publishes, else `captured_executor`. `IoExecutor` is the published one where
/// another is bound, else `unbound`. `Redirected` is where redirect_error puts the error, or
/// `unbound`. `Reporter` reports the operation's progress, see
/// detail/progress/transfer_tracker.hpp, or is `unbound`.
template <typename T, typename P, typename Executor, bool BoundExecutor, typename IoExecutor,
          typename Allocator, typename ImmediateExecutor, typename Name, typename Redirected,
          typename Reporter>
class initiated_operation final : public block_t<T, P> {
public:
    using result_type = T;
    using executor_type = Executor;
    using allocator_type =
        std::conditional_t<is_bound<Allocator>, Allocator, recycling_allocator<void>>;
    using immediate_executor_type = ImmediateExecutor;
    static constexpr bool has_bound_executor = BoundExecutor;
    static constexpr bool captures_executor = std::is_same_v<Executor, captured_executor>;

    template <typename Token, typename E>
    static initiated_operation* create(const Token& token, E&& executor,
                                       const IoExecutor& io_executor) {
        block_allocator allocator = [&] {
            if constexpr (is_bound<Allocator>)
                return block_allocator(detail::bound_to<bound::allocator>(token));
            else
                return block_allocator();
        }();
        const auto create_in = [&]<typename Block, typename Kept>(std::type_identity<Block>,
                                                                  Kept&& kept) {
            memory_for<Block, block_allocator> memory(allocator);
            return memory.keep(::new (memory.place()) initiated_operation(
                token, std::forward<Kept>(kept), allocator, io_executor));
        };
        using block = std::type_identity<initiated_operation>;
        if constexpr (!may_have_room)
            return create_in(block(), std::forward<E>(executor));
        else if (const auto* const bare = keeper::bare(executor))
            return create_in(block(), *bare);
        else
            return create_in(std::type_identity<with_room>(), std::forward<E>(executor));
    }

    allocator_type get_allocator() const noexcept { return allocator_type(allocator_); }
    /// For the completion handler, until it is called.
    const Executor& get_bound_executor() const noexcept
        requires BoundExecutor
    {
        return executor_.get();
    }
    const ImmediateExecutor& get_immediate_executor() const noexcept { return immediate_; }

    template <typename Initiation, typename Token>
    operation_description describe(const Token& token) const {
        operation_description made{.origin = operation_origin::initiated,
                                   .name = name(),
                                   .what_type = boost::typeindex::type_id<Initiation>(),
                                   .kind = kind(),
                                   .context = context()};
        if constexpr (is_bound<bound_t<bound::location, Token>>) {
            const std::source_location& where = detail::bound_to<bound::location>(token);
            made.file = where.file_name();
            made.line = where.line();
        }
        return made;
    }

    /// Called inside the gate, before anything has been started.
    void begin_progress() {
        if constexpr (is_bound<Reporter>)
            tracker_.begin(*this);
    }

    /// Called when the completion handler is invoked.
    void called() noexcept { redirected_.mend(*this); }

    /// Called when the outcome is stored.
    void end() {
        if constexpr (is_bound<Reporter>)
            tracker_.end(*this);
        else
            block_t<T, P>::end();
    }

    /// Called when the completion handler is destroyed without having been invoked.
    void abandon() noexcept {
        this->fail(errc::abandoned);
        if constexpr (is_bound<Reporter>)
            tracker_.forget_thrown();
        end();
    }

    template <typename Candidate>
    void capture(const Candidate& candidate) noexcept {
        if constexpr (captures_executor)
            executor_.get().capture(candidate);
    }

private:
    using block_allocator =
        typename std::allocator_traits<allocator_type>::template rebind_alloc<initiated_operation>;

    /// A bound `any_io_executor` is stored as it is, since `get_bound_executor` refers to it. An
    /// I/O object's executor beside the bound one has to be given back.
    static constexpr bool keeps_whole =
        is_bound<IoExecutor> ||
        (BoundExecutor && std::is_same_v<Executor, boost::asio::any_io_executor>);
    static constexpr bool may_have_room =
        !keeps_whole && std::is_same_v<Executor, boost::asio::any_io_executor>;

    using keeper =
        std::conditional_t<may_have_room, small_executor_storage, executor_storage<Executor>>;
    using with_room = operation_with_room<initiated_operation>;
    using operation<T>::held;

    using tracker = typename reporter_traits<Reporter>::tracker;

    template <typename E>
    keeper keep(E&& executor) noexcept {
        if constexpr (!may_have_room)
            return keeper(std::forward<E>(executor), held());
        else if constexpr (std::is_same_v<std::remove_cvref_t<E>, Executor>)
            return keeper(std::forward<E>(executor), held(),
                          &reinterpret_cast<with_room*>(this)->room);
        else
            return keeper(executor);
    }

    template <typename Token, typename E>
    initiated_operation(const Token& token, E&& executor, const block_allocator& allocator,
                        const IoExecutor& io_executor)
        : block_t<T, P>(keeps_whole ? held_executor::whole : held_executor::plain),
          allocator_(allocator), immediate_(detail::bound_to<bound::immediate_executor>(token)),
          name_(detail::bound_to<bound::name>(token), allocator),
          redirected_{detail::bound_to<bound::redirected>(token)},
          tracker_(detail::bound_to<bound::reporter>(token)),
          executor_(keep(std::forward<E>(executor))), io_executor_(io_executor, held()) {}

    boost::typeindex::type_index kind() const noexcept override {
        return boost::typeindex::type_id<operation_kind<T, P>>();
    }
    std::string_view name() const noexcept override { return name_.get(); }

    void destroy() noexcept override {
        executor_.destroy(held());
        io_executor_.destroy(held_executor::whole);
        if constexpr (may_have_room)
            if (keeper::has_room(held()))
                return memory_for<with_room, block_allocator>::destroy(
                    reinterpret_cast<with_room*>(this), allocator_);
        memory_for<initiated_operation, block_allocator>::destroy(this, allocator_);
    }

    /// A request must not overtake the operation's last handler, which is on its way if the I/O
    /// object was destroyed. So the request goes the same way: by the I/O object's executor and
    /// then the bound one, or by the executor under a strand and then the strand, since what comes
    /// from the reactor does not start in the strand. (Besides, a strand of a context that is being
    /// destroyed must not be posted to from outside: its shutdown takes no lock.)
    ///
    /// Nor is it delivered on the spot where this thread runs the executor: what Asio has placed in
    /// the slot refers to the I/O object, and nothing tells whether that still exists.
    void submit(operation_base::delivery&& request) override {
        if constexpr (is_bound<IoExecutor>) {
            if (request.hops() == 0) {
                request.set_last(false);
                return post_request(io_executor_.get(), std::move(request));
            }
        }
        executor_.visit(held(), [&]<typename E>(const E& executor) {
            if constexpr (captures_executor) {
                // Read once, since a step may capture one meanwhile. Without an executor the caller's
                // thread is as good as any other.
                auto* const captured = executor.get();
                if (captured)
                    return post_on_the_way(*captured, std::move(request));
                request.set_last(true);
                std::move(request)();
            } else if constexpr (std::is_base_of_v<boost::asio::system_executor, E>) {
                request.set_last(true);
                std::move(request)();
            } else {
                post_on_the_way(executor, std::move(request));
            }
        });
    }

    boost::asio::any_io_executor own_executor(const any_executor_maker& make) override {
        return executor_.any(make, held(), this->status() != AsyncStatus::Started);
    }

    void give_back_executor() noexcept override {
        held() = executor_.give_back();
        if constexpr (std::is_same_v<IoExecutor, boost::asio::any_io_executor>)
            io_executor_.get() = nullptr; // nobody asks for what remains of it
        else
            io_executor_.give_back();
    }

    bool runs_here() const noexcept override {
        if constexpr (is_bound<Reporter>)
            if (this->calls_here())
                return true;
        return executor_.visit(held(), [&](const auto& executor) {
            if constexpr (captures_executor) {
                auto* captured = executor.get();
                return captured && runs_on_this_thread(*captured);
            } else {
                return runs_on_this_thread(executor) || io_executor_runs_here();
            }
        });
    }

    const void* context() const noexcept {
        return executor_.visit(held(), []<typename E>(const E& executor) -> const void* {
            if constexpr (captures_executor)
                return nullptr;
            else
                return context_of(executor);
        });
    }

    bool io_executor_runs_here() const noexcept {
        if constexpr (is_bound<IoExecutor>)
            return runs_on_this_thread(io_executor_.get());
        else
            return false;
    }

    ASYNCINFO_NO_UNIQUE_ADDRESS block_allocator allocator_;
    ASYNCINFO_NO_UNIQUE_ADDRESS ImmediateExecutor immediate_;
    ASYNCINFO_NO_UNIQUE_ADDRESS name_keeper<Name, block_allocator> name_;
    ASYNCINFO_NO_UNIQUE_ADDRESS redirected_error<Redirected> redirected_;
    ASYNCINFO_NO_UNIQUE_ADDRESS tracker tracker_;
    // The last, since their destructors do nothing: if making one of the above throws, these are not
    // there yet.
    keeper executor_;
    ASYNCINFO_NO_UNIQUE_ADDRESS executor_storage<IoExecutor> io_executor_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_START_INITIATED_OPERATION_HPP
