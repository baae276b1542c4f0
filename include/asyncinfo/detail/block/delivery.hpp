//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_DELIVERY_HPP
#define ASYNCINFO_DETAIL_BLOCK_DELIVERY_HPP

#include <utility>

namespace asyncinfo::detail {

/// The request on its way through the executor: a function object that owns a reference to the
/// operation of its gate.
template <typename Gate>
class delivery {
public:
    delivery(delivery&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr)), hops_(other.hops_), last_(other.last_),
          here_(other.here_) {}
    delivery& operator=(delivery&&) = delete;

    ~delivery() {
        if (gate_) [[unlikely]]
            gate_->lose_delivery();
    }

    /// The number of executors that it has come through.
    unsigned hops() const noexcept { return hops_; }

    /// Called before it is submitted: whether this is its last executor, where it is to be
    /// delivered.
    void set_last(bool last) noexcept { last_ = last; }

    /// Called before it is called on a thread outside the operation's executor. There it is
    /// delivered only if `emits_anywhere()` is still true, and else submitted again.
    void set_here() noexcept { here_ = true; }

    void operator()() {
        if (last_)
            return std::exchange(gate_, nullptr)->take_in(here_);
        ++hops_;
        gate_->hand_on(*this);
    }

private:
    friend Gate;

    explicit delivery(Gate& gate) noexcept : gate_(&gate) {}
    void forget() noexcept { gate_ = nullptr; }

    Gate* gate_;
    unsigned hops_ = 0;
    bool last_ = true;
    bool here_ = false;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_DELIVERY_HPP
