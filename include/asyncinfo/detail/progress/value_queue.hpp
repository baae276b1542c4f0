//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PROGRESS_VALUE_QUEUE_HPP
#define ASYNCINFO_DETAIL_PROGRESS_VALUE_QUEUE_HPP

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace asyncinfo::detail {

/// Values on their way to a handler, the oldest first. The first one needs no memory.
template <typename Item>
class value_queue {
public:
    void push(Item value) {
        if (size_ == 0)
            first_.emplace(std::move(value));
        else
            others_.push_back(std::move(value));
        ++size_;
    }

    /// Returns the oldest value of a queue that has one.
    Item take() {
        Item taken = std::move(first_ ? *first_ : others_[at_]);
        drop_oldest();
        return taken;
    }

    void keep_newest(std::size_t count) noexcept {
        while (size_ > count)
            drop_oldest();
    }

private:
    void drop_oldest() noexcept {
        --size_;
        if (first_) {
            first_.reset();
        } else if (++at_ == others_.size()) {
            others_.clear();
            at_ = 0;
        }
    }

    std::optional<Item> first_; ///< before the others
    std::vector<Item> others_;
    std::size_t at_ = 0; ///< the oldest of the others
    std::size_t size_ = 0;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PROGRESS_VALUE_QUEUE_HPP
