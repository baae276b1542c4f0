// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "loop.hpp"
#include "sockets.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/read.hpp>

#include <deque>

namespace bench {

namespace {

constexpr std::size_t steps = 16;

template <class Wrapper>
using operation =
    typename Wrapper::template operation<void(error_code, std::size_t), asio::any_io_executor>;

/// 16 bytes are written, and read by one `async_read` that takes one byte a step.
///
/// The completion condition asks for that, and posts the next turn when it has seen the last byte:
/// no turn is made while the operation is on its way, whatever the wrapper.
template <class Wrapper>
class composed_read_row final : public looping_row<operation<Wrapper>> {
public:
    explicit composed_read_row(const setup& s) : looping_row<operation<Wrapper>>(s) {
        for (std::size_t i = 0; i != this->count_; ++i)
            sockets_.emplace_back(this->context_);
    }

private:
    bool turn() override {
        if (this->rounds_done() != 0)
            expect(this->operations_.consume(0, this->count_) == steps * this->count_,
                   "bytes are missing");
        if (!this->next_round())
            return false;
        reading_ = this->count_;
        const auto condition = [this](error_code error, std::size_t bytes) -> std::size_t {
            if (!error && bytes < steps)
                return 1;
            if (--reading_ == 0)
                this->post_turn();
            return 0;
        };
        for (std::size_t i = 0; i != this->count_; ++i) {
            sockets_[i].write(steps);
            this->operations_[i].start([&, i](auto token) {
                // One byte more than is read, so that the condition is asked after the last one.
                return asio::async_read(sockets_[i].reader(), sockets_[i].buffer(steps + 1),
                                        condition, std::move(token));
            });
        }
        return false;
    }

    std::deque<sockets> sockets_;
    std::size_t reading_ = 0;
};

} // namespace

void add_composed_read(table& rows) { add_rows<composed_read_row>(rows, "composed_read", 1, 100); }

} // namespace bench
