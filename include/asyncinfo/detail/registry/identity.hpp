//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_REGISTRY_IDENTITY_HPP
#define ASYNCINFO_DETAIL_REGISTRY_IDENTITY_HPP

#include <asyncinfo/async_status.hpp>
#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/this_thread.hpp>
#include <asyncinfo/ending.hpp>
#include <asyncinfo/operation_origin.hpp>

#include <boost/system/error_code.hpp>
#include <boost/type_index.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <source_location>
#include <string_view>

namespace asyncinfo::detail {

class operation_base;
struct registry_row;

/// Whether operations that start are put in the registry.
ASYNCINFO_DECL extern std::atomic<bool> registry_is_on;

/// What the registry learns of an operation when it starts.
struct operation_description {
    operation_origin origin;
    std::string_view name{};
    /// The type of the initiation; or a text: the coroutine's function, or a name.
    boost::typeindex::type_index what_type{};
    const char* what_text = nullptr;
    boost::typeindex::type_index kind{}; ///< `operation_kind`, which names the result
    const char* file = nullptr;
    unsigned line = 0;
    const void* context = nullptr;
};

/// An operation's number and, if the registry was on when the operation started, its row there.
///
/// Both are in one word, so that the registry costs a block nothing while it is off: the number
/// shifted by one, with the lowest bit set, or the address of the row, which has the number.
///
/// A row is written by the threads that the operation runs on, and read by others at any time.
class ASYNCINFO_DECL identity {
public:
    using clock = std::chrono::steady_clock;

    identity() noexcept : word_(new_id() << 1 | 1) {}
    identity(const identity&) = delete;
    identity& operator=(const identity&) = delete;
    ~identity() {
        if (is_tracked()) [[unlikely]]
            forget();
    }

    std::uint64_t id() const noexcept { return is_tracked() ? tracked_id() : word_ >> 1; }
    bool is_tracked() const noexcept { return (word_ & 1) == 0; }

    /// Called before other threads know of the operation. Without memory for a row it does nothing.
    void track(operation_base& operation, const operation_description& description) noexcept;

    // --- For those that are tracked, from any thread --------------------------------------------

    /// Called before the request is made.
    void asked(cancel_source by) noexcept;
    void has_deadline(clock::time_point next) noexcept;
    void has_context(const void* context) noexcept;
    void progressed(double value, double total) noexcept;
    void belongs_to(std::uint64_t parent, bool is_group) noexcept;
    /// For a coroutine, at a `co_await`: what it awaits there, by number or else by its type.
    void awaits(std::uint64_t id, const boost::typeindex::type_index& type,
                const std::source_location& where) noexcept;
    void awaits_nothing() noexcept;
    /// Called by the thread that ends the operation, before it publishes the status.
    void ended(AsyncStatus status, const boost::system::error_code& code, ending_reason reason,
               unsigned asked_types) noexcept;
    /// Somebody has asked for the error.
    void seen() noexcept;
    void polled() noexcept;

    /// Adds what the row knows.
    void complete(async_ending& ending) const noexcept;

    /// Numbers go to threads by the thousand, so that starting an operation does not make threads
    /// meet.
    static std::uint64_t new_id() noexcept {
        thread_data& own = this_thread();
        if (own.next_id == own.end_of_ids)
            fetch_ids();
        return own.next_id++;
    }

private:
    static void fetch_ids() noexcept;
    std::uint64_t tracked_id() const noexcept;
    void forget() noexcept;
    void lose_error() noexcept;
    registry_row& row() const noexcept {
        return *reinterpret_cast<registry_row*>(static_cast<std::uintptr_t>(word_));
    }

    std::uint64_t word_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_REGISTRY_IDENTITY_HPP
