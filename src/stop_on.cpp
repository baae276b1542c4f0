//
// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
#include <asyncinfo/stop_on.hpp>

#if defined(ASYNCINFO_HAS_STOP_TOKEN)

#include <asyncinfo/detail/observer.hpp>
#include <asyncinfo/detail/recycling.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

namespace asyncinfo::detail {
namespace {

/// The token's callback, which is removed when the operation has ended. Removing waits for a callback
/// that is running on another thread, which is in Cancel, and that is never for long.
class stop_link final : public observer {
public:
    explicit stop_link(const operation_ptr& operation) noexcept
        : observer(rank::submitted), operation_(operation) {}
    ~stop_link() override = default;

    static void set(const operation_ptr& operation, std::stop_token&& token) {
        owner made(std::construct_at(recycling_allocator<stop_link>().allocate(1), operation));
        if (!operation->observe(*made))
            return;
        made->callback_.emplace(std::move(token), request{made.get()});
        // The callback may have run, and the operation have ended, before there was one to remove.
        stop_link& self = *made.release();
        if (self.state_.exchange(state::linked, std::memory_order_acq_rel) == state::ended)
            made.reset(&self);
    }

    void ended() noexcept override {
        if (state_.exchange(state::ended, std::memory_order_acq_rel) == state::linked)
            destroy()(this);
    }

private:
    enum class state { linking, linked, ended };

    struct destroy {
        void operator()(stop_link* gone) const noexcept {
            std::destroy_at(gone);
            recycling_allocator<stop_link>().deallocate(gone, 1);
        }
    };
    using owner = std::unique_ptr<stop_link, destroy>;

    struct request {
        stop_link* self;
        void operator()() const noexcept {
            // The link, and this in it, are gone if the operation ends in there.
            const operation_ptr operation = self->operation_;
            operation->cancel(boost::asio::cancellation_type::all);
        }
    };

    const operation_ptr operation_;
    std::optional<std::stop_callback<request>> callback_;
    std::atomic<state> state_{state::linking};
};

} // namespace

void stop_on(const operation_ptr& operation, std::stop_token token) {
    if (!token.stop_possible() || operation->status() != AsyncStatus::Started)
        return;
    if (token.stop_requested())
        operation->cancel(boost::asio::cancellation_type::all);
    else
        stop_link::set(operation, std::move(token));
}

} // namespace asyncinfo::detail

#endif
