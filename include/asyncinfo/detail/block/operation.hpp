//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_OPERATION_HPP
#define ASYNCINFO_DETAIL_BLOCK_OPERATION_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/block/operation_base.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

/// The part of the block that a handle with result T knows: the result.
template <typename T>
class operation : public operation_base {
public:
    using operation_base::operation_base;

    template <typename... Args>
    void set_result(Args&&... args) {
        result_.emplace(std::forward<Args>(args)...);
    }

    /// To be called between `read` and `end_read` only.
    std::optional<T>& result() noexcept { return result_; }

    /// True if the result needs no destructor, and so is never released, and a copy costs no more
    /// than to move it. Readers then copy it, and need not hold the operation for that.
    static constexpr bool stays =
        std::is_trivially_copy_constructible_v<T> && std::is_trivially_destructible_v<T>;

protected:
    void discard_result() noexcept override {
        if constexpr (!stays)
            result_.reset();
    }

private:
    std::optional<T> result_;
};

template <>
class operation<void> : public operation_base {
public:
    using operation_base::operation_base;
    void set_result() noexcept {}
    static constexpr bool stays = true;

protected:
    void discard_result() noexcept override {}
};

/// The part of the block that a handle with progress P knows: see the room `progress`.
template <typename T, typename P>
class operation_with_progress;

/// What handles know of the block of an operation with result T and progress P, which may be void.
template <typename T, typename P>
using block_t = std::conditional_t<std::is_void_v<P>, operation<T>, operation_with_progress<T, P>>;

/// Tells operations with result T and progress P from others, also between modules.
template <typename T, typename P>
struct ASYNCINFO_VISIBLE operation_kind{};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_OPERATION_HPP
