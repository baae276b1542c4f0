// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "loop.hpp"
#include "sockets.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <deque>

namespace bench {

namespace {

template <class Wrapper>
using operation =
    typename Wrapper::template operation<void(error_code, std::size_t), asio::any_io_executor>;

/// A byte is written, and read by `async_read_some`; the result is read in the next turn.
template <class Wrapper>
class socket_read_row : public looping_row<operation<Wrapper>> {
public:
    explicit socket_read_row(const setup& s) : looping_row<operation<Wrapper>>(s) {
        for (std::size_t i = 0; i != this->count_; ++i)
            sockets_.emplace_back(this->context_);
    }

private:
    bool turn() override {
        if (this->rounds_done() != 0)
            expect(this->operations_.consume(0, this->count_) == this->count_, "bytes are missing");
        if (!this->next_round())
            return false;
        for (std::size_t i = 0; i != this->count_; ++i) {
            sockets_[i].write(1);
            this->operations_[i].start([this, i](auto token) {
                return sockets_[i].reader().async_read_some(sockets_[i].buffer(1),
                                                            std::move(token));
            });
        }
        return true;
    }

    std::deque<sockets> sockets_;
};

} // namespace

void add_socket_read(table& rows) {
    add_rows<socket_read_row>(rows, "socket_read", 1, 1'000);
    add_row<tracked<socket_read_row<asyncinfo>>>(rows, "socket_read", "tracked", 1, 1'000);
}

} // namespace bench
