// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_SLOT_IN_PIECES_HPP
#define ASYNCINFO_TEST_SUPPORT_SLOT_IN_PIECES_HPP

#include <asyncinfo/coroutine.hpp>
#include <asyncinfo/use_async_info.hpp>

#include "beside_the_library.hpp"

namespace asyncinfo_test {

/// An operation whose steps the test spells out, with its slot in both types: as the handler's type
/// has it, and, once `convert` was called, as Asio's. It is started by the token, or awaited by a
/// coroutine.
class slot_in_pieces {
    // Filled when the operation is started.
    std::function<void(std::function<void()>)> post_;
    std::function<void()> complete_;

public:
    using own_slot = asyncinfo::detail::operation_slot;
    using error_code = boost::system::error_code;

    boost::asio::io_context context;
    own_slot own;
    boost::asio::cancellation_slot kept;
    asyncinfo::IAsyncAction op;

    explicit slot_in_pieces(bool awaited)
        : op(awaited ? await(*this)
                     : boost::asio::async_initiate<decltype((asyncinfo::use_async_info)),
                                                   void(error_code)>(initiation{*this},
                                                                     asyncinfo::use_async_info)) {}

    void convert() { kept = own; }

    /// Runs a step of the operation.
    void step(std::function<void()> body) {
        post_(std::move(body));
        run();
    }

    void cancel(boost::asio::cancellation_type_t types) {
        op.Cancel(types);
        run();
    }

    void run() {
        context.restart();
        context.poll();
    }

    /// The last step; `after` is called when the completion handler has been.
    void end(std::function<void()> after = [] {}) {
        step([&] {
            post_ = nullptr;
            auto last = std::exchange(complete_, nullptr);
            last();
            after();
        });
    }

private:
    struct initiation {
        slot_in_pieces& self;

        using executor_type = boost::asio::io_context::executor_type;
        executor_type get_executor() const noexcept { return self.context.get_executor(); }

        template <typename Handler>
        void operator()(Handler handler) const {
            namespace asio = boost::asio;
            self.own = asio::get_associated_cancellation_slot(handler);
            auto steps = asio::get_associated_executor(handler, get_executor());
            self.post_ = [steps](std::function<void()> s) { asio::post(steps, std::move(s)); };
            auto held = std::make_shared<Handler>(std::move(handler));
            self.complete_ = [held] { std::move (*held)(error_code()); };
        }
    };

    static asyncinfo::IAsyncAction await(slot_in_pieces& self) {
        namespace asio = boost::asio;
        co_await asio::async_initiate<const asio::deferred_t&, void(error_code)>(initiation{self},
                                                                                 asio::deferred);
    }
};

/// A test of both ways to have one.
template <typename Test>
void in_both(Test test) {
    for (const bool awaited : {false, true})
        BOOST_TEST_CONTEXT("awaited: " << awaited) {
            slot_in_pieces pieces(awaited);
            test(pieces);
        }
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_SLOT_IN_PIECES_HPP
