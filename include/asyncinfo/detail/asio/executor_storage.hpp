//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_EXECUTOR_STORAGE_HPP
#define ASYNCINFO_DETAIL_ASIO_EXECUTOR_STORAGE_HPP

#include <asyncinfo/detail/asio/bound_token.hpp>
#include <asyncinfo/detail/asio/full_executor.hpp>
#include <asyncinfo/detail/asio/held_executor.hpp>
#include <asyncinfo/detail/asio/post_to.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <memory>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// The executor of an operation whose initiation publishes none: the first one, of whatever kind,
/// that one of its steps asks to have gated. `asio::system_executor` does not count, since steps
/// that have no executor ask with it. Until then, and if none comes, the operation has no executor.
///
/// Lambdas, for instance, do not publish an executor.
class captured_executor {
public:
    captured_executor() = default;
    /// Moved only while empty, on the way into the block.
    captured_executor(captured_executor&&) noexcept {}

    template <typename Executor>
    void capture(const Executor& candidate) noexcept {
        if constexpr (!stands_for_none<Executor>) {
            auto expected = state::none;
            if (state_.load(std::memory_order_relaxed) != expected)
                return;
            try {
                auto found = as_any_io_executor(candidate);
                if (!names_a_place(found) ||
                    !state_.compare_exchange_strong(expected, state::capturing))
                    return;
                executor_ = std::move(found);
                state_.store(state::captured, std::memory_order_release);
            } catch (...) {
                // Without memory none is captured; the next one will do as well.
            }
        }
    }

    /// The captured executor, or null.
    const boost::asio::any_io_executor* get() const noexcept {
        return state_.load(std::memory_order_acquire) == state::captured ? &executor_ : nullptr;
    }

    /// Keeps only the part that may outlive the context.
    void give_back() noexcept;

private:
    enum class state : unsigned char { none, capturing, captured };

    boost::asio::any_io_executor executor_;
    std::atomic<state> state_{state::none};
};

/// True for an executor that is no more than a pointer, or as good as one, and so may outlive its
/// context.
template <typename Executor>
inline constexpr bool always_plain =
    keeps_context<Executor> || std::is_trivially_destructible_v<Executor> ||
    std::is_same_v<Executor, boost::asio::io_context::executor_type> ||
    std::is_same_v<Executor, boost::asio::thread_pool::executor_type>;

/// Calls `use` with the plain executor that `executor` holds, itself or under a strand; not if there
/// is none that is known to be plain.
template <typename Use>
void with_plain(const boost::asio::any_io_executor& executor, Use use) {
    using io = boost::asio::io_context::executor_type;
    using pool = boost::asio::thread_pool::executor_type;
    if (const auto* of_io = executor.target<io>()) // the commonest
        return use(*of_io);
    without_strand(executor, [&]<typename E>(const E& inner) {
        if constexpr (std::is_same_v<E, io> || std::is_same_v<E, pool>) {
            use(inner);
        } else if constexpr (std::is_same_v<E, boost::asio::any_io_executor>) {
            if (const auto* of_io = inner.template target<io>())
                use(*of_io); // under a strand
            else if (const auto* of_pool = inner.template target<pool>())
                use(*of_pool);
            else if (holds_context_keeper(inner))
                use(inner);
        }
    });
}

/// The plain executor that may stay when the operation has ended: the executor itself, or the one
/// under a strand. Null if neither is known to be plain.
ASYNCINFO_DECL boost::asio::any_io_executor
what_remains(const boost::asio::any_io_executor& executor) noexcept;

inline void captured_executor::give_back() noexcept {
    if (get())
        executor_ = what_remains(executor_);
}

/// The executor, or `system_executor` in the place of a null one.
ASYNCINFO_DECL boost::asio::any_io_executor
or_system_executor(const boost::asio::any_io_executor& executor) noexcept;

/// Keeps an operation's executor until the operation ends.
///
/// A strand that outlives its context is a use-after-free. So the executor is given back when the
/// operation ends, unless it is plain: no more than a pointer, which may stay. The operation
/// remembers which it is.
template <typename Executor>
class executor_storage {
public:
    static constexpr bool always_plain = detail::always_plain<Executor>;

    /// `held` is how it may be held, and becomes how it is.
    template <typename E>
    executor_storage(E&& executor, std::atomic<held_executor>& held) noexcept
        : executor_(std::forward<E>(executor)) {
        if (!always_plain)
            held = held_executor::whole;
    }

    ~executor_storage() {}

    /// Destroys what is kept, after the end. It takes the place of the destructor, which does not
    /// know what is kept.
    void destroy(held_executor) noexcept {
        if constexpr (keeps_context<Executor> || std::is_same_v<Executor, captured_executor>)
            std::destroy_at(&executor_);
        else if constexpr (remains_plain || remains_any)
            std::destroy_at(&remains_);
    }

    /// Gives the executor back, and returns how what remains is held. Called once, if the operation
    /// holds an executor as a whole: this one, or the I/O object's beside it. A plain executor
    /// stays. `destroy` destroys what remains.
    held_executor give_back() noexcept {
        if constexpr (std::is_same_v<Executor, captured_executor>) {
            executor_.give_back();
        } else if constexpr (remains_plain) {
            const auto inner = executor_.get_inner_executor();
            std::destroy_at(&executor_);
            std::construct_at(&remains_, inner);
        } else if constexpr (remains_any) {
            const auto inner = what_remains(executor_.get_inner_executor());
            std::destroy_at(&executor_);
            std::construct_at(&remains_, inner);
        } else if constexpr (!always_plain) {
            std::destroy_at(&executor_);
        }
        return held_executor::whole;
    }

    /// The executor as an `any_io_executor`; null if there is none. `ended`: the operation has
    /// ended, so what is not plain has been given back.
    boost::asio::any_io_executor any(const any_executor_maker& make, held_executor held,
                                     bool ended) const {
        const bool given_back = ended && held == held_executor::whole;
        if constexpr (std::is_same_v<Executor, captured_executor>) {
            const auto* captured = executor_.get();
            return captured ? *captured : boost::asio::any_io_executor();
        } else if constexpr (remains_plain || remains_any) {
            return given_back ? make(remains_) : make(executor_);
        } else if constexpr (always_plain) {
            return make(executor_);
        } else {
            return given_back ? boost::asio::any_io_executor() : make(executor_);
        }
    }

    /// Calls `use` with the stored executor, in the type that it is stored in.
    template <typename Use>
    decltype(auto) visit(held_executor, Use use) const {
        return use(executor_);
    }

    Executor& get() noexcept { return executor_; }
    const Executor& get() const noexcept { return executor_; }

private:
    template <typename E>
    struct remainder {
        static constexpr bool is_plain = false;
        using type = E;
    };
    template <typename E>
        requires requires(const E& strand) { strand.get_inner_executor(); }
    struct remainder<E> {
        using type = std::decay_t<decltype(std::declval<const E&>().get_inner_executor())>;
        static constexpr bool is_plain = detail::always_plain<type>;
    };
    using remains_type = typename remainder<Executor>::type;
    static constexpr bool remains_plain = remainder<Executor>::is_plain;
    /// True for a strand of an `any_io_executor`.
    static constexpr bool remains_any = !std::is_same_v<Executor, remains_type> &&
                                        std::is_same_v<remains_type, boost::asio::any_io_executor>;

    union {
        Executor executor_;
        remains_type remains_;
    };
};

/// Of an `any_io_executor` that was given back the plain executor under a strand remains.
template <>
class executor_storage<boost::asio::any_io_executor> {
    using any_io_executor = boost::asio::any_io_executor;
    using io_executor = boost::asio::io_context::executor_type;
    using pool_executor = boost::asio::thread_pool::executor_type;

public:
    template <typename E>
    executor_storage(E&& executor, std::atomic<held_executor>& held) noexcept
        : executor_(std::forward<E>(executor)) {
        held = held_executor::whole;
    }

    ~executor_storage() {}

    void destroy(held_executor held) noexcept {
        if (held == held_executor::whole)
            std::destroy_at(&executor_);
    }

    ASYNCINFO_DECL held_executor give_back() noexcept;

    template <typename Use>
    decltype(auto) visit(held_executor held, Use&& use) const {
        switch (held) {
        case held_executor::io_remains:
            return use(io_);
        case held_executor::pool_remains:
            return use(pool_);
        default:
            return use(executor_);
        }
    }

    any_io_executor any(const any_executor_maker& make, held_executor held, bool) const {
        return visit(held, make);
    }

    any_io_executor& get() noexcept { return executor_; }
    const any_io_executor& get() const noexcept { return executor_; }

private:
    union {
        any_io_executor executor_;
        io_executor io_;
        pool_executor pool_;
    };
};

/// An `any_io_executor` is seven pointers large, and usually holds the executor of an `io_context`,
/// which is one pointer. So that one is kept here, and any other in a room behind the operation, in
/// the same block of memory.
class small_executor_storage {
    using any_io_executor = boost::asio::any_io_executor;
    using io_executor = boost::asio::io_context::executor_type;

public:
    using room = executor_storage<any_io_executor>;

    /// The executor that needs no room; null if `executor` needs one.
    static const io_executor* bare(const any_io_executor& executor) noexcept {
        return executor.target<io_executor>();
    }
    static bool has_room(held_executor held) noexcept { return held != held_executor::plain; }

    explicit small_executor_storage(const io_executor& executor) noexcept : io_(executor) {}
    /// Makes the room at this place.
    template <typename E>
    small_executor_storage(E&& executor, std::atomic<held_executor>& held, void* place) noexcept
        : room_(::new(place) room(std::forward<E>(executor), held)) {}

    ~small_executor_storage() {}

    void destroy(held_executor held) noexcept {
        if (has_room(held))
            room_->destroy(held);
    }

    held_executor give_back() noexcept { return room_->give_back(); }

    template <typename Use>
    decltype(auto) visit(held_executor held, Use&& use) const {
        return has_room(held) ? room_->visit(held, use) : use(io_);
    }

    any_io_executor any(const any_executor_maker& make, held_executor held, bool) const {
        return visit(held, make);
    }

private:
    union {
        io_executor io_;
        room* room_;
    };
};

template <>
class executor_storage<unbound> {
public:
    executor_storage(const unbound&, std::atomic<held_executor>&) noexcept {}
    void destroy(held_executor) noexcept {}
    void give_back() noexcept {}
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_EXECUTOR_STORAGE_HPP
