// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_PLAYED_OPERATION_HPP
#define ASYNCINFO_TEST_SUPPORT_PLAYED_OPERATION_HPP

#include "beside_the_library.hpp"

namespace asyncinfo_test {

/// An asynchronous operation whose steps the test spells out. Like any of Asio's it runs them on
/// its handler's associated executor, and places its cancellation handlers in the associated slot.
class played_operation {
public:
    using cancellation_handler = std::function<void(boost::asio::cancellation_type_t)>;

    explicit played_operation(boost::asio::any_io_executor executor)
        : executor_(std::move(executor)) {}
    played_operation(const played_operation&) = delete;
    played_operation& operator=(const played_operation&) = delete;

    /// Starts it; `first` is what its initiating function does.
    template <typename Token>
    auto start(Token token, std::function<void()> first = [] {}) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            initiation{*this}, token, std::move(first));
    }

    /// Runs a step later, or here and now if the executor is that of this thread.
    void post(std::function<void()> step) {
        const auto executor = steps_; // the step may be the last one, on another thread
        executor->post(std::move(step));
    }
    void dispatch(std::function<void()> step) {
        const auto executor = steps_;
        executor->dispatch(std::move(step));
    }

    /// For steps: puts a handler into the slot, or leaves it empty.
    void place(cancellation_handler handler) { place_(std::move(handler)); }

    /// For the last step.
    void complete(boost::system::error_code error = {}) {
        steps_ = nullptr;
        place_ = nullptr;
        std::exchange(complete_, nullptr)(error);
    }

    /// Destroys the completion handler instead.
    void drop() {
        steps_ = nullptr;
        place_ = nullptr;
        complete_ = nullptr;
    }

private:
    /// The executor of the steps. A std::shared_ptr, whose counting thread sanitizer understands.
    struct any_executor {
        virtual ~any_executor() = default;
        virtual void post(std::function<void()> step) const = 0;
        virtual void dispatch(std::function<void()> step) const = 0;
    };

    template <typename Executor>
    struct executor_of final : any_executor {
        explicit executor_of(Executor e) : executor(std::move(e)) {}
        void post(std::function<void()> step) const override {
            boost::asio::post(executor, std::move(step));
        }
        void dispatch(std::function<void()> step) const override {
            boost::asio::dispatch(executor, std::move(step));
        }
        Executor executor;
    };

    struct initiation {
        played_operation& self;

        using executor_type = boost::asio::any_io_executor;
        executor_type get_executor() const noexcept { return self.executor_; }

        template <typename Handler>
        void operator()(Handler handler, const std::function<void()>& first) const {
            namespace asio = boost::asio;
            using step_executor = asio::associated_executor_t<Handler, asio::any_io_executor>;
            self.steps_ = std::make_shared<executor_of<step_executor>>(
                asio::get_associated_executor(handler, self.executor_));
            auto slot = asio::get_associated_cancellation_slot(handler);
            self.place_ = [slot](cancellation_handler h) mutable {
                h ? void(slot.assign(std::move(h))) : slot.clear();
            };
            auto held = std::make_shared<Handler>(std::move(handler));
            self.complete_ = [held](boost::system::error_code error) { std::move (*held)(error); };
            first();
        }
    };

    boost::asio::any_io_executor executor_;
    std::shared_ptr<const any_executor> steps_;
    std::function<void(cancellation_handler)> place_;
    std::function<void(boost::system::error_code)> complete_;
};

/// One whose steps run on a context that the test runs.
struct played_on_context {
    boost::asio::io_context context;
    played_operation played{context.get_executor()};

    void run() {
        context.restart();
        context.poll();
    }
};

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_PLAYED_OPERATION_HPP
