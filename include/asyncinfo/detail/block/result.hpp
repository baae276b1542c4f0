//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_RESULT_HPP
#define ASYNCINFO_DETAIL_BLOCK_RESULT_HPP

#include <asyncinfo/detail/block/operation.hpp>

#include <concepts>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// True if a T can be copied, as far as its declaration and those of its elements tell. A container
/// is declared copyable whatever it contains.
template <typename T>
struct is_copyable : std::is_copy_constructible<T> {};
template <typename T>
    requires(requires { typename T::allocator_type; } && !std::same_as<typename T::value_type, T>)
struct is_copyable<T>
    : std::conjunction<std::is_copy_constructible<T>, is_copyable<typename T::value_type>> {};
template <typename... Ts>
struct is_copyable<std::tuple<Ts...>> : std::conjunction<is_copyable<Ts>...> {};
template <typename T, typename U>
struct is_copyable<std::pair<T, U>> : std::conjunction<is_copyable<T>, is_copyable<U>> {};
template <typename T>
struct is_copyable<std::optional<T>> : is_copyable<T> {};

/// Keeps the result in its place against `Close` on another thread.
class reading {
public:
    reading(operation_base& operation, bool claim)
        : operation_(operation.read(claim) ? &operation : nullptr) {}
    /// Takes over a read that has begun.
    explicit reading(operation_base& operation) noexcept : operation_(&operation) {}
    reading(const reading&) = delete;
    reading& operator=(const reading&) = delete;
    ~reading() {
        if (operation_)
            operation_->end_read();
    }

    explicit operator bool() const noexcept { return operation_ != nullptr; }

private:
    operation_base* operation_;
};

/// Gives a reader the result of a finished operation: a copy, or, if T cannot be copied, the result
/// itself, once. `sole`: the caller gives its handle up, so it gets the result itself if there is
/// no other handle. Empty if no result was delivered.
template <typename T>
std::optional<T> read_result(operation<T>& operation, bool sole, boost::system::error_code& error) {
    if constexpr (is_copyable<T>::value) {
        if (sole && operation.claim_if_sole()) {
            const reading hold(operation);
            return std::move(operation.result());
        }
        if constexpr (detail::operation<T>::stays) {
            if (!(operation.load() & (lifecycle::closed | lifecycle::claimed)))
                return operation.result();
        } else if (const reading hold{operation, false}) {
            return operation.result();
        }
    } else if (const reading hold{operation, false}) {
        if (!operation.result())
            return std::nullopt;
        if (const reading taken{operation, true})
            return std::move(operation.result());
    }
    error = errc::illegal_method_call;
    return std::nullopt;
}

/// True if the result of this operation may be read; else sets `error` to the reason.
inline bool is_successful(operation_base& operation, boost::system::error_code& error) {
    operation.seen_in_result();
    if (operation.status() == AsyncStatus::Started)
        error = errc::illegal_method_call;
    else if (operation.status() != AsyncStatus::Completed && !operation.error_is_in_result())
        error = operation.code(error);
    return !error;
}

/// True if a running operation of this kind can publish a part of its result.
template <typename Block>
concept has_partial_result = requires(Block& block) { block.partial_result(); };

/// Throws what the members throw that return a result: the operation's own failure as it was
/// delivered, or the reason why `member` has no result to return.
[[noreturn]] ASYNCINFO_DECL void throw_failure(operation_base* operation,
                                               const boost::system::error_code& error,
                                               const char* member);

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_RESULT_HPP
