// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#include "loop.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <cstddef>
#include <vector>

namespace bench {

namespace {

constexpr std::size_t size = 16 * 65536;

using socket = asio::local::stream_protocol::socket;

/// An `async_read` without progress, as Asio has it.
class plain_read {
public:
    void start(socket& from, asio::mutable_buffer into) {
        operation_.start(
            [&](auto token) { return asio::async_read(from, into, std::move(token)); });
    }
    bool pending() const { return operation_.pending(); }
    std::size_t read() { return operation_.read(); }
    void release() { operation_.release(); }

private:
    raw::operation<void(error_code, std::size_t), asio::any_io_executor> operation_;
};

class read_with_progress {
public:
    void start(socket& from, asio::mutable_buffer into) {
        handle_ = ::asyncinfo::with_progress(into.size(), [&](auto condition, auto token) {
            return asio::async_read(from, into, condition, token);
        });
    }
    bool pending() const { return handle_.Status() == ::asyncinfo::AsyncStatus::Started; }
    std::size_t read() {
        expect(handle_.progress()->fraction() == 1, "progress is missing");
        return handle_.GetResults();
    }
    void release() { handle_ = {}; }

private:
    ::asyncinfo::IAsyncOperationWithProgress<std::size_t, ::asyncinfo::transfer_progress> handle_;
};

/// One MiB is written at one end of a socket and read at the other, in steps of up to 64 KiB.
template <class Operation>
class read_with_progress_row final : public looping_row<Operation> {
public:
    explicit read_with_progress_row(const setup& s)
        : looping_row<Operation>(s), reader_(this->context_), writer_(this->context_), sent_(size),
          received_(size) {
        asio::local::connect_pair(reader_, writer_);
    }

private:
    bool turn() override {
        if (this->rounds_done() != 0) {
            if (this->operations_[0].pending())
                return true;
            expect(this->operations_.consume(0, 1) == size, "bytes are missing");
        }
        if (!this->next_round())
            return false;
        this->operations_[0].start(reader_, asio::buffer(received_));
        asio::async_write(writer_, asio::buffer(sent_), [this](error_code error, std::size_t) {
            expect(!error, "not written");
            this->post_turn();
        });
        return false;
    }

    socket reader_;
    socket writer_;
    std::vector<char> sent_;
    std::vector<char> received_;
};

} // namespace

void add_read_with_progress(table& rows) {
    constexpr auto work = "read_with_progress";
    add_row<read_with_progress_row<plain_read>>(rows, work, "raw", 1, 20);
    add_row<read_with_progress_row<plain_read>>(rows, work, "raw2", 1, 20);
    add_row<read_with_progress_row<read_with_progress>>(rows, work, "asyncinfo", 1, 20);
}

} // namespace bench
