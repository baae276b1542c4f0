//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_GROUP_TAGGED_MEMBER_HPP
#define ASYNCINFO_DETAIL_GROUP_TAGGED_MEMBER_HPP

#include <asyncinfo/detail/base/config.hpp>
#include <asyncinfo/detail/base/memory_for.hpp>
#include <asyncinfo/detail/group/group_core.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace asyncinfo {
template <typename Tag, typename Handle>
struct group_entry;
}

namespace asyncinfo::detail {

/// A member of a group with its tag.
template <typename Tag, typename Handle>
class tagged_member final : public group_member {
public:
    template <typename... Args>
    static group_member_owner make(operation_ptr of, Args&&... tag) {
        memory_for<tagged_member> memory;
        return group_member_owner(memory.keep(
            ::new (memory.place()) tagged_member(std::move(of), std::forward<Args>(tag)...)));
    }

    static group_entry<Tag, Handle> entry(group_member_owner taken) noexcept {
        auto handle = handle_access::make<Handle>(std::move(taken->operation));
        if constexpr (std::is_void_v<Tag>)
            return {std::move(handle)};
        else
            return {std::move(handle), std::move(static_cast<tagged_member&>(*taken).tag_)};
    }

    static std::optional<group_entry<Tag, Handle>>
    optional_entry(group_member_owner taken) noexcept {
        if (taken)
            return entry(std::move(taken));
        return std::nullopt;
    }

private:
    struct none {};

    template <typename... Args>
    explicit tagged_member(operation_ptr of, Args&&... tag)
        : group_member(std::move(of)), tag_(std::forward<Args>(tag)...) {}

    void destroy() noexcept override { memory_for<tagged_member>::destroy(this); }

    ASYNCINFO_NO_UNIQUE_ADDRESS std::conditional_t<std::is_void_v<Tag>, none, Tag> tag_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_GROUP_TAGGED_MEMBER_HPP
