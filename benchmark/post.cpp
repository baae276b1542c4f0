// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "loop.hpp"

namespace bench {

namespace {

template <class Wrapper>
using operation = typename Wrapper::template operation<void(), asio::io_context::executor_type>;

/// `asio::post` to the loop; the result is read in the next turn.
template <class Wrapper>
class post_row : public looping_row<operation<Wrapper>> {
public:
    explicit post_row(const setup& s) : looping_row<operation<Wrapper>>(s) {}

private:
    bool turn() override {
        if (this->rounds_done() != 0)
            this->operations_.consume(0, this->count_);
        if (!this->next_round())
            return false;
        for (std::size_t i = 0; i != this->count_; ++i)
            this->operations_[i].start(
                [this](auto token) { return asio::post(this->context_, std::move(token)); });
        return true;
    }
};

} // namespace

void add_post(table& rows) {
    add_rows<post_row>(rows, "post", 1, 10'000);
    add_row<tracked<post_row<asyncinfo>>>(rows, "post", "tracked", 1, 10'000);
}

} // namespace bench
