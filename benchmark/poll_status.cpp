// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "loop.hpp"
#include "pending_timers.hpp"

namespace bench {

namespace {

template <class Wrapper>
using operation =
    typename Wrapper::template operation<void(error_code), asio::any_io_executor, true>;

/// Pending timers that are asked, in turn, whether they are still pending.
template <class Wrapper>
class poll_status_row final : public looping_row<operation<Wrapper>> {
public:
    explicit poll_status_row(const setup& s)
        : looping_row<operation<Wrapper>>(s), timers_(this->context_, this->count_) {}

    double run(std::size_t count) override {
        this->begin(count);
        this->context_.run();
        return this->watch_.seconds();
    }

private:
    bool turn() override {
        for (std::size_t i = 0; i != this->count_; ++i)
            this->operations_[i].start(
                [this, i](auto token) { return timers_[i].async_wait(std::move(token)); });

        this->watch_.start();
        while (this->next_round())
            for (std::size_t i = 0; i != this->count_; ++i) {
                auto pending = this->operations_[i].pending();
                benchmark::DoNotOptimize(pending);
                benchmark::ClobberMemory();
            }
        this->watch_.stop();

        for (std::size_t i = 0; i != this->count_; ++i) {
            expect(this->operations_[i].pending(), "expected to be pending");
            timers_[i].cancel();
        }
        return false;
    }

    pending_timers timers_;
};

} // namespace

void add_poll_status(table& rows) { add_rows<poll_status_row>(rows, "poll_status", 16, 160'000); }

} // namespace bench
