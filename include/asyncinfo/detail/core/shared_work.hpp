//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_CORE_SHARED_WORK_HPP
#define ASYNCINFO_DETAIL_CORE_SHARED_WORK_HPP

#include <compare>
#include <cstddef>

namespace asyncinfo::detail {

/// How many workers keep a context running. They share one piece of work: it begins with the first
/// worker, and ends with the last, or with the context.
///
/// Pure: each event changes the state and says what the caller does next, under the lock under
/// which the event happens.
class shared_work {
public:
    enum class next : unsigned char { nothing, begin, end };

    /// Not called any more once the context has ended.
    constexpr next join() noexcept { return workers_++ == 0 ? next::begin : next::nothing; }

    constexpr next leave() noexcept {
        return --workers_ == 0 && !is_over_ ? next::end : next::nothing;
    }

    /// The context is being destroyed: nothing that is work of it is needed any more. Its workers
    /// leave later.
    constexpr next context_ends() noexcept {
        const bool works = workers_ != 0 && !is_over_;
        is_over_ = true;
        return works ? next::end : next::nothing;
    }

    friend constexpr auto operator<=>(const shared_work&, const shared_work&) = default;

private:
    std::size_t workers_ = 0;
    bool is_over_ = false;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_CORE_SHARED_WORK_HPP
