//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/long_wait.hpp>

#include <asyncinfo/detail/asio/post_to.hpp>
#include <asyncinfo/detail/block/wait_watch.hpp>
#include <asyncinfo/detail/handle/handle_access.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/system_executor.hpp>

#include <cstdio>
#include <mutex>
#include <sstream>
#include <utility>

namespace asyncinfo {

struct detail::long_wait_settings {
    std::chrono::steady_clock::duration time;
    std::function<void(const long_wait&)> handler;

    static std::shared_ptr<const long_wait_settings>
    exchange(std::shared_ptr<const long_wait_settings> other) {
        auto& [mutex, settings] = of_process();
        const std::lock_guard guard(mutex);
        static constexpr wait_watch::methods watching{&wait_watch::begin, &wait_watch::report};
        wait_watch::installed.store(other ? &watching : nullptr, std::memory_order_relaxed);
        settings.swap(other);
        return other;
    }

    static std::shared_ptr<const long_wait_settings> get() {
        auto& [mutex, settings] = of_process();
        const std::lock_guard guard(mutex);
        return settings;
    }

private:
    struct place {
        std::mutex mutex;
        std::shared_ptr<const long_wait_settings> settings;
    };

    /// Never destroyed: threads may wait while static objects are destroyed.
    static place& of_process() {
        static place& only = *new place;
        return only;
    }
};

namespace detail {

void wait_watch::begin() {
    settings_ = long_wait_settings::get();
    if (!settings_)
        return;
    until_ = deadline::after(settings_->time);
    try {
        send_probe();
    } catch (...) {
        context_has_run_ = nullptr; // the executor takes nothing, or there is no memory
    }
}

/// Posts a probe to the operation's executor, or the one under its strand: a strand may itself wait
/// for one of its handlers.
void wait_watch::send_probe() {
    const auto ran = std::make_shared<std::atomic<bool>>(false);
    const auto post = [&](const boost::asio::any_io_executor& executor) {
        context_has_run_ = ran;
        post_to(executor, [ran] { ran->store(true, std::memory_order_relaxed); });
    };
    boost::asio::any_io_executor of_queue;
    operation_.visit_executor([&](const boost::asio::any_io_executor& executor) {
        const boost::asio::any_io_executor under = under_strand(executor);
        if (under.target<boost::asio::system_executor>())
            return;
        // A queue may be posted to at any time; it then calls the function given to `on_ready`.
        if (holds_context_keeper(under))
            of_queue = under;
        else
            post(under);
    });
    if (of_queue)
        post(of_queue);
}

void wait_watch::report() {
    const auto settings = std::move(settings_);
    until_ = deadline::never();
    if (!settings)
        return;
    long_wait wait{handle_access::make<IAsyncInfo>(&operation_), settings->time, std::nullopt};
    if (context_has_run_)
        wait.context_has_run = context_has_run_->load(std::memory_order_relaxed);
    if (settings->handler)
        settings->handler(wait);
    else
        std::fprintf(stderr, "%s\n", to_string(wait).c_str());
}

} // namespace detail

std::string to_string(const long_wait& wait) {
    boost::system::error_code closed;
    std::ostringstream out;
    out << "asyncinfo: a thread has waited for " << std::chrono::duration<double>(wait.time).count()
        << " s for operation ";
    if (const auto id = wait.operation.Id(closed))
        out << id;
    if (const auto name = wait.operation.name(closed); !name.empty())
        out << " (" << name << ')';
    if (!wait.context_has_run)
        out << ", which its producer has not ended";
    else if (*wait.context_has_run)
        out << ", and its context is run";
    else
        out << ", and no thread has run its context since";
    return std::move(out).str();
}

void set_long_wait_handler(std::chrono::steady_clock::duration time,
                           std::function<void(const long_wait&)> handler) {
    std::shared_ptr<const detail::long_wait_settings> made;
    if (time > time.zero())
        made = std::make_shared<detail::long_wait_settings>(
            detail::long_wait_settings{time, std::move(handler)});
    detail::long_wait_settings::exchange(std::move(made));
}

} // namespace asyncinfo
