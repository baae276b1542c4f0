// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_PENDING_HPP
#define ASYNCINFO_TEST_SUPPORT_PENDING_HPP

#include <boost/asio/async_result.hpp>

#include <memory>
#include <utility>

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

    /// Invokes the completion handler.
    void complete(Args... args) {
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

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_PENDING_HPP
