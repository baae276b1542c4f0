//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_SLOT_HPP
#define ASYNCINFO_DETAIL_SLOT_HPP

#include <asyncinfo/detail/config.hpp>
#include <asyncinfo/detail/recycling.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// What a cancellation handler is, as far as it decides who is to have a latched request again.
struct handler_kind {
    enum type : unsigned char {
        plain,         ///< wants the request once
        foreign,       ///< passes it on to what is not seen here, and may have had no memory for it
        read_state,    ///< the state of `asio::async_read`, `async_write` or `async_connect`
        initial_state, ///< the state an `async_compose` operation begins with
        default_state, ///< the state an `asio::ssl` operation begins with, or a plain reset
        other_state    ///< a state with another filter: a reset, or an `any_completion_handler`
    };
};

/// Asio's `cancellation_state` places a type of its own, known by its public members.
template <typename T>
concept own_state = requires(T& state) {
    state.signal_;
    state.cancelled_;
    state.in_filter_;
    state.out_filter_;
};

/// Tells the kind of a handler by its type and the number of arguments it is made from, which
/// differ as follows (Asio in Boost 1.81 to 1.88):
///
///     async_read, async_write, async_connect  (partial, partial)
///     async_compose, co_composed              (terminal, terminal)
///     ssl::stream; reset_cancellation_state() ()
///     reset_cancellation_state(f)             (f, f)
///     any_completion_handler                  (total, total)
template <typename Handler>
constexpr handler_kind::type kind_of(std::size_t arguments) {
    if constexpr (own_state<Handler>) {
        using filter = decltype(Handler::in_filter_);
        if (std::is_same_v<filter, boost::asio::enable_partial_cancellation>)
            return handler_kind::read_state;
        if (std::is_same_v<filter, boost::asio::enable_terminal_cancellation>)
            return arguments == 0 ? handler_kind::default_state : handler_kind::initial_state;
        return handler_kind::other_state;
    }
    if constexpr (requires { typename Handler::passes_on; })
        return handler_kind::foreign;
    return handler_kind::plain;
}

/// Is the request repeated after each step? An `async_compose` operation, such as Beast's, passes it
/// on to the operation it waits for, if that has not just ended, and need not look at its state
/// before it starts the next one. (Asio's own do, so they have it once.)
constexpr bool is_repeated(handler_kind::type kind) {
    return kind == handler_kind::foreign || kind == handler_kind::initial_state;
}

/// An operation that has had the request may reset its state and clean up undisturbed; but where a
/// slot is handed from one operation to the next, the next one is to have the request, too. Asio
/// says nowhere which of the two a new state in the slot is. `before` has had the request, or is
/// itself a reset.
constexpr bool is_reset(handler_kind::type before, bool before_is_reset, handler_kind::type now) {
    switch (now) {
    case handler_kind::default_state:
        return before_is_reset || before == handler_kind::initial_state ||
               before == handler_kind::other_state;
    case handler_kind::read_state:
    case handler_kind::other_state:
        return before_is_reset ||
               (before != handler_kind::read_state && before != handler_kind::plain &&
                before != handler_kind::foreign);
    default:
        return false;
    }
}

/// The place for one cancellation handler, in the operation's block where it fits.
///
/// It knows what `asio::cancellation_signal` does not: whether its handler has had the request.
/// Only the operation's steps place handlers and only `gate` calls them, never at once.
class cancellation_place {
public:
    cancellation_place() = default;
    cancellation_place(const cancellation_place&) = delete;
    cancellation_place& operator=(const cancellation_place&) = delete;
    ~cancellation_place() { clear(); }

    bool empty() const noexcept { return methods_ == nullptr; }

    /// Is there nothing to be destroyed? Then an operation that has ended may leave it as it is:
    /// nobody calls its handler any more.
    bool is_trivial() const noexcept { return !methods_ || !methods_->destroy; }

    template <typename Handler, typename... Args>
    Handler& emplace(Args&&... args) {
        constexpr auto kind = std::is_same_v<Handler, asio_signal>
                                  ? handler_kind::foreign
                                  : kind_of<Handler>(sizeof...(Args));
        const bool first = empty();
        const bool reset = !first && !due_ && delivered_ != 0 && is_reset(kind_, reset_, kind);
        clear();
        void* memory = storage_;
        if constexpr (!fits<Handler>)
            memory = storage_pointer() = heap_of<Handler>().allocate(1);
        struct guard {
            void* memory;
            ~guard() {
                if constexpr (!fits<Handler>)
                    if (memory)
                        heap_of<Handler>().deallocate(static_cast<Handler*>(memory), 1);
            }
        } releasing{memory};
        Handler& placed = *::new (memory) Handler(std::forward<Args>(args)...);
        releasing.memory = nullptr;
        methods_ = &methods_of<Handler>;
        // A composed operation that allows total cancellation resets the state it has; the first
        // of all is an any_completion_handler's.
        kind_ = first && kind == handler_kind::other_state ? handler_kind::foreign : kind;
        due_ = !reset;
        reset_ = reset;
        return placed;
    }

    void clear() noexcept {
        if (const methods* m = std::exchange(methods_, nullptr); m && m->destroy)
            m->destroy(*this);
        due_ = false;
    }

    /// Calls the handler if it has not had these types yet, and those that it has placed.
    void deliver(unsigned types, boost::asio::cancellation_type_t value) {
        for (bool again = is_repeated(kind_); methods_ && (due_ || delivered_ != types || again);
             again = false) {
            delivered_ = static_cast<unsigned char>(types);
            due_ = false;
            methods_->call(*this, value);
        }
    }

    /// For code that insists on Asio's own slot type. The handlers placed in it are not seen, so
    /// each delivery may reach one of them again.
    boost::asio::cancellation_slot as_asio_slot() {
        if (!methods_ || methods_->call != &call<asio_signal>)
            emplace<asio_signal>();
        return static_cast<asio_signal*>(target<asio_signal>())->signal.slot();
    }

private:
    struct methods {
        void (*call)(cancellation_place&, boost::asio::cancellation_type_t);
        void (*destroy)(cancellation_place&) noexcept; ///< null if there is nothing to do
    };

#pragma push_macro("emit") // of Qt's; Asio does the same
#undef emit
    struct asio_signal {
        boost::asio::cancellation_signal signal;
        void operator()(boost::asio::cancellation_type_t type) { signal.emit(type); }
    };
#pragma pop_macro("emit")

    // What Asio's own reactor places needs 32 bytes.
    static constexpr std::size_t capacity = 32;

    template <typename Handler>
    static constexpr bool fits = sizeof(Handler) <= capacity && alignof(Handler) <= alignof(void*);

    template <typename Handler>
    static recycling_allocator<Handler> heap_of() noexcept {
        return {};
    }

    template <typename Handler>
    static void call(cancellation_place& self, boost::asio::cancellation_type_t type) {
        (*self.target<Handler>())(type);
    }

    template <typename Handler>
    static void destroy(cancellation_place& self) noexcept {
        Handler* const handler = self.target<Handler>();
        std::destroy_at(handler);
        if constexpr (!fits<Handler>)
            heap_of<Handler>().deallocate(handler, 1);
    }

    template <typename Handler>
    static constexpr methods methods_of{
        &call<Handler>,
        fits<Handler>&& std::is_trivially_destructible_v<Handler> ? nullptr : &destroy<Handler>};

    void*& storage_pointer() noexcept { return *reinterpret_cast<void**>(storage_); }

    template <typename Handler>
    Handler* target() noexcept {
        if constexpr (fits<Handler>)
            return std::launder(reinterpret_cast<Handler*>(storage_));
        else
            return static_cast<Handler*>(storage_pointer());
    }

    const methods* methods_ = nullptr;
    alignas(void*) unsigned char storage_[capacity];
    bool due_ = false;
    bool reset_ = false;
    handler_kind::type kind_ = handler_kind::plain;
    unsigned char delivered_ = 0;
};

/// The slot that an operation finds associated with its handler: a model of Asio's CancellationSlot
/// requirements, valid as long as the operation runs.
class operation_slot {
public:
    operation_slot() = default;
    explicit operation_slot(cancellation_place& place) noexcept : place_(&place) {}

    template <typename Handler, typename... Args>
    Handler& emplace(Args&&... args) const {
        return place_->emplace<Handler>(std::forward<Args>(args)...);
    }

    template <typename Handler>
    std::decay_t<Handler>& assign(Handler&& handler) const {
        return emplace<std::decay_t<Handler>>(std::forward<Handler>(handler));
    }

    void clear() const noexcept {
        if (place_)
            place_->clear();
    }

    bool is_connected() const noexcept { return place_ != nullptr; }
    bool has_handler() const noexcept { return place_ && !place_->empty(); }

    operator boost::asio::cancellation_slot() const {
        return place_ ? place_->as_asio_slot() : boost::asio::cancellation_slot();
    }

    friend bool operator==(const operation_slot&, const operation_slot&) = default;

private:
    cancellation_place* place_ = nullptr;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_SLOT_HPP
