// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "loop.hpp"
#include "pending_timers.hpp"

#include <array>

namespace bench {

namespace {

template <class Wrapper>
using operation =
    typename Wrapper::template operation<void(error_code), asio::any_io_executor, true>;

/// Pending timers, cancelled on the loop's thread right after they were started.
///
/// Most wrappers cancel inline, so that the operation has ended before the next turn; asyncinfo
/// posts the request, and the operation ends one turn later. A loop that has other work makes that
/// turn anyway. So two groups of operations alternate, and with every wrapper each is read two
/// turns after it was cancelled. Every turn includes a poll of the reactor, a system call: it is in
/// all rows alike.
template <class Wrapper>
class cancel_row final : public looping_row<operation<Wrapper>> {
public:
    explicit cancel_row(const setup& s)
        : looping_row<operation<Wrapper>>(s, 2), groups_(s.count_after ? 1 : 2),
          timers_(this->context_, 2 * this->count_) {}

    double run(std::size_t count) override {
        timers_.arm();
        return looping_row<operation<Wrapper>>::run(count);
    }

private:
    bool turn() override {
        const auto group = turns_++ % 2;
        if (group == groups_)
            return true;
        const auto first = group * this->count_;
        if (std::exchange(cancelled_[group], false))
            this->operations_.consume(first, this->count_);
        if (this->next_round()) {
            for (auto i = first; i != first + this->count_; ++i)
                this->operations_[i].start(
                    [this, i](auto token) { return timers_[i].async_wait(std::move(token)); });
            for (auto i = first; i != first + this->count_; ++i)
                this->operations_[i].cancel();
            cancelled_[group] = true;
        }
        if (cancelled_[0] || cancelled_[1])
            return true;
        timers_.disarm();
        return false;
    }

    const std::size_t groups_;
    std::size_t turns_ = 0;
    std::array<bool, 2> cancelled_{};
    pending_timers timers_;
};

} // namespace

// As many as Asio recycles blocks for: raw makes no heap allocation.
void add_cancel(table& rows) { add_rows<cancel_row>(rows, "cancel", 2, 4'000); }

// Two groups of eight.
void add_cancel_16(table& rows) { add_rows<cancel_row>(rows, "cancel_16", 8, 4'000); }

} // namespace bench
