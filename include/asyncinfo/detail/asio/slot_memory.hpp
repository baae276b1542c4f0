//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_ASIO_SLOT_MEMORY_HPP
#define ASYNCINFO_DETAIL_ASIO_SLOT_MEMORY_HPP

#include <asyncinfo/detail/asio/cancellation_handler.hpp>
#include <asyncinfo/detail/base/recycling.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <cstddef>
#include <new>
#include <utility>

/// A door to what is Asio's own. Without it each step of a composed operation allocates memory for
/// its cancellation handler, and frees it.
namespace asyncinfo::detail {

#if defined(ASYNCINFO_USE_ASIO_INTERNALS) && !defined(ASYNCINFO_DISABLE_BLOCK_RECYCLING)

/// Memory of Asio's that a signal's handler had, kept for the handler of another signal.
///
/// Asio makes a new handler in the memory of the one before it, if that is large enough. So what is
/// kept stands in the new signal as a handler that does nothing. (Asio keeps such memory itself,
/// but for two handlers a thread.)
class ASYNCINFO_DECL spare_slot_memory final : public asio_cancellation_handler {
public:
    /// Gives the signal, which has no handler, memory for one, if there is any.
    static void lend(boost::asio::cancellation_signal& signal) noexcept {
        if (spare_slot_memory* const spare = this_thread().spare_slots) {
            this_thread().spare_slots = spare->next_;
            --this_thread().spare_slots_count;
            handler_in(signal) = spare;
        }
    }

    /// Destroys the signal's handler and keeps the memory, unless there is enough of it.
    static void take_back(boost::asio::cancellation_signal& signal) noexcept {
        thread_data& own = this_thread();
        if (!handler_in(signal) || own.spare_slots_count == kept_per_thread ||
            !recycling::ends_with_thread())
            return;
        const auto [memory, size] = handler_in(signal)->destroy();
        static_assert(sizeof(spare_slot_memory) == 3 * sizeof(void*)); // as the smallest handler
        handler_in(signal) = nullptr;
        own.spare_slots = ::new (memory) spare_slot_memory(size, own.spare_slots);
        ++own.spare_slots_count;
    }

    /// Called when the thread ends: gives all of it back to Asio.
    static void free_all() noexcept {
        while (this_thread().spare_slots) {
            boost::asio::cancellation_signal signal; // frees the memory
            lend(signal);
        }
    }

    // Not here: what is kept must not refer to a module that is unloaded before the thread ends.
    void call(boost::asio::cancellation_type_t) override;
    std::pair<void*, std::size_t> destroy() noexcept override;

private:
    static constexpr unsigned kept_per_thread = 64;

    spare_slot_memory(std::size_t size, spare_slot_memory* next) noexcept
        : size_(size), next_(next) {}

    const std::size_t size_;
    spare_slot_memory* const next_;
};

#else

class spare_slot_memory {
public:
    static void lend(boost::asio::cancellation_signal&) noexcept {}
    static void take_back(boost::asio::cancellation_signal&) noexcept {}
    static void free_all() noexcept {}
};

#endif

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_ASIO_SLOT_MEMORY_HPP
