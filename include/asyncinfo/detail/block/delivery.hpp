//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_BLOCK_DELIVERY_HPP
#define ASYNCINFO_DETAIL_BLOCK_DELIVERY_HPP

#include <cstdint>
#include <utility>

namespace asyncinfo::detail {

/// The request on its way through the executor: a function object that owns a reference to the
/// operation of its gate.
template <typename Gate>
class delivery {
public:
    delivery(delivery&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr)), way_(other.way_) {}
    delivery& operator=(delivery&&) = delete;

    ~delivery() {
        if (gate_) [[unlikely]]
            gate_->lose_delivery();
    }

    /// The number of executors that it has come through.
    unsigned hops() const noexcept { return way_.hops; }

    /// Called before it is submitted: whether this is its last executor, where it is to be
    /// delivered.
    void set_last(bool last) noexcept { way_.last = last; }

    /// Called before it is called on a thread outside the operation's executor. There it is
    /// delivered only if `emits_anywhere()` is still true, and else submitted again.
    void set_here() noexcept { way_.here = true; }

    void operator()() {
        if (way_.last)
            return std::exchange(gate_, nullptr)->take_in(way_.here);
        ++way_.hops;
        gate_->hand_on(*this);
    }

private:
    friend Gate;

    explicit delivery(Gate& gate) noexcept : gate_(&gate) {}
    void forget() noexcept { gate_ = nullptr; }

    struct way {
        std::uint16_t hops = 0;
        bool last = true;
        bool here = false;
    };

    Gate* gate_;
    way way_;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_BLOCK_DELIVERY_HPP
