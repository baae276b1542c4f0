//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PRODUCE_SOURCE_OPERATION_HPP
#define ASYNCINFO_DETAIL_PRODUCE_SOURCE_OPERATION_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_action_with_progress.hpp>
#include <asyncinfo/async_operation.hpp>
#include <asyncinfo/async_operation_with_progress.hpp>
#include <asyncinfo/detail/base/atomic_wait.hpp>
#include <asyncinfo/detail/block/result.hpp>
#include <asyncinfo/detail/handle/result_of.hpp>
#include <asyncinfo/detail/produce/cancel_forwarder.hpp>
#include <asyncinfo/detail/produce/promise_operation.hpp>

#include <atomic>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

template <typename T, typename... Args>
inline constexpr bool makes_result = std::constructible_from<T, Args...>;
template <typename... Args>
inline constexpr bool makes_result<void, Args...> = sizeof...(Args) == 0;

/// True if `Part` is what a failure may have with it: nothing, or what makes a T.
template <typename T, typename... Part>
inline constexpr bool makes_part = sizeof...(Part) == 0 || makes_result<T, Part...>;

/// The operation of an `async_source`.
template <typename T, typename P>
class source_operation final : public promise_operation<source_operation<T, P>, T, P> {
public:
    explicit source_operation(std::string_view name) : name_(name) {}

    std::string_view name() const noexcept override { return name_; }

    /// Called during the initiation: has requests passed to the forwarder.
    void accept_cancel() {
        this->slot().assign(
            [this](boost::asio::cancellation_type_t types) { forwarder_.request(types); });
    }

    cancel_forwarder& bridge() noexcept { return forwarder_; }

    /// Replaces a published result; keeps that if constructing the new one throws.
    template <typename... Args>
    void set_result(Args&&... args) {
        if constexpr (!std::is_void_v<T>) {
            if (this->result()) {
                std::optional<T> made(std::in_place, std::forward<Args>(args)...);
                return operation<T>::set_result(*std::move(made));
            }
        }
        operation<T>::set_result(std::forward<Args>(args)...);
    }

    /// Ends the operation and returns true, unless it has ended already; `store` sets the outcome.
    template <typename Store>
    bool end_by(Store store) {
        if (!enter(state::ended))
            return false;
        try {
            store();
        } catch (...) {
            this->fail(std::current_exception());
        }
        forwarder_.close();
        this->end();
        return true;
    }

    /// Stores a part of the result and returns true, unless the operation has ended. Until the end
    /// no other thread reads the place of the result.
    template <typename... Args>
    bool publish(Args&&... args) {
        std::optional<T> made(std::in_place, std::forward<Args>(args)...);
        if (!enter(state::publishing))
            return false;
        struct guard {
            std::atomic<state>& left;
            ~guard() {
                left.store(state::running, std::memory_order_release);
                wake_all(left);
            }
        } const leaving{state_};
        if constexpr (has_partial_result<source_operation>)
            this->set_partial_result(*std::move(made));
        else
            operation<T>::set_result(*std::move(made));
        return true;
    }

private:
    enum class state : unsigned char { running, publishing, ended };

    /// False if the operation has ended. Waits for a thread that publishes: for one move of a T.
    bool enter(state next) noexcept {
        for (auto seen = state::running; !state_.compare_exchange_weak(
                 seen, next, std::memory_order_acquire, std::memory_order_acquire);
             seen = state::running) {
            if (seen == state::ended)
                return false;
            if (seen == state::publishing)
                wait_while_equal(state_, seen);
        }
        return true;
    }

    std::atomic<state> state_ = state::running;
    cancel_forwarder forwarder_;
    const std::string name_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PRODUCE_SOURCE_OPERATION_HPP
