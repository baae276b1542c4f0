//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_SOURCE_OPERATION_HPP
#define ASYNCINFO_DETAIL_SOURCE_OPERATION_HPP

#include <asyncinfo/async_action.hpp>
#include <asyncinfo/async_action_with_progress.hpp>
#include <asyncinfo/async_operation.hpp>
#include <asyncinfo/async_operation_with_progress.hpp>
#include <asyncinfo/detail/cancel_relay.hpp>
#include <asyncinfo/detail/produced_operation.hpp>
#include <asyncinfo/detail/result_of.hpp>

#include <atomic>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

template <typename T, typename... Args>
inline constexpr bool makes_result = std::constructible_from<T, Args...>;
template <typename... Args>
inline constexpr bool makes_result<void, Args...> = sizeof...(Args) == 0;

/// The operation of an `async_source`.
template <typename T, typename P>
class source_operation final
    : public produced_operation<source_operation<T, P>, handle_t<T, P>, T> {
public:
    explicit source_operation(std::string_view name) : name_(name) {}

    std::string_view given_name() const noexcept { return name_; }

    /// In the initiation: has requests come by.
    void accept_cancel() {
        this->slot().assign(
            [this](boost::asio::cancellation_type_t types) { relay_.request(types); });
    }

    cancel_relay& relay() noexcept { return relay_; }

    /// Ends the operation if nobody has done so before; `store` sets the outcome.
    template <typename Store>
    bool end_by(Store store) {
        if (ended_.exchange(true, std::memory_order_relaxed))
            return false;
        try {
            store();
        } catch (...) {
            this->fail(std::current_exception());
        }
        relay_.close();
        this->end();
        return true;
    }

private:
    std::atomic<bool> ended_ = false;
    cancel_relay relay_;
    const std::string name_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_SOURCE_OPERATION_HPP
