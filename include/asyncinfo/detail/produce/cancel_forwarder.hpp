//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#ifndef ASYNCINFO_DETAIL_PRODUCE_CANCEL_FORWARDER_HPP
#define ASYNCINFO_DETAIL_PRODUCE_CANCEL_FORWARDER_HPP

#include <asyncinfo/detail/base/recycling.hpp>
#include <asyncinfo/detail/block/trampoline.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <concepts>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

namespace asyncinfo::detail {

template <typename F>
concept cancel_callable = std::constructible_from<std::decay_t<F>, F> &&
                          (std::invocable<std::decay_t<F>&> ||
                           std::invocable<std::decay_t<F>&, boost::asio::cancellation_type_t>);

/// The function that a producer wants called for a request. It may own the source of another
/// operation. Releasing a chain of these, however long, takes a bounded depth of the stack.
class cancel_callback : resumable {
public:
    template <typename F>
    static std::shared_ptr<cancel_callback> make(F&& function) {
        using type = callback<std::decay_t<F>>;
        return std::allocate_shared<type>(recycling_allocator<type>(), std::forward<F>(function));
    }

protected:
    cancel_callback() = default;
    ~cancel_callback() = default;
    virtual void call(boost::asio::cancellation_type_t types) = 0;

private:
    friend class cancel_forwarder;

    template <typename F>
    class callback;

    static void release(std::shared_ptr<cancel_callback> gone) noexcept {
        if (gone) {
            cancel_callback& self = *gone;
            self.released_ = std::move(gone);
            trampoline::run_quietly(self);
        }
    }
    void resume() override { const auto gone = std::move(released_); }

    std::shared_ptr<cancel_callback> released_; ///< itself
    boost::asio::cancellation_type_t notified_ = boost::asio::cancellation_type::none;
    bool running_ = false;
};

template <typename F>
class cancel_callback::callback final : public cancel_callback {
public:
    template <typename G>
    explicit callback(G&& function) : function_(std::forward<G>(function)) {}

private:
    void call(boost::asio::cancellation_type_t types) override {
        if constexpr (std::invocable<F&, boost::asio::cancellation_type_t>)
            function_(types);
        else
            function_();
    }

    F function_;
};

/// Passes requests on to the current callback, whichever comes first. A callback may be replaced
/// while it runs, which a cancellation handler in a slot may not; no thread waits for its return.
class ASYNCINFO_DECL cancel_forwarder {
public:
    /// Called when a request has been made or has grown.
    void request(boost::asio::cancellation_type_t types);

    /// Stores a callback, or null, and calls it if there has been a request. False after `close`.
    bool replace(std::shared_ptr<cancel_callback> callback);

    /// Starts no further call of a callback.
    void close() noexcept;

private:
    void notify(std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;
    std::shared_ptr<cancel_callback> current_;
    boost::asio::cancellation_type_t requested_ = boost::asio::cancellation_type::none;
    bool closed_ = false;
};

} // namespace asyncinfo::detail

#endif // ASYNCINFO_DETAIL_PRODUCE_CANCEL_FORWARDER_HPP
