// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_PENDING_HPP
#define ASYNCINFO_TEST_SUPPORT_PENDING_HPP

#include "beside_the_library.hpp"

namespace asyncinfo_test {

/// An asynchronous operation that ends when the test says so, on the thread that says so.
template <typename Signature>
class pending;

template <typename... Args>
class pending<void(Args...)> {
public:
    template <typename Token>
    auto start(Token token) {
        return boost::asio::async_initiate<Token, void(Args...)>(initiation{this}, token);
    }

    /// As an I/O object would: the initiation publishes an executor.
    template <typename Executor, typename Token>
    auto start_on(Executor executor, Token token) {
        return boost::asio::async_initiate<Token, void(Args...)>(
            initiation_on<Executor>{{this}, std::move(executor)}, token);
    }

    /// What one is that was started with the token and has ended with these arguments.
    template <typename Token>
    static auto ended(Token token, Args... args) {
        pending operation;
        auto started = operation.start(std::move(token));
        operation.complete(std::forward<Args>(args)...);
        return started;
    }

    /// Invokes the completion handler. Throws std::logic_error if nothing has been started.
    void complete(Args... args) {
        if (!held_)
            throw std::logic_error("pending: nothing has been started that could complete");
        const auto handler = std::move(held_);
        handler->invoke(std::forward<Args>(args)...);
    }

    /// Destroys the completion handler uninvoked.
    void drop() { held_.reset(); }

private:
    struct held {
        virtual ~held() = default;
        virtual void invoke(Args... args) = 0;
    };

    template <typename Handler>
    struct holder final : held {
        explicit holder(Handler&& h) : handler(std::move(h)) {}
        void invoke(Args... args) override { std::move(handler)(std::forward<Args>(args)...); }
        Handler handler;
    };

    struct initiation {
        pending* self;

        template <typename Handler>
        void operator()(Handler handler) const {
            self->held_ = std::make_unique<holder<Handler>>(std::move(handler));
        }
    };

    template <typename Executor>
    struct initiation_on : initiation {
        initiation_on(initiation i, Executor e) : initiation(i), executor(std::move(e)) {}
        using executor_type = Executor;
        executor_type get_executor() const noexcept { return executor; }
        Executor executor;
    };

    std::unique_ptr<held> held_;
};

/// Ends with the code that `answer(types)` gives, on the thread that cancels it.
template <typename Answer, typename Token>
auto async_until_cancelled(Answer answer, Token token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
        [answer](auto handler) {
            auto slot = boost::asio::get_associated_cancellation_slot(handler);
            auto held = std::make_shared<decltype(handler)>(std::move(handler));
            slot.assign([answer, held](boost::asio::cancellation_type_t types) mutable {
                const boost::system::error_code code = answer(types);
                std::move (*std::exchange(held, nullptr))(code);
            });
        },
        token);
}

/// A timer of exactly this executor.
template <typename Executor>
using timer_on = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// Waits for ever, with a timer that lives as long as its operation.
template <typename Executor, typename Token>
auto async_wait_for_ever(const Executor& executor, Token token) {
    using timer_type = timer_on<Executor>;
    auto timer = std::make_shared<timer_type>(executor, timer_type::time_point::max());
    auto& object = *timer;
    return object.async_wait(boost::asio::consign(std::move(token), std::move(timer)));
}

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_PENDING_HPP
