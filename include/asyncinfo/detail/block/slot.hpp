//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_SLOT_HPP
#define ASYNCINFO_DETAIL_BLOCK_SLOT_HPP

#include <asyncinfo/detail/asio/handler_kind.hpp>
#include <asyncinfo/detail/asio/slot_memory.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/recycling.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// The place for one cancellation handler: in the operation's block, if the handler fits.
///
/// It knows what `asio::cancellation_signal` does not: whether its handler has received the
/// request. Only the operation's steps place handlers and only `gate` calls them, never at the same
/// time.
///
/// Code that insists on `asio::cancellation_slot` gets that of a signal beside the place, and both
/// mean the same place. A handler that is placed here stays here, and has a stand-in in the signal.
/// A handler that is placed in the signal is adopted when it is to be called.
class cancellation_place {
public:
    cancellation_place() noexcept : signal_() {}
    cancellation_place(const cancellation_place&) = delete;
    cancellation_place& operator=(const cancellation_place&) = delete;
    ~cancellation_place() {
        kept_ = false;
        if (!is_trivial())
            destroy_handler();
    }

    bool empty() const noexcept { return shared_ ? !asio_slot().has_handler() : !methods_; }

    /// True if there is nothing to be destroyed. An operation that has ended may then leave the
    /// place as it is: its handler is not called any more.
    bool is_trivial() const noexcept {
        return (system_writes && kept_) || (!shared_ && (!methods_ || !methods_->destroy));
    }

    template <typename Handler, typename... Args>
    Handler& emplace(Args&&... args) {
        constexpr auto kind = kind_of<Handler>(sizeof...(Args));
        look();
        const bool first = empty();
        const bool reset = follows_as_reset(kind) && !first;
        if (shared_)
            asio_slot().template emplace<stand_in>(*this);
        else
            drop();
        struct guard {
            cancellation_place& self;
            void* memory;
            bool failed = true;
            ~guard() {
                if (!failed)
                    return;
                if constexpr (!fits<Handler>)
                    if (memory)
                        heap_of<Handler>().deallocate(static_cast<Handler*>(memory), 1);
                self.clear();
            }
        } placing{*this, storage_};
        if constexpr (!fits<Handler>) {
            placing.memory = nullptr;
            placing.memory = heap_of<Handler>().allocate(1);
        }
        Handler& placed = *::new (placing.memory) Handler(std::forward<Args>(args)...);
        placing.failed = false;
        if constexpr (!fits<Handler>)
            storage_pointer() = placing.memory;
        if constexpr (own_state<Handler>)
            spare_slot_memory::lend(placed.signal_);
        methods_ = &methods_of<Handler>;
        has(kind, first, reset);
        return placed;
    }

    void clear() noexcept {
        if (system_writes && kept_)
            return;
        if (!is_trivial())
            destroy_handler();
        methods_ = nullptr;
        due_ = false;
    }

    /// The block ends before the operation that has placed the handler. If that can be, or have in
    /// itself, what the system writes to, it stays until the block goes, after that operation.
    void abandon() noexcept {
        kept_ = system_writes &&
                (shared_ || kind_ != handler_kind::plain || (methods_ && methods_->is_written_to));
        clear();
    }

    /// Calls the handler if it has not received these types yet, or if its kind receives them after
    /// each step. Then calls each handler that the call has placed.
    void deliver(unsigned types, boost::asio::cancellation_type_t value) {
        look();
        for (bool again = is_repeated(kind_); methods_ && (due_ || delivered_ != types || again);
             again = false) {
            delivered_ = static_cast<unsigned char>(types);
            due_ = false;
            methods_->call(*this, value);
            look();
        }
    }

    /// The same place for code that insists on Asio's own slot type, valid until the operation has
    /// ended.
    boost::asio::cancellation_slot as_asio_slot() {
        if (!shared_ && methods_)
            asio_slot().template emplace<stand_in>(*this);
        shared_ = true;
        return asio_slot();
    }

    /// Identifies the place among other slots.
    boost::asio::cancellation_slot asio_slot() const noexcept { return signal_.slot(); }

private:
    struct methods {
        void (*call)(cancellation_place&, boost::asio::cancellation_type_t);
        void (*destroy)(cancellation_place&) noexcept; ///< null if there is nothing to destroy
        bool is_written_to;
    };

    /// Stands in the signal for the handler here, so that clearing and replacing it there act on
    /// this place.
    class stand_in {
    public:
        explicit stand_in(cancellation_place& place) noexcept : place_(place) {}
        stand_in(const stand_in&) = delete;
        stand_in& operator=(const stand_in&) = delete;
        ~stand_in() { place_.drop(); }
        void operator()(boost::asio::cancellation_type_t) const noexcept {} // never called

    private:
        cancellation_place& place_;
    };

    class adopted; ///< stands here for a handler in the signal, see src/slot.cpp

    /// Adopts a handler that has been placed in the signal, if there is one.
    void look() noexcept {
        if (shared_ && !methods_ && asio_slot().has_handler())
            adopt();
    }
    ASYNCINFO_DECL void adopt() noexcept;
    ASYNCINFO_NOINLINE void destroy_handler() noexcept {
        if (shared_)
            asio_slot().clear();
        drop();
    }

    /// A handler of kind `now` replaces another one. True if it is a reset, which the latched
    /// request must not disturb.
    bool follows_as_reset(handler_kind::type now) const noexcept {
        return !due_ && delivered_ != 0 && is_reset(kind_, reset_, now);
    }

    void has(handler_kind::type kind, bool first, bool reset) noexcept {
        // A composed operation that allows total cancellation resets the state it has. The first
        // handler of this kind is that of an any_completion_handler.
        kind_ = first && kind == handler_kind::other_state ? handler_kind::foreign : kind;
        due_ = !reset;
        reset_ = reset;
    }

    void drop() noexcept {
        if (const methods* m = std::exchange(methods_, nullptr); m && m->destroy)
            m->destroy(*this);
    }

    // With Windows' completion ports Asio's handler is the OVERLAPPED of the operation.
#if defined(BOOST_ASIO_HAS_IOCP)
    static constexpr bool system_writes = true;
    template <typename Handler>
    static constexpr bool is_written_to = std::is_base_of_v<OVERLAPPED, Handler>;
#else
    static constexpr bool system_writes = false;
    template <typename>
    static constexpr bool is_written_to = false;
#endif

    // The handlers that Asio's own reactor places need 32 bytes.
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
        if constexpr (own_state<Handler>)
            spare_slot_memory::take_back(handler->signal_);
        std::destroy_at(handler);
        if constexpr (!fits<Handler>)
            heap_of<Handler>().deallocate(handler, 1);
    }

    template <typename Handler>
    static constexpr methods methods_of{
        &call<Handler>,
        fits<Handler>&& std::is_trivially_destructible_v<Handler> ? nullptr : &destroy<Handler>,
        is_written_to<Handler>};

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
    /// Has no handler unless `shared_`, and none after `destroy_handler`. So it is not destroyed,
    /// which would ask the same once more.
    union {
        mutable boost::asio::cancellation_signal signal_;
    };
    unsigned char delivered_ = 0;
    bool due_ : 1 = false;
    bool reset_ : 1 = false;
    handler_kind::type kind_ : 3 = handler_kind::plain;
    /// True once the signal's slot has been asked for. This is not one of the bits above: the
    /// thread that ends the operation reads it (`is_trivial`) while another thread may be
    /// delivering.
    bool shared_ = false;
    bool kept_ = false; ///< since `abandon`
};

/// The slot that an operation finds associated with its handler. It models Asio's CancellationSlot
/// requirements, and is valid as long as the operation runs.
///
/// It converts to `asio::cancellation_slot`, for the same place. It is also made from one, for code
/// that wraps the handler and names this type for a slot of its own; it then is that slot.
class operation_slot {
public:
    operation_slot() = default;
    explicit operation_slot(cancellation_place& place) noexcept : place_(&place) {}
    operation_slot(boost::asio::cancellation_slot other) noexcept : other_(other) {}

    template <typename Handler, typename... Args>
    Handler& emplace(Args&&... args) const {
        if (place_)
            return place_->emplace<Handler>(std::forward<Args>(args)...);
        auto other = other_;
        return other.template emplace<Handler>(std::forward<Args>(args)...);
    }

    template <typename Handler>
    std::decay_t<Handler>& assign(Handler&& handler) const {
        return emplace<std::decay_t<Handler>>(std::forward<Handler>(handler));
    }

    void clear() const noexcept {
        if (place_)
            return place_->clear();
        auto other = other_;
        other.clear();
    }

    /// As `clear`, while that operation still runs.
    void abandon() const noexcept {
        if (place_)
            place_->abandon();
    }

    bool is_connected() const noexcept { return place_ || other_.is_connected(); }
    bool has_handler() const noexcept { return place_ ? !place_->empty() : other_.has_handler(); }

    operator boost::asio::cancellation_slot() const {
        return place_ ? place_->as_asio_slot() : other_;
    }

    friend bool operator==(const operation_slot& a, const operation_slot& b) noexcept {
        return a.identity() == b.identity();
    }
    friend bool operator==(const operation_slot& a,
                           const boost::asio::cancellation_slot& b) noexcept {
        return a.identity() == b;
    }

private:
    boost::asio::cancellation_slot identity() const noexcept {
        return place_ ? place_->asio_slot() : other_;
    }

    cancellation_place* place_ = nullptr;
    boost::asio::cancellation_slot other_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_SLOT_HPP
