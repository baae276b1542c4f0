//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// Contexts that the registry watches.

#include <asyncinfo/registry_lints.hpp>

#include <asyncinfo/detail/registry/rows.hpp>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace asyncinfo::registry {
namespace {

/// What a context and the functions posted to it share.
struct answers {
    std::atomic<bool> waits{false};
    std::atomic<bool> has_run{false};
};

/// A context that is watched, as long as it lives.
class watch_service final : public boost::asio::execution_context::service {
public:
    static inline boost::asio::execution_context::id id;

    /// The caller has the lock.
    static std::vector<watch_service*>& all() {
        // Never destroyed: contexts can go after main has returned.
        static auto* const known = new std::vector<watch_service*>;
        return *known;
    }

    explicit watch_service(boost::asio::execution_context& context) : service(context) {}

    void begin(const boost::asio::any_io_executor& executor, std::string_view name,
               std::function<bool()> is_stopped) {
        if (!executor_)
            all().push_back(this);
        executor_ = executor;
        name_ = name;
        is_stopped_ = std::move(is_stopped);
    }

    /// Posts a function, unless one waits. The context lives: its end waits for the lock.
    watched look(clock::time_point now) {
        if (!answers_->waits.exchange(true, std::memory_order_acq_rel)) {
            asked_ = now;
            post(std::make_unique<question>(answers_));
        }
        watched made;
        made.context = &context();
        made.name = name_;
        if (answers_->waits.load(std::memory_order_acquire))
            made.waits_since = asked_;
        made.has_run = answers_->has_run.load(std::memory_order_relaxed);
        made.is_stopped = is_stopped_ && is_stopped_();
        return made;
    }

private:
    /// No longer waits when it has run, or is destroyed.
    struct question {
        explicit question(std::shared_ptr<answers> a) noexcept : told(std::move(a)) {}
        question(const question&) = delete;
        question& operator=(const question&) = delete;
        ~question() { told->waits.store(false, std::memory_order_release); }
        std::shared_ptr<answers> told;
    };

    void post(std::unique_ptr<question> asked) {
        boost::asio::post(executor_, [q = std::move(asked)] {
            q->told->has_run.store(true, std::memory_order_relaxed);
        });
    }

    void shutdown() override {
        const std::lock_guard guard(asyncinfo::detail::lasting_mutex<watched>());
        std::erase(all(), this);
        executor_ = nullptr;
    }

    boost::asio::any_io_executor executor_;
    std::string name_;
    std::function<bool()> is_stopped_;
    std::shared_ptr<answers> answers_ = std::make_shared<answers>();
    clock::time_point asked_;
};

} // namespace
} // namespace asyncinfo::registry

namespace asyncinfo::detail {

void watch_context(const boost::asio::any_io_executor& executor, std::string_view name,
                   std::function<bool()> is_stopped) {
    auto& service = boost::asio::use_service<registry::watch_service>(
        boost::asio::query(executor, boost::asio::execution::context));
    const std::lock_guard guard(lasting_mutex<registry::watched>());
    service.begin(executor, name, std::move(is_stopped));
}

std::vector<registry::watched> watched_contexts(registry::clock::time_point now) {
    const std::lock_guard guard(lasting_mutex<registry::watched>());
    std::vector<registry::watched> made;
    for (auto* const service : registry::watch_service::all())
        made.push_back(service->look(now));
    return made;
}

} // namespace asyncinfo::detail
