// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_BENCHMARK_LOOP_HPP
#define ASYNCINFO_BENCHMARK_LOOP_HPP

#include "heap.hpp"
#include "other_thread.hpp"
#include "row.hpp"
#include "slot_allocator.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <memory>

namespace bench {

/// The operations of a row, numbered.
template <class Operation>
class operations {
public:
    operations(std::size_t count, bool drop_elsewhere)
        : list_(std::make_unique<Operation[]>(count)), drop_elsewhere_(drop_elsewhere) {}

    Operation& operator[](std::size_t index) { return list_[index]; }

    /// Reads the results of some that have ended and drops their handles; returns the bytes read.
    std::size_t consume(std::size_t first, std::size_t count) {
        std::size_t bytes = 0;
        for (auto i = first; i != first + count; ++i) {
            bytes += list_[i].read();
            if (!drop_elsewhere_)
                list_[i].release();
        }
        if (drop_elsewhere_) {
            auto drop = [=, this] {
                for (auto i = first; i != first + count; ++i)
                    list_[i].release();
            };
            the_other_thread().run(drop);
        }
        benchmark::DoNotOptimize(bytes);
        return bytes;
    }

private:
    std::unique_ptr<Operation[]> list_;
    bool drop_elsewhere_;
};

/// What the rows have in common that run in a loop: a turn that posts itself from its own handler.
///
/// (Running the loop from a handler, or once per operation, would measure something else:
/// `poll()` nested in a handler stops the context after the first post.)
class loop_row : public row {
public:
    double run(std::size_t count) override {
        begin(count);
        watch_.start();
        context_.run();
        watch_.stop();
        expect(left_ == 0, "rounds are missing");
        return watch_.seconds();
    }

    heap::count counted() const override { return counted_; }

protected:
    explicit loop_row(const setup& s) : count_(s.outstanding), count_after_(s.count_after) {}

    /// Says whether another turn is to follow at once.
    virtual bool turn() = 0;

    void post_turn() { asio::post(context_, turn_handler{this}); }

    /// Gets ready for so many operations, or a few more for the last round to be full.
    void begin(std::size_t operations) {
        left_ = (operations + count_ - 1) / count_;
        done_ = 0;
        watch_ = {};
        context_.restart();
        post_turn();
    }

    /// Whether there is one more round. If asked to, counts the heap in all but the first few.
    bool next_round() {
        if (left_ == 0) {
            if (count_after_ != 0)
                counted_ = heap::stop();
            return false;
        }
        if (count_after_ != 0 && done_ == count_after_)
            heap::start();
        --left_;
        ++done_;
        return true;
    }

    std::size_t rounds_done() const { return done_; }

    asio::io_context context_;
    stopwatch watch_;
    /// Operations of one round.
    const std::size_t count_;

private:
    struct turn_handler {
        using allocator_type = slot_allocator<void>;

        loop_row* self;

        allocator_type get_allocator() const noexcept { return allocator_type(self->storage_); }

        void operator()() const {
            if (self->turn())
                self->post_turn();
        }
    };

    const std::size_t count_after_;
    std::size_t left_ = 0;
    std::size_t done_ = 0;
    heap::count counted_;
    slot storage_;
};

/// A loop that starts operations and reads their results.
template <class Operation>
class looping_row : public loop_row {
protected:
    explicit looping_row(const setup& s, std::size_t groups = 1)
        : loop_row(s), operations_(count_ * groups, s.drop_elsewhere) {}

    operations<Operation> operations_;
};

} // namespace bench

#endif
