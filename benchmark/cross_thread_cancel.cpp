// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "loop.hpp"
#include "other_thread.hpp"
#include "pending_timers.hpp"

#include <thread>

namespace bench {

namespace {

template <class Wrapper>
using operation =
    typename Wrapper::template operation<void(error_code), asio::any_io_executor, true>;

/// Pending timers, cancelled from another thread while the loop goes on turning.
///
/// Where the wrapper does not bring a cancel that may be called from there, the other thread posts
/// one to the loop, as the users of that wrapper must.
template <class Wrapper>
class cross_thread_cancel_row final : public looping_row<operation<Wrapper>> {
public:
    explicit cross_thread_cancel_row(const setup& s)
        : looping_row<operation<Wrapper>>(s), timers_(this->context_, this->count_) {}

    double run(std::size_t count) override {
        timers_.arm();
        return looping_row<operation<Wrapper>>::run(count);
    }

private:
    bool turn() override {
        if (!the_other_thread().idle()) {
            std::this_thread::yield();
            return true;
        }
        // All requests are in the queue, and have done their work after two turns.
        if (this->rounds_done() != 0 && turns_to_wait_-- != 0)
            return true;
        if (this->rounds_done() != 0)
            this->operations_.consume(0, this->count_);
        if (!this->next_round()) {
            timers_.disarm();
            return false;
        }
        turns_to_wait_ = 2;
        for (std::size_t i = 0; i != this->count_; ++i)
            this->operations_[i].start(
                [this, i](auto token) { return timers_[i].async_wait(std::move(token)); });
        the_other_thread().start(cancel_all_);
        return true;
    }

    struct cancel_all {
        cross_thread_cancel_row* self;

        void operator()() const {
            for (std::size_t i = 0; i != self->count_; ++i)
                self->operations_[i].cancel_from_afar(self->context_);
        }
    };

    pending_timers timers_;
    cancel_all cancel_all_{this};
    int turns_to_wait_ = 0;
};

} // namespace

void add_cross_thread_cancel(table& rows) {
    add_rows<cross_thread_cancel_row>(rows, "cross_thread_cancel", 16, 1'600);
}

} // namespace bench
