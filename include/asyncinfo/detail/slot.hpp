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
#include <boost/type_index/ctti_type_index.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// What kind of cancellation handler stands in a slot, as far as redelivery is concerned.
enum class handler_kind : unsigned char {
    plain,     ///< wants the request once
    own_state, ///< an operation's own `asio::cancellation_state`, which it may reset
    foreign    ///< an `asio::cancellation_slot` was asked for: what goes in there is not seen
};

template <typename T>
struct is_own_state : std::false_type {};

// `asio::async_read`, `async_write` and `async_connect` place a state that lets "partial" through,
// once, and never reset it; a series of them in one slot is a series of operations.
template <template <typename, typename> class State, typename InFilter, typename OutFilter>
struct is_own_state<State<InFilter, OutFilter>>
    : std::bool_constant<
          !std::is_same_v<InFilter, boost::asio::enable_partial_cancellation> &&
          std::string_view(
              boost::typeindex::ctti_type_index::type_id<State<InFilter, OutFilter>>().name())
                  .find("cancellation_state::") != std::string_view::npos> {};

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

    template <typename Handler, typename... Args>
    Handler& emplace(Args&&... args) {
        // An operation that resets its own state after a request cleans up undisturbed.
        const bool reset = methods_ && methods_->kind == handler_kind::own_state && !due_ &&
                           delivered_ != 0 && is_own_state<Handler>::value;
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
        due_ = !reset;
        return placed;
    }

    void clear() noexcept {
        if (const methods* m = std::exchange(methods_, nullptr))
            m->destroy(*this);
        due_ = false;
    }

    /// Calls the handler if it has not had these types yet.
    void deliver(unsigned types, boost::asio::cancellation_type_t value) {
        if (!methods_ || (!due_ && delivered_ == types))
            return;
        due_ = methods_->kind == handler_kind::foreign;
        delivered_ = static_cast<unsigned char>(types);
        methods_->call(*this, value);
    }

    /// For code that insists on Asio's own slot type. The handlers placed in it are not seen, so
    /// each delivery may reach one of them again.
    boost::asio::cancellation_slot as_asio_slot() {
        if (!methods_ || methods_->kind != handler_kind::foreign)
            emplace<asio_signal>();
        return static_cast<asio_signal*>(target<asio_signal>())->signal.slot();
    }

private:
    struct methods {
        void (*call)(cancellation_place&, boost::asio::cancellation_type_t);
        void (*destroy)(cancellation_place&) noexcept;
        handler_kind kind;
    };

    struct asio_signal {
        boost::asio::cancellation_signal signal;
        void operator()(boost::asio::cancellation_type_t type) { signal.emit(type); }
    };

    // What Asio's own reactor places needs 32 bytes.
    static constexpr std::size_t capacity = 32;

    template <typename Handler>
    static constexpr bool fits =
        sizeof(Handler) <= capacity && alignof(Handler) <= alignof(void*);

    template <typename Handler>
    static recycling_allocator<Handler> heap_of() noexcept {
        return {};
    }

    template <typename Handler>
    static constexpr handler_kind kind_of() {
        if (std::is_same_v<Handler, asio_signal>)
            return handler_kind::foreign;
        return is_own_state<Handler>::value ? handler_kind::own_state : handler_kind::plain;
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
    static constexpr methods methods_of{&call<Handler>, &destroy<Handler>, kind_of<Handler>()};

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
